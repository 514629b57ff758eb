import AccessModel
import ConnectorKit
import Definitions
import DirectoryConnector
import LDAPConnector
import Lifecycle
import SCIMConnector

/// Every kind of system that Tenure can connect: one line each.
enum ConnectorRegistry {
    static let factories: [ConnectorFactory] = [
        .directory,
        .ldap,
        .scim,
    ]

    static let abilities: [String: TargetAbilities] = Dictionary(
        uniqueKeysWithValues: factories.map { ($0.name, $0.abilities) })

    /// Makes the connectors of an organisation's targets. What cannot be made is kept with its reason: one target
    /// that is set up wrongly does not keep the others from their work.
    static func connect(
        _ organization: Organization, baseDirectory: String, clock: @escaping @Sendable () -> Instant
    ) -> [ConnectedTarget] {
        organization.targets.compactMap { target in
            guard let factory = factories.first(where: { $0.name == target.connector }) else { return nil }
            let connector: Result<any Connector, ConnectorError>
            do throws(ConnectorError) {
                let credential = try target.credential.map { (reference) throws(ConnectorError) in
                    try CredentialReference(reference, baseDirectory: baseDirectory).resolve()
                }
                let configuration = ConnectorConfiguration(
                    target: target.name, settings: target.settings, credential: credential,
                    baseDirectory: baseDirectory, organization: organization.platform.organization, clock: clock)
                connector = .success(try factory.make(configuration))
            } catch {
                connector = .failure(error)
            }
            return ConnectedTarget(definition: target, abilities: factory.abilities, connector: connector)
        }
    }
}

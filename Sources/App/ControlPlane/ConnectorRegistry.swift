import AWSConnector
import AccessModel
import ConnectorKit
import Definitions
import DirectoryConnector
import KubernetesConnector
import LDAPConnector
import Lifecycle
import PostgreSQLConnector
import SCIMConnector
import VaultConnector

/// Every kind of system that Tenure can connect: one line each.
enum ConnectorRegistry {
    static let factories: [ConnectorFactory] = [
        .directory,
        .ldap,
        .scim,
        .kubernetes,
        .aws,
        .awsIAM,
        .awsSecrets,
        .postgresql,
        .vault,
    ]

    static let abilities: [String: TargetAbilities] = Dictionary(
        uniqueKeysWithValues: factories.map { ($0.name, $0.abilities) })

    /// Makes the connectors of an organisation's targets. What cannot be made is kept with its reason: one target
    /// that is set up wrongly does not keep the others from their work.
    static func connect(
        _ organization: Organization, baseDirectory: String, clock: @escaping @Sendable () -> Instant
    ) -> [ConnectedTarget] {
        var connected: [ConnectedTarget] = []
        for target in organization.targets {
            guard let factory = factories.first(where: { $0.name == target.connector }) else { continue }
            let connector: Result<any Connector, ConnectorError>
            do throws(ConnectorError) {
                let configuration = ConnectorConfiguration(
                    target: target.name, settings: target.settings,
                    credential: try credential(of: target, baseDirectory), baseDirectory: baseDirectory,
                    organization: organization.platform.organization, clock: clock)
                connector = .success(try factory.make(configuration))
            } catch {
                connector = .failure(error)
            }
            connected.append(
                ConnectedTarget(definition: target, abilities: factory.abilities, connector: connector))
        }
        return connected
    }

    private static func credential(
        of target: TargetDefinition, _ baseDirectory: String
    ) throws(ConnectorError) -> SecretText? {
        guard let reference = target.credential else { return nil }
        return try CredentialReference(reference, target: target.name).resolve(
            target: target.name, baseDirectory: baseDirectory)
    }
}

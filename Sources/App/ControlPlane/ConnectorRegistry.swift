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
                connector = .success(
                    try factory.make(try configuration(of: target, organization, baseDirectory: baseDirectory, clock)))
            } catch {
                connector = .failure(error)
            }
            connected.append(
                ConnectedTarget(definition: target, abilities: factory.abilities, connector: connector))
        }
        return connected
    }

    /// A credential that cannot be read now is an error now; later it is read again by whom it concerns.
    static func configuration(
        of target: TargetDefinition, _ organization: Organization, baseDirectory: String,
        _ clock: @escaping @Sendable () -> Instant
    ) throws(ConnectorError) -> ConnectorConfiguration {
        var credential: SecretText?
        var reader: CredentialReader?
        if let text = target.credential {
            let reference = try CredentialReference(text, target: target.name)
            credential = try reference.resolve(target: target.name, baseDirectory: baseDirectory)
            reader = reference.reader(target: target.name, baseDirectory: baseDirectory)
        }
        return ConnectorConfiguration(
            target: target.name, settings: target.settings, credential: credential, readCredential: reader,
            baseDirectory: baseDirectory, organization: organization.platform.organization, clock: clock)
    }
}

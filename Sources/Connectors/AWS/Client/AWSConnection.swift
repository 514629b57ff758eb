import AccessModel
import ConnectorKit
import Foundation

/// Makes the client of a target: its credentials, and the services that it needs.
///
/// Who asks is, in this order: the target's `credential`; the environment; a web identity; the container's role; the
/// instance's. With `role_arn`, that one takes the role on.
struct AWSConnection: Sendable {
    let client: AWSClient
    /// Takes the role on; nil where there is none.
    private let base: AWSClient?

    init(
        _ services: [AWSService], _ settings: AWSSettings, _ configuration: ConnectorConfiguration,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConnectorError) {
        let clock = configuration.clock
        let session = Self.sessionName(configuration)
        let own = try Self.source(settings, configuration, environment, session)
        var credentials = CredentialCache(own, clock: clock)
        if let role = settings.role {
            let base = try AWSClient(
                [.sts], region: settings.region, addresses: settings.addresses, credentials: credentials,
                timeout: settings.timeout, clock: clock)
            self.base = base
            credentials = CredentialCache(
                AssumedRole(
                    client: base, role: role, externalID: settings.externalID.map { SecretText($0) },
                    sessionName: session), clock: clock)
        } else {
            base = nil
        }
        client = try AWSClient(
            services, region: settings.region, addresses: settings.addresses, credentials: credentials,
            timeout: settings.timeout, clock: clock)
    }

    func close() async {
        await client.close()
        await base?.close()
    }

    static func source(
        _ settings: AWSSettings, _ configuration: ConnectorConfiguration, _ environment: [String: String],
        _ session: String
    ) throws(ConnectorError) -> any CredentialSource {
        if let text = configuration.credential {
            let shared = SharedCredentials(text: text, profile: settings.profile)
            // What is wrong with it shows at once and not with the first request.
            _ = try shared.parse()
            return shared
        }
        let clock = configuration.clock
        var sources: [any CredentialSource] = [
            EnvironmentCredentials(environment: environment),
            WebIdentityCredentials(
                environment: environment, address: settings.address(of: .sts), sessionName: session, clock: clock),
            ContainerCredentials(environment: environment, clock: clock),
        ]
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" {
            let address = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"].flatMap { $0.isEmpty ? nil : $0 }
            sources.append(InstanceCredentials(address: address ?? InstanceCredentials.standardAddress, clock: clock))
        }
        return CredentialChain(sources: sources)
    }

    /// What the account's own log will show: `tenure-mountainlab-aws-live`.
    static func sessionName(_ configuration: ConnectorConfiguration) -> String {
        String("tenure-\(configuration.organization)-\(configuration.target)".prefix(64))
    }
}

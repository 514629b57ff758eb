import AccessModel
import ConnectorKit
import StrictJSON

/// The role of the instance this runs on, by version 2 of the instance metadata service: a token first, by PUT.
actor InstanceCredentials: CredentialSource {
    let address: String
    let clock: @Sendable () -> Instant
    /// Whether there is such a service is known from then on.
    private var hasGiven = false

    init(address: String, clock: @escaping @Sendable () -> Instant) {
        self.address = address
        self.clock = clock
    }

    static let standardAddress = "http://169.254.169.254"

    nonisolated var name: String { "the instance's role" }

    /// Nil where there is no such service, as everywhere outside of the vendor's machines.
    ///
    /// - Throws: `unreachable`, to be tried again, where it has given credentials before and does not answer now.
    func fetch() async throws(ConnectorError) -> AWSCredentials? {
        var configuration = HTTPSession.Configuration(url: address)
        configuration.allowsMetadataAddress = true
        configuration.connectTimeout = .seconds(1)
        configuration.timeout = .seconds(5)
        configuration.maximumBodySize = 1 << 16
        let session = try HTTPSession(configuration, clock: clock)
        do throws(ConnectorError) {
            let credentials = try await fetch(session)
            await session.close()
            if credentials != nil { hasGiven = true }
            return credentials
        } catch {
            await session.close()
            throw error
        }
    }

    private func fetch(_ session: HTTPSession) async throws(ConnectorError) -> AWSCredentials? {
        let operation = "read the instance's role"
        let token: HTTPResponse
        do throws(ConnectorError) {
            token = try await session.send(
                HTTPRequest(
                    .put, ["latest", "api", "token"],
                    headers: [HTTPRequest.Field("X-aws-ec2-metadata-token-ttl-seconds", "300")]), operation: operation)
        } catch {
            guard error.code == .unreachable, !hasGiven, !CallDeadline.isOver else { throw error }
            return nil
        }
        let proof = [HTTPRequest.Field("X-aws-ec2-metadata-token", String(decoding: token.body, as: UTF8.self))]
        let base = ["latest", "meta-data", "iam", "security-credentials"]
        let roles = try await session.send(
            HTTPRequest(.get, base + [""], headers: proof), operation: operation, accepting: [404])
        guard roles.status == 200, let role = String(decoding: roles.body, as: UTF8.self).split(separator: "\n").first
        else { return nil }
        let answer = try await session.send(
            HTTPRequest(.get, base + [String(role)], headers: proof), operation: operation)
        return try MetadataAnswer.parse(answer.body, operation: operation)
    }
}

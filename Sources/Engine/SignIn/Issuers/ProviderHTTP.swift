import AccessModel
import ConnectorKit

/// Requests to a provider: each host is looked up first, every address that it leads to has to be where the provider may
/// be, and the connection goes to what was looked at. No redirects; time and size are bounded.
public struct ProviderHTTP: Sendable {
    public typealias Resolve = @Sendable (String) async -> [NetworkAddress]

    /// What came back, whatever its status.
    public struct Answer: Sendable {
        public let status: Int
        public let body: [UInt8]
    }

    let reach: IssuerSettings.Reach
    let certificateAuthorities: String?
    let timeout: Span
    private let clock: @Sendable () -> Instant
    private let resolve: Resolve

    static let maximumBodySize = 1 << 20
    /// Addresses of one name that are tried.
    private static let attempts = 3

    public init(
        _ settings: IssuerSettings, timeout: Span = .seconds(10), clock: @escaping @Sendable () -> Instant,
        resolve: @escaping Resolve = { await NetworkAddress.resolve($0) }
    ) {
        reach = settings.reach
        certificateAuthorities = settings.certificateAuthorities
        self.timeout = timeout
        self.clock = clock
        self.resolve = resolve
    }

    /// A document; any status but success is an error.
    func get(
        _ address: ProviderAddress, authorization: SecretText? = nil
    ) async throws(SignInError) -> [UInt8] {
        let request = HTTPRequest(
            .get, [], query: address.query, headers: [HTTPRequest.Field("Accept", "application/json")])
        return try await send(request, to: address, authorization: authorization, accepting: []).body
    }

    /// A form; errors of the protocol come as an answer.
    func post(
        _ form: FormBody, to address: ProviderAddress, authorization: SecretText? = nil
    ) async throws(SignInError) -> Answer {
        let request = HTTPRequest(
            .post, [], query: address.query,
            headers: [
                HTTPRequest.Field("Accept", "application/json"),
                HTTPRequest.Field("Content-Type", "application/x-www-form-urlencoded"),
            ], body: Array(form.encoded.utf8))
        return try await send(request, to: address, authorization: authorization, accepting: [400, 401, 403, 428, 429])
    }

    private func send(
        _ request: HTTPRequest, to address: ProviderAddress, authorization: SecretText?, accepting: Set<Int>
    ) async throws(SignInError) -> Answer {
        let operation = "ask \(address.host)"
        var last = SignInError(code: .unreachable, operation: operation, message: "its name leads nowhere")
        for place in try await places(of: address, operation).prefix(Self.attempts) {
            var configuration = HTTPSession.Configuration(url: address.base, authorization: authorization)
            configuration.connectTimeout = .seconds(5)
            configuration.timeout = timeout
            configuration.maximumBodySize = Self.maximumBodySize
            configuration.certificateAuthorities = certificateAuthorities
            configuration.pinnedAddress = place
            configuration.concurrency = 1
            do {
                let session = try HTTPSession(configuration, clock: clock)
                return try await send(request, session, operation, accepting)
            } catch {
                last = Self.translate(error, operation)
                // What has reached the other side is not sent again: a code is good once.
                guard error.code == .unreachable, request.method == .get else { throw last }
            }
        }
        throw last
    }

    private func send(
        _ request: HTTPRequest, _ session: HTTPSession, _ operation: String, _ accepting: Set<Int>
    ) async throws(ConnectorError) -> Answer {
        do {
            let response = try await session.send(request, operation: operation, accepting: accepting)
            await session.close()
            return Answer(status: response.status, body: response.body)
        } catch {
            await session.close()
            throw error
        }
    }

    /// Every one of them has to be allowed: one that is not shows that the name is not what it should be.
    private func places(of address: ProviderAddress, _ operation: String) async throws(SignInError) -> [NetworkAddress]
    {
        let found = await resolve(address.host)
        let isAllowed = found.allSatisfy { place in
            switch reach {
            case .anywherePublic: place.isPublic
            case .thisMachine: place.isPublic || place.isLoopback
            case .privateNetworks: true
            }
        }
        guard isAllowed else {
            throw SignInError(
                code: .provider, operation: operation,
                message: "its name leads into a private network, and the issuer is not configured to be there")
        }
        // One that is configured on this machine is asked over IPv4 first: that is where most listen.
        return found.sorted { $0.bytes.count < $1.bytes.count }
    }

    private static func translate(_ error: ConnectorError, _ operation: String) -> SignInError {
        let isDown = [.unreachable, .throttled, .targetFailure].contains(error.code)
        return SignInError(code: isDown ? .unreachable : .provider, operation: operation, message: error.message)
    }
}

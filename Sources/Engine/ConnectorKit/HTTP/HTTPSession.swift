import AccessModel
import AsyncHTTPClient
import Synchronization

/// Connections to one HTTP service, kept and reused: certificates verified, no redirects followed, everything capped.
///
/// Its credential goes into the `Authorization` header of each request and nowhere else: what a server says is
/// searched for it before it becomes part of an error.
public final class HTTPSession: Sendable {
    public struct Configuration: Sendable {
        /// `https://host/base`; plain `http` is allowed to this machine alone.
        public var url: String
        /// The whole value of the `Authorization` header.
        public var authorization: SecretText?
        public var connectTimeout = Span.seconds(10)
        /// For the whole request, its answer included.
        public var timeout = Span.seconds(60)
        /// In bytes; a larger answer is an error.
        public var maximumBodySize = 16 << 20
        /// Connections that are kept for the next requests.
        public var concurrency = 8
        /// A PEM file with the authorities to trust instead of the system's.
        public var certificateAuthorities: String?
        /// Makes one line of what a server says about an error.
        public var explanation: @Sendable (HTTPResponse) -> String? = { _ in nil }

        public init(url: String, authorization: SecretText? = nil) {
            self.url = url
            self.authorization = authorization
        }

        /// - Throws: A `configuration` error for an address that is not usable. The service is not asked.
        public static func check(url: String) throws(ConnectorError) { _ = try ServiceAddress.validate(url) }
    }

    private let configuration: Configuration
    private let base: String
    private let client: HTTPClient
    private let clock: @Sendable () -> Instant
    private let isClosed = Mutex(false)

    /// - Throws: A `configuration` error for an address that is not usable.
    public init(
        _ configuration: Configuration, clock: @escaping @Sendable () -> Instant
    ) throws(ConnectorError) {
        self.configuration = configuration
        self.clock = clock
        base = try ServiceAddress.validate(configuration.url)
        var settings = HTTPClient.Configuration()
        settings.tlsConfiguration = .makeClientConfiguration()
        if let file = configuration.certificateAuthorities { settings.tlsConfiguration?.trustRoots = .file(file) }
        settings.redirectConfiguration = .disallow
        settings.timeout.connect = .milliseconds(configuration.connectTimeout.milliseconds)
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.concurrency
        // The engine knows when to try again; the client would hide an unreachable target until the deadline.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.httpVersion = .automatic
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    deinit {
        if isClosed.withLock({ !$0 }) { client.shutdown { _ in } }
    }

    /// Ends all connections; requests that are on their way fail as `unreachable`.
    public func close() async {
        let wasClosed = isClosed.withLock { closed in
            defer { closed = true }
            return closed
        }
        guard !wasClosed else { return }
        await withCheckedContinuation { continuation in
            client.shutdown { _ in continuation.resume() }
        }
    }

    /// Sends a request and reads the whole answer; not after the ``CallDeadline``.
    ///
    /// - Parameters:
    ///   - operation: What is being done, for errors: `add member e-0001 to payments-live-readers`.
    ///   - accepted: Statuses that are answers here, though they are errors elsewhere: 404 on a delete.
    public func send(
        _ request: HTTPRequest, operation: String, accepting accepted: Set<Int> = []
    ) async throws(ConnectorError) -> HTTPResponse {
        try CallDeadline.check(operation)
        let response: HTTPResponse
        do {
            response = try await exchange(request)
        } catch let error as HTTPClientError {
            throw unreachable(operation, error.shortDescription)
        } catch is CancellationError {
            throw unreachable(operation, "cancelled")
        } catch let error as BodyTooLarge {
            throw ConnectorError(code: .targetFailure, operation: operation, message: error.description)
        } catch {
            throw unreachable(operation, "\(error)")
        }
        guard let code = response.errorCode(), !accepted.contains(response.status) else { return response }
        let explanation = configuration.explanation(response).map { ": \(redacted($0))" } ?? ""
        throw ConnectorError(
            code: code, operation: operation, message: "HTTP \(response.status)\(explanation)",
            retryAfter: response.retryAfter(now: clock()))
    }

    private struct BodyTooLarge: Error {
        let limit: Int
        var description: String { "the answer is larger than \(limit) bytes" }
    }

    private func exchange(_ request: HTTPRequest) async throws -> HTTPResponse {
        var outgoing = HTTPClientRequest(url: base + request.target)
        outgoing.method = .RAW(value: request.method.rawValue)
        for field in request.headers { outgoing.headers.add(name: field.name, value: field.value) }
        if let authorization = configuration.authorization {
            outgoing.headers.replaceOrAdd(name: "Authorization", value: authorization.reveal())
        }
        if let body = request.body { outgoing.body = .bytes(body) }
        let response = try await client.execute(outgoing, timeout: .milliseconds(configuration.timeout.milliseconds))
        var body: [UInt8] = []
        for try await part in response.body {
            guard body.count + part.readableBytes <= configuration.maximumBodySize else {
                throw BodyTooLarge(limit: configuration.maximumBodySize)
            }
            body.append(contentsOf: part.readableBytesView)
        }
        return HTTPResponse(
            status: Int(response.status.code), headers: response.headers.map { HTTPRequest.Field($0.name, $0.value) },
            body: body)
    }

    private func unreachable(_ operation: String, _ message: String) -> ConnectorError {
        ConnectorError(code: .unreachable, operation: operation, message: redacted(message))
    }

    /// One short line in which no credential stands, whatever a server sends back.
    private func redacted(_ text: String) -> String {
        var line = String(decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }.prefix(4_096), as: UTF8.self)
        if let authorization = configuration.authorization?.reveal() {
            for word in [authorization] + authorization.split(separator: " ").map(String.init) where word.utf8.count > 6
            {
                line = line.split(separator: word, omittingEmptySubsequences: false).joined(separator: "[secret]")
            }
        }
        return line.count > 240 ? line.prefix(240) + "…" : line
    }
}

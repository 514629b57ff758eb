import AccessModel
import AsyncHTTPClient
import Instrumentation
import NIOCore
import NIOSSL
import Synchronization

import func Glibc.strerror

/// Connections to one HTTP service, kept and reused: certificates verified, no redirects followed, everything capped.
///
/// Its credential goes into the headers of each request and nowhere else: what a server says is searched for it before it
/// becomes part of an error.
public final class HTTPSession: Sendable {
    public struct Configuration: Sendable {
        /// `https://host/base`; plain `http` is allowed to this machine alone.
        public var url: String
        /// The whole value of the `Authorization` header.
        public var authorization: SecretText?
        /// Makes the headers that prove who asks, anew for each request: a signature, a token that is renewed. They
        /// replace what is there under the same names.
        public var authorize: Authorization?
        /// What this side shows of itself while the connection is made.
        public var clientIdentity: ClientIdentity?
        public var connectTimeout = Span.seconds(10)
        /// For the whole request, its answer included.
        public var timeout = Span.seconds(60)
        /// In bytes; a larger answer is an error.
        public var maximumBodySize = 16 << 20
        /// Whether plain `http` may also go to where a machine's or a container's host hands out its credentials; for
        /// fetching those alone.
        public var allowsMetadataAddress = false
        /// Connections that are kept for the next requests.
        public var concurrency = 8
        /// Where the address's host is taken to be, whatever a resolver would say by then: who has looked at where a name
        /// leads to goes there and nowhere else. The certificate must be the name's all the same.
        public var pinnedAddress: NetworkAddress?
        /// A PEM file with the authorities to trust instead of the system's.
        public var certificateAuthorities: String?
        /// The same as PEM text; it comes before ``certificateAuthorities``.
        public var trustedCertificates: [UInt8]?
        /// Makes one line of what a server says about an error.
        public var explanation: @Sendable (HTTPResponse) -> String? = { _ in nil }
        /// What an answer means where its status alone does not say: AWS throttles with 400. Nil: what the status says.
        public var code: @Sendable (HTTPResponse) -> ConnectorError.Code? = { _ in nil }

        public init(url: String, authorization: SecretText? = nil) {
            self.url = url
            self.authorization = authorization
        }

        /// - Throws: A `configuration` error for an address that is not usable. The service is not asked.
        public static func check(url: String) throws(ConnectorError) { _ = try ServiceAddress.validate(url) }
    }

    /// Headers that prove who asks. What it returns is secret: none of it is ever part of an error.
    public typealias Authorization =
        @Sendable (OutgoingRequest) async throws(ConnectorError) -> [HTTPRequest.Field]

    /// A certificate with its chain, and its key; both as PEM.
    public struct ClientIdentity: Sendable {
        public let certificates: [UInt8]
        public let key: SecretText

        public init(certificates: [UInt8], key: SecretText) {
            self.certificates = certificates
            self.key = key
        }
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
        base = try ServiceAddress.validate(
            configuration.url, allowsMetadataAddress: configuration.allowsMetadataAddress)
        var settings = HTTPClient.Configuration()
        settings.tlsConfiguration = try configuration.tls()
        settings.redirectConfiguration = .disallow
        settings.timeout.connect = .milliseconds(configuration.connectTimeout.milliseconds)
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.concurrency
        // The engine knows when to try again; the client would hide an unreachable target until the deadline.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.httpVersion = .automatic
        // Its spans would tell whole addresses, with whatever names stand in them.
        settings.tracing.tracer = nil
        if let address = configuration.pinnedAddress, let host = ServiceAddress.host(ofURL: base) {
            settings.dnsOverride = [host: address.description]
        }
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
        let outgoing = try await prepare(request, operation)
        return try await perform(operation, outgoing, accepting: accepted) { response in
            var body: [UInt8] = []
            for try await part in response.body {
                guard body.count + part.readableBytes <= configuration.maximumBodySize else {
                    throw BodyTooLarge(limit: configuration.maximumBodySize)
                }
                body.append(contentsOf: part.readableBytesView)
            }
            return body
        }
    }

    /// Sends a request whose answer goes on for as long as both sides like, and hands over its lines as they come, each
    /// without its line feed. Ends when `body` returns false or the answer does.
    ///
    /// - Parameter limit: For the whole of it.
    public func lines(
        of request: HTTPRequest, operation: String, for limit: Span,
        _ body: @escaping @Sendable ([UInt8]) async throws(ConnectorError) -> Bool
    ) async throws(ConnectorError) {
        let outgoing = try await prepare(request, operation)
        _ = try await perform(operation, outgoing, limit: limit) { response in
            guard (200..<300).contains(Int(response.status.code)) else {
                return Array(try await response.body.collect(upTo: 1 << 16).readableBytesView)
            }
            var line: [UInt8] = []
            for try await part in response.body {
                for byte in part.readableBytesView {
                    guard byte == UInt8(ascii: "\n") else {
                        guard line.count < configuration.maximumBodySize else {
                            throw BodyTooLarge(limit: configuration.maximumBodySize)
                        }
                        line.append(byte)
                        continue
                    }
                    guard try await body(line) else { return [] }
                    line.removeAll(keepingCapacity: true)
                }
            }
            return []
        }
    }

    private struct BodyTooLarge: Error {
        let limit: Int
        var description: String { "the answer is larger than \(limit) bytes" }
    }

    /// A request with everything that proves who asks.
    private struct Outgoing {
        var request: HTTPClientRequest
        var secrets: [String]
    }

    private func prepare(_ request: HTTPRequest, _ operation: String) async throws(ConnectorError) -> Outgoing {
        try CallDeadline.check(operation)
        var outgoing = Outgoing(request: HTTPClientRequest(url: base + request.target), secrets: [])
        outgoing.request.method = .RAW(value: request.method.rawValue)
        for field in request.headers { outgoing.request.headers.add(name: field.name, value: field.value) }
        if let body = request.body { outgoing.request.body = .bytes(body) }
        InstrumentationSystem.instrument.inject(
            .current ?? .topLevel, into: &outgoing.request, using: TraceFields())
        if let authorization = configuration.authorization?.reveal() {
            outgoing.request.headers.replaceOrAdd(name: "Authorization", value: authorization)
            outgoing.secrets.append(authorization)
        }
        guard let authorize = configuration.authorize else { return outgoing }
        for field in try await authorize(OutgoingRequest(request, base: base)) {
            outgoing.request.headers.replaceOrAdd(name: field.name, value: field.value)
            outgoing.secrets.append(field.value)
        }
        // It may have taken its time.
        try CallDeadline.check(operation)
        return outgoing
    }

    private func perform(
        _ operation: String, _ outgoing: Outgoing, accepting accepted: Set<Int> = [], limit: Span? = nil,
        _ read: @Sendable (HTTPClientResponse) async throws -> [UInt8]
    ) async throws(ConnectorError) -> HTTPResponse {
        let response: HTTPResponse
        do {
            let answer = try await client.execute(
                outgoing.request, timeout: .milliseconds((limit ?? configuration.timeout).milliseconds))
            response = HTTPResponse(
                status: Int(answer.status.code), headers: answer.headers.map { HTTPRequest.Field($0.name, $0.value) },
                body: try await read(answer))
        } catch let error as ConnectorError {
            throw error
        } catch let error as HTTPClientError {
            throw unreachable(operation, error.shortDescription, outgoing)
        } catch let error as IOError {
            // What the system says; the library's words around it are about its own calls.
            throw unreachable(operation, String(cString: strerror(error.errnoCode)), outgoing)
        } catch is CancellationError {
            throw unreachable(operation, "cancelled", outgoing)
        } catch let error as BodyTooLarge {
            throw ConnectorError(code: .targetFailure, operation: operation, message: error.description)
        } catch {
            throw unreachable(operation, "\(error)", outgoing)
        }
        guard let code = configuration.code(response) ?? response.errorCode(), !accepted.contains(response.status)
        else { return response }
        let explanation = configuration.explanation(response).map { ": \(redacted($0, outgoing))" } ?? ""
        throw ConnectorError(
            code: code, operation: operation, message: "HTTP \(response.status)\(explanation)",
            retryAfter: code == .forbidden ? nil : response.retryAfter(now: clock()))
    }

    private func unreachable(_ operation: String, _ message: String, _ outgoing: Outgoing) -> ConnectorError {
        ConnectorError(code: .unreachable, operation: operation, message: redacted(message, outgoing))
    }

    /// One short line in which no credential stands, whatever a server sends back.
    private func redacted(_ text: String, _ outgoing: Outgoing) -> String {
        var line = String(decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }.prefix(4_096), as: UTF8.self)
        for secret in outgoing.secrets {
            for word in [secret] + secret.split(separator: " ").map(String.init) where word.utf8.count > 6 {
                line = line.split(separator: word, omittingEmptySubsequences: false).joined(separator: "[secret]")
            }
        }
        return line.count > 240 ? line.prefix(240) + "…" : line
    }
}

import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import Synchronization
import Traces
import Tracing

/// A route table on a socket: TLS, limits, and one line of the log a request. It ends gracefully: what has begun is
/// answered, nothing new is taken.
public struct WebService: Sendable {
    private let table: RouteTable
    private let settings: WebSettings
    private let logger: Logger
    private let newID: @Sendable () -> String

    /// - Parameter newID: Of a request, unique.
    public init(
        _ table: RouteTable, settings: WebSettings, logger: Logger, newID: @escaping @Sendable () -> String
    ) {
        self.table = table
        self.settings = settings
        self.logger = logger
        self.newID = newID
    }

    /// Serves until the task is cancelled, or the process's service group stops it.
    ///
    /// - Parameter listening: Told of the port once the server takes connections.
    public func run(listening: @escaping @Sendable (Int) async -> Void) async throws {
        let responder = TableResponder(
            table: table, settings: settings, rate: settings.requestsPerSecond.map { RequestRate(perSecond: $0) },
            logger: logger, newID: newID)
        let plain = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [AnswerGuard(patience: TimeAmount(settings.idleTimeout))],
                idleTimeout: TimeAmount(settings.idleTimeout),
                httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                    maxHeaderFieldSize: settings.headerLimit, maxHeaderListSize: settings.headerLimit,
                    maxHeaderFieldCount: 100)))
        let application = Application(
            responder: responder,
            server: try settings.tls.map { try .tls(plain, tlsConfiguration: $0) } ?? plain,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                availableConnectionsDelegate: MaximumAvailableConnections(
                    settings.maximumConnections, logger: logger)),
            onServerRunning: { channel in await listening(channel.localAddress?.port ?? 0) }, logger: logger)
        try await application.run()
    }
}

/// Reads a request whole, asks the table, and writes what it says.
private struct TableResponder: HTTPResponder {
    typealias Context = ConnectionContext

    let table: RouteTable
    let settings: WebSettings
    let rate: RequestRate?
    let logger: Logger
    let newID: @Sendable () -> String
    let ending = EndingConnections()

    func respond(to request: Request, context: Context) async throws -> Response {
        // What came in behind a request with which its connection ends is none: it is neither looked at nor answered.
        guard !ending.contains(context.channel) else { return Response(status: .badRequest) }
        guard settings.isTraced else { return await respond(to: request, context, newID(), nil) }
        var trace = InstrumentationContext.topLevel
        InstrumentationSystem.instrument.extract(request.headers, into: &trace, using: TraceFields())
        return await withSpan("\(request.method)", context: trace, ofKind: .server) { span in
            await respond(to: request, context, newID(), span)
        }
    }

    private func respond(
        to request: Request, _ context: Context, _ correlation: String, _ span: (any Span)?
    ) async -> Response {
        let begun = ContinuousClock.now
        let outcome = await self.answer(request, context, correlation)
        let answer = outcome.answer
        var response = Response(status: answer.status, headers: answer.headers, body: ResponseBody())
        response.headers[.requestID] = correlation
        harden(&response.headers)
        switch answer.body {
        case .empty: break
        case .bytes(let bytes):
            if request.method == .head {
                response.headers[.contentLength] = "\(bytes.count)"
            } else {
                response.body = Self.body(bytes)
            }
        // What has no end is not asked for its length, and a body behind such an answer would be read as the next one.
        case .stream where request.method == .head: break
        case .stream(let stream):
            response.body = ResponseBody { writer in
                for try await bytes in stream { try await writer.write(ByteBuffer(bytes: bytes)) }
                try await writer.finish(nil)
            }
        }
        if outcome.isLast || Self.asksForTheEnd(request) { close(context.channel, after: &response) }
        log(request, outcome, correlation, begun)
        if let span { tell(span, request, outcome, correlation) }
        return response
    }

    private func tell(_ span: any Span, _ request: Request, _ outcome: Outcome, _ correlation: String) {
        if let route = outcome.route { span.operationName = route.name }
        span.updateAttributes { attributes in
            attributes["request"] = correlation
            attributes["method"] = "\(request.method)"
            attributes["route"] = outcome.route?.pattern.description ?? "none"
            attributes["status"] = "\(outcome.answer.status.code)"
        }
        if outcome.answer.status.code >= 500 { span.setStatus(SpanStatus(code: .error)) }
    }

    private static func asksForTheEnd(_ request: Request) -> Bool {
        request.headers[.connection]?.lowercased().split(separator: ",").contains {
            $0.filter { $0 != " " && $0 != "\t" } == "close"
        } ?? false
    }

    /// What a request came to.
    private struct Outcome {
        let answer: WebResponse
        /// Whether the connection ends with it.
        let isLast: Bool
        /// Nil where there is none at the address.
        var route: Route?
    }

    /// A part of an answer; whoever takes none of these for too long is taken for gone.
    private static let partSize = 1 << 16

    private static func body(_ bytes: [UInt8]) -> ResponseBody {
        guard bytes.count > partSize else { return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)) }
        return ResponseBody(contentLength: bytes.count) { writer in
            for start in stride(from: 0, to: bytes.count, by: partSize) {
                let part = bytes[start..<min(start + partSize, bytes.count)]
                try await writer.write(ByteBuffer(bytes: part))
            }
            try await writer.finish(nil)
        }
    }

    private func answer(
        _ request: Request, _ context: Context, _ correlation: String
    ) async -> Outcome {
        let target: RequestTarget
        do {
            try HostField.check(request.head)
            target = try RequestTarget(request.head)
        } catch {
            return Outcome(answer: error.response(correlation), isLast: true)
        }
        let match = table.match(request.method, target.path)
        let peer = await context.peer(asksForCertificates: settings.tls?.trustRoots != nil)
        let isBodyAnnounced = BodyReading.isAnnounced(in: request)
        let head = WebRequest(
            method: request.method, path: target.path, query: target.query, headers: request.headers,
            correlation: correlation, peer: peer)
        if let rate, !rate.admit(peer.address) {
            return Outcome(
                answer: table.refuse(head, match, .tooManyRequests), isLast: isBodyAnnounced, route: match.found)
        }
        let unexpected: @Sendable (any Error) -> Void = { error in
            logger.error("\(error)", metadata: ["request": "\(correlation)"])
        }
        if isBodyAnnounced, let refusal = await table.refusal(of: head, match, unexpected: unexpected) {
            return Outcome(answer: refusal, isLast: true, route: match.found)
        }
        let read = await BodyReading.read(request, upTo: match.bodyLimit, within: settings.bodyTimeout) {
            context.channel.close(mode: .input, promise: nil)
        }
        let whole = head.with(body: read.bytes)
        if let problem = read.problem {
            // What is wrong with the address is worth more than what is wrong with the body that was sent there.
            return Outcome(answer: table.refuse(whole, match, problem), isLast: true, route: match.found)
        }
        let answer = await table.respond(to: whole, match, unexpected: unexpected)
        return Outcome(answer: answer, isLast: false, route: match.found)
    }

    /// Once it is written: what is still to come of the body is not waited for.
    private func close(_ channel: any Channel, after response: inout Response) {
        response.headers[.connection] = "close"
        ending.insert(channel)
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            channel.triggerUserOutboundEvent(AnswerGuard.LastAnswer(), promise: nil)
        }
    }

    private func harden(_ headers: inout HTTPFields) {
        headers[.xContentTypeOptions] = "nosniff"
        headers[.referrerPolicy] = "no-referrer"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        if settings.tls != nil { headers[.strictTransportSecurity] = "max-age=31536000" }
    }

    /// Neither query nor body, and of the address only which route it is: there may be names, or what somebody put
    /// into the wrong place, in them.
    private func log(
        _ request: Request, _ outcome: Outcome, _ correlation: String, _ begun: ContinuousClock.Instant
    ) {
        var details: Logger.Metadata = [
            "request": "\(correlation)", "method": "\(request.method)",
            "route": "\(outcome.route?.pattern.description ?? "none")", "status": "\(outcome.answer.status.code)",
            "milliseconds": "\((ContinuousClock.now - begun) / .milliseconds(1))",
        ]
        if settings.isTraced, let place = TraceContext.current { details["trace"] = "\(place.trace)" }
        logger.info("request", metadata: details)
    }
}

/// Connections whose last answer is on its way.
private final class EndingConnections: Sendable {
    private let channels = Mutex<Set<ObjectIdentifier>>([])

    func contains(_ channel: any Channel) -> Bool { channels.withLock { $0.contains(ObjectIdentifier(channel)) } }

    func insert(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        channels.withLock { _ = $0.insert(id) }
        channel.closeFuture.whenComplete { [self] _ in channels.withLock { _ = $0.remove(id) } }
    }
}

/// What is known of a connection.
private struct ConnectionContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }

    /// - Parameter asksForCertificates: Whether the other end may have shown one.
    func peer(asksForCertificates: Bool) async -> WebPeer {
        let address = channel.remoteAddress
        let isLoopback: Bool
        switch address {
        case .v4?: isLoopback = address?.ipAddress?.hasPrefix("127.") ?? false
        case .v6?: isLoopback = address?.ipAddress == "::1"
        case .unixDomainSocket?: isLoopback = true
        case nil: isLoopback = false
        }
        return WebPeer(
            address: address?.ipAddress ?? "local", isLoopback: isLoopback,
            certificate: asksForCertificates ? await fingerprint() : nil)
    }

    /// Of a certificate that the TLS layer has verified.
    private func fingerprint() async -> String? {
        do {
            guard let certificate = try await channel.nioSSL_peerCertificate().get() else { return nil }
            return SHA256.hash(data: try certificate.toDERBytes()).map { String(format: "%02x", $0) }.joined()
        } catch {
            // What cannot be read is no proof of who is there.
            return nil
        }
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id") ?? .via
    static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .via
}

import AccessModel
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A connection to a mail server: commands out, replies in, and TLS where it is asked for.
final class SMTPConnection: Sendable {
    private let channel: any Channel
    private let inbox: SMTPInbox

    private init(channel: any Channel, inbox: SMTPInbox) {
        self.channel = channel
        self.inbox = inbox
    }

    /// - Parameter tls: For a server that speaks TLS from the first byte.
    static func open(host: String, port: Int, tls: SMTPSecurity?, limit: Span) async throws -> SMTPConnection {
        let inbox = SMTPInbox()
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.milliseconds(min(limit.milliseconds, 10_000)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(try tls.handler()) }
                    try channel.pipeline.syncOperations.addHandler(SMTPInboundHandler(inbox: inbox))
                }
            }
        let channel = try await bootstrap.connect(host: host, port: port).get()
        return SMTPConnection(channel: channel, inbox: inbox)
    }

    /// The server's next reply; throws when there will be none.
    func reply() async throws -> SMTPReply {
        try await withTaskCancellationHandler {
            try await inbox.next()
        } onCancel: {
            close()
        }
    }

    func send(_ bytes: [UInt8]) async throws {
        do {
            try await withTaskCancellationHandler {
                try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
            } onCancel: {
                close()
            }
        } catch {
            // Why it was closed says more than that it was.
            throw inbox.ended ?? error
        }
    }

    /// One line and the reply to it.
    func command(_ line: String) async throws -> SMTPReply {
        try await send(Array((line + "\r\n").utf8))
        return try await reply()
    }

    /// From here on encrypted. What the server, or somebody in between, has sent ahead in the clear is refused.
    func secure(_ tls: SMTPSecurity) async throws {
        let (channel, inbox) = (channel, inbox)
        try await channel.eventLoop.submit {
            guard inbox.isDrained else { throw SMTPInbox.Ended(message: "the server sent something before TLS began") }
            try channel.pipeline.syncOperations.addHandler(try tls.handler(), position: .first)
        }.get()
    }

    func close(_ reason: String = "the connection was closed") {
        inbox.end(reason)
        channel.close(promise: nil)
    }
}

/// Whom to trust, and under which name.
struct SMTPSecurity: Sendable {
    let host: String
    let context: NIOSSLContext

    /// - Parameter authorities: A PEM file instead of the system's authorities.
    init(host: String, authorities: String?) throws {
        self.host = host
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authorities { configuration.trustRoots = .file(authorities) }
        context = try NIOSSLContext(configuration: configuration)
    }

    func handler() throws -> NIOSSLClientHandler {
        // An address is no name to ask for; the certificate must bear it all the same.
        let isAddress =
            host.utf8.contains(UInt8(ascii: ":"))
            || host.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".")
            }
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }
}

/// Replies between the event loop, which brings them, and the task that waits for them.
final class SMTPInbox: Sendable {
    struct Ended: Error, CustomStringConvertible {
        let message: String
        var description: String { message }
    }

    private struct State {
        var reader = SMTPReplyReader()
        var replies: [SMTPReply] = []
        var waiting: CheckedContinuation<SMTPReply, any Error>?
        var ended: Ended?
    }

    private let state = Mutex(State())

    /// Why nothing more will come; nil while something may.
    var ended: Ended? { state.withLock { $0.ended } }

    var isDrained: Bool { state.withLock { $0.reader.isEmpty && $0.replies.isEmpty } }

    func receive(_ bytes: some Sequence<UInt8>) {
        do {
            for byte in bytes {
                guard let reply = try state.withLock({ try $0.reader.take(byte) }) else { continue }
                hand(reply)
            }
        } catch {
            end((error as? SMTPReplyReader.Malformed)?.message ?? "\(error)")
        }
    }

    private func hand(_ reply: SMTPReply) {
        let waiting = state.withLock { state in
            let waiting = state.waiting
            state.waiting = nil
            // Nobody sends so many without being asked.
            if waiting == nil, state.replies.count < 16 { state.replies.append(reply) }
            return waiting
        }
        waiting?.resume(returning: reply)
    }

    func end(_ message: String) {
        let waiting = state.withLock { state in
            let waiting = state.waiting
            state.waiting = nil
            if state.ended == nil { state.ended = Ended(message: message) }
            return waiting
        }
        waiting?.resume(throwing: Ended(message: message))
    }

    func next() async throws -> SMTPReply {
        try await withCheckedThrowingContinuation { continuation in
            let result: Result<SMTPReply, any Error>? = state.withLock { state in
                if !state.replies.isEmpty { return .success(state.replies.removeFirst()) }
                if let ended = state.ended { return .failure(ended) }
                state.waiting = continuation
                return nil
            }
            if let result { continuation.resume(with: result) }
        }
    }
}

/// Puts what comes in into the inbox.
private final class SMTPInboundHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let inbox: SMTPInbox

    init(inbox: SMTPInbox) { self.inbox = inbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        inbox.receive(unwrapInboundIn(data).readableBytesView)
    }

    func channelInactive(context: ChannelHandlerContext) { inbox.end("the server hung up") }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        inbox.end("\(error)")
        context.close(promise: nil)
    }
}

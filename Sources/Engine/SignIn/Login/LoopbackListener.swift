import AccessModel
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A port of the loopback on which a browser brings one answer.
final class LoopbackListener: Sendable {
    static let path = "/callback"

    let port: Int
    private let channel: any Channel
    private let inbox: AnswerInbox

    private init(_ channel: any Channel, _ port: Int, _ inbox: AnswerInbox) {
        self.channel = channel
        self.port = port
        self.inbox = inbox
    }

    static func open() async throws -> LoopbackListener {
        let inbox = AnswerInbox()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(AnswerHandler(inbox))
                }
            }
        let channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        guard let port = channel.localAddress?.port else {
            throw SignInError(code: .unreachable, operation: "listen on the loopback", message: "there is no free port")
        }
        return LoopbackListener(channel, port, inbox)
    }

    /// The query of the first request that `suits`; the others are told that they are not expected.
    func answer(within patience: Span, suits: @escaping @Sendable (FormBody) -> Bool) async throws -> FormBody {
        let timer = Task { [inbox] in
            try await Task.sleep(for: .milliseconds(patience.milliseconds))
            inbox.end("nobody signed in within \(patience)")
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await inbox.wait(suits)
        } onCancel: {
            inbox.end("cancelled")
        }
    }

    func close() async {
        inbox.end("closed")
        await withCheckedContinuation { continuation in
            channel.close(mode: .all).whenComplete { _ in continuation.resume() }
        }
    }
}

/// Between the event loop, which brings requests, and the task that waits for one.
private final class AnswerInbox: Sendable {
    private struct Waiter {
        let suits: @Sendable (FormBody) -> Bool
        let continuation: CheckedContinuation<FormBody, any Error>
    }

    private struct State {
        var waiter: Waiter?
        var ended: SignInError?
    }

    private let state = Mutex(State())

    func wait(_ suits: @escaping @Sendable (FormBody) -> Bool) async throws -> FormBody {
        try await withCheckedThrowingContinuation { continuation in
            let ended = state.withLock { state in
                if state.ended == nil { state.waiter = Waiter(suits: suits, continuation: continuation) }
                return state.ended
            }
            if let ended { continuation.resume(throwing: ended) }
        }
    }

    /// Whether it was the one that is waited for.
    func receive(_ query: FormBody) -> Bool {
        let waiter = state.withLock { state -> Waiter? in
            guard let waiter = state.waiter, waiter.suits(query) else { return nil }
            state.waiter = nil
            return waiter
        }
        waiter?.continuation.resume(returning: query)
        return waiter != nil
    }

    func end(_ message: String) {
        let error = SignInError(code: .refused, operation: "wait for the browser", message: message)
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.ended == nil { state.ended = error }
            return state.waiter
        }
        waiter?.continuation.resume(throwing: error)
    }
}

private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let inbox: AnswerInbox

    init(_ inbox: AnswerInbox) { self.inbox = inbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count == 2 ? FormBody(Array(parts[1].utf8)) : nil
        let isExpected =
            head.method == .GET && parts[0] == LoopbackListener.path && query.map { inbox.receive($0) } ?? false
        answer(context, isExpected)
    }

    /// A page that says nothing of what was in the address.
    private func answer(_ context: ChannelHandlerContext, _ isExpected: Bool) {
        let text =
            isExpected ? "You may close this window and go back to the terminal.\n" : "This is not expected here.\n"
        var headers = HTTPHeaders()
        headers.add(name: "Content-Type", value: "text/plain; charset=utf-8")
        headers.add(name: "Content-Length", value: String(text.utf8.count))
        headers.add(name: "Cache-Control", value: "no-store")
        headers.add(name: "Referrer-Policy", value: "no-referrer")
        headers.add(name: "Connection", value: "close")
        let head = HTTPResponseHead(version: .http1_1, status: isExpected ? .ok : .badRequest, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

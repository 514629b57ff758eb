import NIOCore

/// Sees to it that a connection ends: where the other side does not read what it is answered, and, once an answer says
/// that it is the last, without the answer being lost.
///
/// A socket that is closed while something unread lies in it makes the other side forget what it was just sent. So the
/// last answer closes this side alone; what still comes is thrown away, and is never a request.
final class AnswerGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny

    /// Sent through the pipeline behind the last answer.
    struct LastAnswer: Sendable {}

    /// How long the other side may take to notice that there is no more.
    static let linger = TimeAmount.seconds(2)

    private let patience: TimeAmount
    private var waiting = 0
    private var deadline: Scheduled<Void>?
    private var isEnding = false

    /// - Parameter patience: How long a part of an answer may wait to be taken.
    init(patience: TimeAmount) { self.patience = patience }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    // MARK: An answer that nobody takes

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let taken = promise ?? context.eventLoop.makePromise(of: Void.self)
        waiting += 1
        if deadline == nil { close(context, after: patience) }
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        let there = NIOLoopBound(context, eventLoop: context.eventLoop)
        taken.futureResult.whenComplete { _ in here.value.moved(there.value) }
        context.write(data, promise: taken)
    }

    /// Part of an answer was taken, or will never be.
    private func moved(_ context: ChannelHandlerContext) {
        waiting -= 1
        guard !isEnding else { return }
        deadline?.cancel()
        deadline = nil
        if waiting > 0, context.channel.isActive { close(context, after: patience) }
    }

    private func close(_ context: ChannelHandlerContext, after delay: TimeAmount) {
        deadline?.cancel()
        let there = NIOLoopBound(context, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: delay) { there.value.close(promise: nil) }
    }

    // MARK: The last answer

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is LastAnswer else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        promise?.succeed(())
        guard !isEnding else { return }
        isEnding = true
        close(context, after: Self.linger)
        context.close(mode: .output, promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isEnding { context.fireChannelRead(data) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isEnding, event as? ChannelEvent == .inputClosed { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}

import Synchronization
import Tracing

/// A span of a ``LineTracer``. It is written down once, when it ends.
public final class LineSpan: Span {
    private struct State: Sendable {
        var name: String
        var attributes: SpanAttributes = [:]
        var links: [String] = []
        var failure: String?
        var isOver = false
    }

    public let context: InstrumentationContext
    private let parent: String?
    private let kind: SpanKind
    private let begun: UInt64
    private let write: @Sendable (FinishedSpan) -> Void
    private let state: Mutex<State>

    init(
        _ name: String, context: InstrumentationContext, parent: String?, kind: SpanKind, begun: UInt64,
        write: @escaping @Sendable (FinishedSpan) -> Void
    ) {
        self.context = context
        self.parent = parent
        self.kind = kind
        self.begun = begun
        self.write = write
        state = Mutex(State(name: name))
    }

    public var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }

    public var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { state.withLock { $0.attributes = newValue } }
    }

    public var isRecording: Bool { context.place?.isSampled == true && state.withLock { !$0.isOver } }

    public func setStatus(_ status: SpanStatus) {
        guard status.code == .error else { return }
        state.withLock { $0.failure = $0.failure ?? "error" }
    }

    /// Moments within a span are lines of the log of their own.
    public func addEvent(_ event: SpanEvent) {}

    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        state.withLock { $0.failure = "\(type(of: error))" }
    }

    public func addLink(_ link: SpanLink) {
        guard let place = link.context.place else { return }
        state.withLock { $0.links.append(place.trace) }
    }

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let ended = instant().nanosecondsSinceEpoch
        let last: State? = state.withLock { state in
            defer { state.isOver = true }
            return state.isOver ? nil : state
        }
        guard let last, let place = context.place, place.isSampled else { return }
        var attributes: [String: String] = [:]
        // swift-format-ignore: ReplaceForEachWithForLoop
        last.attributes.forEach { name, value in attributes[name] = Self.text(value) }
        write(
            FinishedSpan(
                name: last.name, place: place, parent: parent, kind: kind,
                milliseconds: Double(ended >= begun ? ended - begun : 0) / 1_000_000, attributes: attributes,
                links: last.links, failure: last.failure))
    }

    private static func text(_ value: SpanAttribute) -> String {
        switch value {
        case .int32(let number): "\(number)"
        case .int64(let number): "\(number)"
        case .double(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .string(let text): text
        case .stringConvertible(let value): "\(value)"
        case .stringArray(let texts): texts.joined(separator: " ")
        default: "\(value)"
        }
    }
}

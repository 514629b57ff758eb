import Instrumentation
import Tracing

/// Hands each span that is over to whoever writes it down, and takes traces up and hands them on by `traceparent`.
///
/// A trace whose caller says that it is not written down is handed on and not written down. `tracestate` is not handed on.
public struct LineTracer: Tracer {
    let newBytes: @Sendable (Int) -> [UInt8]
    let write: @Sendable (FinishedSpan) -> Void

    /// - Parameters:
    ///   - newBytes: As many random bytes as asked for: ids are made of them.
    ///   - write: Told of each span once. It may not wait.
    public init(
        newBytes: @escaping @Sendable (Int) -> [UInt8], write: @escaping @Sendable (FinishedSpan) -> Void
    ) {
        self.newBytes = newBytes
        self.write = write
    }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> LineSpan {
        var context = context()
        let parent = context.place
        context.place = TraceContext(
            trace: parent?.trace ?? TraceContext.digits(newBytes(16)), span: TraceContext.digits(newBytes(8)),
            isSampled: parent?.isSampled ?? true)
        return LineSpan(
            operationName, context: context, parent: parent?.span, kind: kind, begun: instant().nanosecondsSinceEpoch,
            write: write)
    }

    public func forceFlush() {}

    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        context.place = extractor.extract(key: TraceContext.header, from: carrier).flatMap { TraceContext(header: $0) }
    }

    public func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let place = context.place else { return }
        injector.inject(place.header, forKey: TraceContext.header, into: &carrier)
    }
}

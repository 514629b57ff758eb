import Tracing

/// A part of a trace that is over.
public struct FinishedSpan: Sendable {
    public let name: String
    public let place: TraceContext
    /// The span that it is a part of; nil where the trace begins with it.
    public let parent: String?
    public let kind: SpanKind
    public let milliseconds: Double
    /// As text. Ids, names of operations and of targets: nothing secret, nobody's name.
    public let attributes: [String: String]
    /// Traces of what else it is the work of.
    public let links: [String]
    /// The type of the error that ended it; what an error says is for the log's own lines.
    public let failure: String?
}

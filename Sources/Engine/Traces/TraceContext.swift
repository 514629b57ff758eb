import Instrumentation

/// Where something stands in a trace: what the header `traceparent` says (W3C Trace Context, version 00).
public struct TraceContext: Hashable, Sendable {
    /// 32 lower-case hexadecimal digits, not all of them zero.
    public let trace: String
    /// 16 of them: the span that what follows is a part of.
    public let span: String
    /// Whether spans of the trace are written down.
    public let isSampled: Bool

    init(trace: String, span: String, isSampled: Bool) {
        self.trace = trace
        self.span = span
        self.isSampled = isSampled
    }

    /// The task's; nil where nothing is traced.
    public static var current: TraceContext? { InstrumentationContext.current?.place }

    static let header = "traceparent"

    /// Nil for what is no `traceparent`: then a trace begins anew. Of later versions the part is read that is known.
    public init?(header: String) {
        let parts = header.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard header.utf8.count <= 512, parts.count >= 4, let version = Self.digits(parts[0], 2), version != "ff",
            parts.count == 4 || version != "00", let trace = Self.digits(parts[1], 32),
            let span = Self.digits(parts[2], 16), let flags = Self.digits(parts[3], 2),
            trace.contains(where: { $0 != "0" }), span.contains(where: { $0 != "0" }),
            let bits = UInt8(flags, radix: 16)
        else { return nil }
        self.init(trace: trace, span: span, isSampled: bits & 1 == 1)
    }

    var header: String { "00-\(trace)-\(span)-\(isSampled ? "01" : "00")" }

    private static func digits(_ text: Substring.UTF8View, _ count: Int) -> String? {
        let isHex = text.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
        return text.count == count && isHex ? String(text) : nil
    }

    static func digits(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

extension InstrumentationContext {
    private enum Key: InstrumentationContextKey {
        typealias Value = TraceContext
        static let nameOverride: String? = "trace"
    }

    /// Where in a trace it is.
    public internal(set) var place: TraceContext? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}

import AccessModel

/// A moment by a machine's steady clock, which no one sets: how long it has been up, asleep or not, and since which
/// start. Two of one start tell how much time has truly passed, whatever became of the wall clock between them.
public struct SteadyMoment: Hashable, Sendable {
    /// What the machine calls its last start.
    public let start: String
    public let uptime: Span

    /// - Parameter start: Without spaces.
    public init(start: String, uptime: Span) {
        self.start = start
        self.uptime = uptime
    }

    /// Reads ``text``; nil for anything else.
    init?(text: some StringProtocol) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let milliseconds = Int64(parts[1]) else { return nil }
        self.init(start: String(parts[0]), uptime: Span(milliseconds: milliseconds))
    }

    var text: String { "\(start) \(uptime.milliseconds)" }

    /// How much time has passed since an earlier one; nil where the machine was started anew, or is another.
    public func passed(since earlier: SteadyMoment) -> Span? {
        guard start == earlier.start, uptime >= earlier.uptime else { return nil }
        return Span(milliseconds: uptime.milliseconds - earlier.uptime.milliseconds)
    }
}

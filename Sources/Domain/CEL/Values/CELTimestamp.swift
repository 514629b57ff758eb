/// A point in time with nanoseconds, from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z.
public struct CELTimestamp: Sendable, Hashable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64
    /// 0 to 999,999,999, counted forward from `seconds`.
    public let nanos: Int32

    public static let secondsRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// Nil when it is out of range.
    public init?(seconds: Int64, nanos: Int32) {
        guard Self.secondsRange.contains(seconds), 0..<1_000_000_000 ~= nanos else { return nil }
        self.seconds = seconds
        self.nanos = nanos
    }
}

extension CELTimestamp: Comparable {
    public static func < (left: CELTimestamp, right: CELTimestamp) -> Bool {
        left.seconds != right.seconds ? left.seconds < right.seconds : left.nanos < right.nanos
    }
}

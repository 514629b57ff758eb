/// A span of time in whole nanoseconds, of either sign, within the range of 64 bits: about 292 years.
public struct CELDuration: Sendable, Hashable {
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Nil when it is out of range.
    public init?(seconds: Int64, nanos: Int64 = 0) {
        let (scaled, overflowScaled) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowSum) = scaled.addingReportingOverflow(nanos)
        guard !overflowScaled, !overflowSum else { return nil }
        nanoseconds = sum
    }

    /// Whole seconds, towards zero.
    public var seconds: Int64 { nanoseconds / 1_000_000_000 }
    /// What is left of a second, with the sign of the whole.
    public var nanos: Int32 { Int32(nanoseconds % 1_000_000_000) }
}

extension CELDuration: Comparable {
    public static func < (left: CELDuration, right: CELDuration) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension CELTimestamp {
    /// Fails with `overflow` when the sum is out of range.
    public func adding(_ duration: CELDuration) throws(CELError) -> CELTimestamp {
        try moved(seconds: duration.seconds, nanos: Int64(duration.nanos))
    }

    /// Fails with `overflow` when the difference is out of range.
    public func subtracting(_ duration: CELDuration) throws(CELError) -> CELTimestamp {
        try moved(seconds: -duration.seconds, nanos: -Int64(duration.nanos))
    }

    private func moved(seconds moved: Int64, nanos movedNanos: Int64) throws(CELError) -> CELTimestamp {
        var nanos = Int64(nanos) + movedNanos
        var seconds = seconds + moved
        if nanos < 0 {
            nanos += 1_000_000_000
            seconds -= 1
        } else if nanos >= 1_000_000_000 {
            nanos -= 1_000_000_000
            seconds += 1
        }
        guard let result = CELTimestamp(seconds: seconds, nanos: Int32(nanos)) else { throw Self.outOfRange }
        return result
    }

    /// The time from `earlier` to this. Fails with `overflow` when it is longer than a duration can be.
    public func duration(since earlier: CELTimestamp) throws(CELError) -> CELDuration {
        var seconds = seconds - earlier.seconds
        var nanos = Int64(nanos) - Int64(earlier.nanos)
        // Of one sign, so that the seconds alone are never further from zero than the whole.
        if seconds < 0, nanos > 0 {
            seconds += 1
            nanos -= 1_000_000_000
        }
        guard let duration = CELDuration(seconds: seconds, nanos: nanos) else {
            throw CELDuration.outOfRange
        }
        return duration
    }
}

extension CELDuration {
    /// Fails with `overflow` when the sum is out of range.
    public func adding(_ other: CELDuration) throws(CELError) -> CELDuration {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(other.nanoseconds)
        if overflow { throw Self.outOfRange }
        return CELDuration(nanoseconds: sum)
    }

    /// Fails with `overflow` when the difference is out of range.
    public func subtracting(_ other: CELDuration) throws(CELError) -> CELDuration {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        if overflow { throw Self.outOfRange }
        return CELDuration(nanoseconds: difference)
    }
}

/// A set of code points as ascending ranges that neither overlap nor touch.
struct CharacterRanges: Hashable, Sendable {
    /// The code points from `low` to `high`, both included.
    struct Range: Hashable, Sendable {
        var low: UInt32
        var high: UInt32

        init(_ low: UInt32, _ high: UInt32) {
            self.low = low
            self.high = high
        }

        init(_ point: UInt32) { self.init(point, point) }
    }

    static let last: UInt32 = 0x10FFFF
    static let all = CharacterRanges([Range(0, last)])

    private(set) var ranges: [Range]

    /// Ranges in any order, which may overlap.
    init(_ unordered: [Range] = []) {
        ranges = []
        for range in unordered.sorted(by: { $0.low < $1.low }) {
            if let end = ranges.last?.high, range.low <= end || range.low == end + 1 {
                ranges[ranges.count - 1].high = max(end, range.high)
            } else {
                ranges.append(range)
            }
        }
    }

    init(_ point: UInt32) { ranges = [Range(point)] }

    /// The one code point that it holds, if it holds exactly one.
    var single: UInt32? {
        guard ranges.count == 1, ranges[0].low == ranges[0].high else { return nil }
        return ranges[0].low
    }

    var complement: CharacterRanges {
        var gaps: [Range] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.low > next { gaps.append(Range(next, range.low - 1)) }
            next = range.high + 1
        }
        if next <= Self.last { gaps.append(Range(next, Self.last)) }
        var result = CharacterRanges()
        result.ranges = gaps
        return result
    }

    func union(_ other: CharacterRanges) -> CharacterRanges { CharacterRanges(ranges + other.ranges) }

    func contains(_ point: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].high < point { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].low <= point
    }
}

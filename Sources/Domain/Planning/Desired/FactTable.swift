/// Facts of one kind in one target: sorted keys without repeats, and beside each its causes.
struct FactTable: Sendable {
    /// One fact for one cause.
    struct Row {
        let key: UInt64
        let cause: CauseID
    }

    let keys: [UInt64]
    /// Where the causes of each key begin; one more than there are keys.
    private let starts: [UInt32]
    private let causes: [CauseID]

    init(_ rows: consuming [Row]) {
        Self.sort(&rows)
        var keys: [UInt64] = []
        var starts: [UInt32] = []
        var causes: [CauseID] = []
        causes.reserveCapacity(rows.count)
        for row in rows {
            if keys.last != row.key {
                keys.append(row.key)
                starts.append(UInt32(causes.count))
            } else if causes.last == row.cause {
                continue
            }
            causes.append(row.cause)
        }
        starts.append(UInt32(causes.count))
        self.keys = keys
        self.starts = starts
        self.causes = causes
    }

    /// Rows come in runs of one kind, each by identity: dealt out by group they are in order but for a few.
    private static func sort(_ rows: inout [Row]) {
        let highest = rows.reduce(0) { max($0, Int($1.key.high)) }
        // Few rows of many groups, as of one person: not worth a count for each group.
        guard highest < rows.count else {
            rows.sort(by: precedes)
            return
        }
        var counts = Array(repeating: 0, count: highest + 1)
        for row in rows { counts[Int(row.key.high)] += 1 }
        if counts.count > 1 { rows = dealt(rows, counts) }
        var start = 0
        for count in counts where count > 0 {
            if !isSorted(rows[start..<start + count]) { rows[start..<start + count].sort(by: precedes) }
            start += count
        }
    }

    private static func dealt(_ rows: [Row], _ counts: [Int]) -> [Row] {
        var places: [Int] = []
        places.reserveCapacity(counts.count)
        var next = 0
        for count in counts {
            places.append(next)
            next += count
        }
        var dealt = rows
        for row in rows {
            let high = Int(row.key.high)
            dealt[places[high]] = row
            places[high] += 1
        }
        return dealt
    }

    private static func isSorted(_ rows: ArraySlice<Row>) -> Bool {
        guard rows.count > 1 else { return true }
        for place in rows.indices.dropFirst() where precedes(rows[place], rows[place - 1]) { return false }
        return true
    }

    private static func precedes(_ left: Row, _ right: Row) -> Bool {
        left.key == right.key ? left.cause < right.cause : left.key < right.key
    }

    var count: Int { keys.count }

    func causes(at index: Int) -> ArraySlice<CauseID> { causes[Int(starts[index])..<Int(starts[index + 1])] }

    func index(of key: UInt64) -> Int? {
        let index = keys.partitioningIndex { $0 >= key }
        return index < keys.count && keys[index] == key ? index : nil
    }

    /// Whether nothing but entries in error stands behind it.
    func isKeptOnly(at index: Int) -> Bool { causes(at: index).allSatisfy { $0.kind == .keptEntry } }
}

/// A membership's key: its group's slot above its identity's number.
func packed(_ high: UInt32, _ low: UInt32) -> UInt64 { UInt64(high) << 32 | UInt64(low) }

extension UInt64 {
    var high: UInt32 { UInt32(truncatingIfNeeded: self >> 32) }
    var low: UInt32 { UInt32(truncatingIfNeeded: self) }
}

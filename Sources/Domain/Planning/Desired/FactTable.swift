/// Facts of one kind in one target: sorted keys without repeats, and beside each its causes.
struct FactTable: Sendable {
    let keys: [UInt64]
    /// Where the causes of each key begin; one more than there are keys.
    private let starts: [UInt32]
    private let causes: [CauseID]

    /// A row for each cause of each fact, in any order.
    init(_ rows: consuming KeyedRows<CauseID>) {
        rows.sort()
        var keys: [UInt64] = []
        var starts: [UInt32] = []
        var causes: [CauseID] = []
        keys.reserveCapacity(rows.count)
        starts.reserveCapacity(rows.count + 1)
        causes.reserveCapacity(rows.count)
        var last: UInt64?
        for row in rows.elements {
            if last != row.key {
                last = row.key
                keys.append(row.key)
                starts.append(UInt32(causes.count))
            } else if causes.last == row.value {
                continue
            }
            causes.append(row.value)
        }
        starts.append(UInt32(causes.count))
        self.keys = keys
        self.starts = starts
        self.causes = causes
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

/// Rows of a key, ``packed(_:_:)``, and something small that belongs to it.
///
/// They come group by group and mostly in order. So they are not sorted as one: they are dealt out by group, and a
/// group that is out of order is sorted by itself.
struct KeyedRows<Value: Comparable & Sendable>: Sendable {
    struct Row: Sendable {
        let key: UInt64
        let value: Value
    }

    private(set) var elements: [Row] = []

    var count: Int { elements.count }

    mutating func append(_ key: UInt64, _ value: Value) { elements.append(Row(key: key, value: value)) }

    mutating func reserve(_ more: Int) { elements.reserveCapacity(elements.count + more) }

    /// By key, then by value.
    mutating func sort() { sort(by: <) }

    mutating func sort(by isBefore: (Value, Value) -> Bool) {
        guard firstOutOfOrder(from: 1, isBefore) != nil else { return }
        // Of keys without a group, every identity is a group of its own.
        let isGrouped = elements.contains { $0.key.high > 0 }
        func group(_ row: Row) -> Int { Int(isGrouped ? row.key.high : row.key.low) }
        let highest = elements.reduce(0) { max($0, group($1)) }
        // Few rows of many groups, as of one person: not worth a count for each group.
        guard highest < 2 * elements.count else {
            elements.sort { Self.precedes($0, $1, isBefore) }
            return
        }
        var ends = Array(repeating: 0, count: highest + 1)
        for row in elements { ends[group(row)] += 1 }
        for number in ends.indices.dropFirst() { ends[number] += ends[number - 1] }
        var places = [0] + ends.dropLast()
        var dealt = elements
        for row in elements {
            dealt[places[group(row)]] = row
            places[group(row)] += 1
        }
        elements = dealt
        var next = 1
        while let wrong = firstOutOfOrder(from: next, isBefore) {
            let number = group(elements[wrong])
            elements[(number == 0 ? 0 : ends[number - 1])..<ends[number]].sort { Self.precedes($0, $1, isBefore) }
            next = ends[number]
        }
    }

    private func firstOutOfOrder(from start: Int, _ isBefore: (Value, Value) -> Bool) -> Int? {
        var place = max(start, 1)
        while place < elements.count {
            if Self.precedes(elements[place], elements[place - 1], isBefore) { return place }
            place += 1
        }
        return nil
    }

    private static func precedes(_ left: Row, _ right: Row, _ isBefore: (Value, Value) -> Bool) -> Bool {
        left.key == right.key ? isBefore(left.value, right.value) : left.key < right.key
    }
}

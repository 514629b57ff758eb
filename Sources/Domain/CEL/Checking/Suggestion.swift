/// What a misspelt name may have meant.
enum Suggestion {
    /// `; did you mean `x`?` or nothing.
    static func phrase(for name: String, among candidates: some Sequence<String>) -> String {
        let allowed = max(1, min(3, name.utf8.count / 3))
        let best = candidates.filter { $0 != name }
            .map { (name: $0, distance: distance(Array(name.utf8.prefix(64)), Array($0.utf8.prefix(64)))) }
            .filter { $0.distance <= allowed }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        return best.map { "; did you mean `\($0.name)`?" } ?? ""
    }

    /// How many letters must be changed, put in, left out or swapped with their neighbour.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var earlier = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        for row in 0..<left.count {
            var next = [row + 1]
            for column in 0..<right.count {
                let same = left[row] | 0x20 == right[column] | 0x20
                var cost = min(previous[column] + (same ? 0 : 1), previous[column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, earlier[column - 1] + 1)
                }
                next.append(cost)
            }
            (earlier, previous) = (previous, next)
        }
        return previous[right.count]
    }
}

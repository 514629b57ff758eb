/// Finds what somebody probably meant to write.
enum Nearest {
    /// ``; did you mean `name`?``, or nothing.
    static func suggestion(for text: String, among names: some Sequence<String>) -> String {
        let wanted = Array(text.utf8.prefix(64))
        var best: (name: String, distance: Int)?
        for name in names where abs(name.utf8.count - wanted.count) <= 2 {
            let distance = distance(wanted, Array(name.utf8))
            if distance <= min(2, max(1, name.utf8.count / 2)), distance < best?.distance ?? .max {
                best = (name, distance)
            }
        }
        return best.map { "; did you mean `\($0.name)`?" } ?? ""
    }

    /// Insertions, deletions and substitutions.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var last = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let substitution = last[column] + (byte == other ? 0 : 1)
                current.append(min(substitution, last[column + 1] + 1, current[column] + 1))
            }
            last = current
        }
        return last[right.count]
    }
}

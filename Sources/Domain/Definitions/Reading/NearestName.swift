/// Finds what somebody probably meant to write.
package enum NearestName {
    /// The one of `names` that is at most two edits (and at most half its length) away; nil when none is.
    static func of(_ text: String, among names: some Sequence<String>) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        let wanted = Array(text.utf8)
        var best: (name: String, distance: Int)?
        for name in names where abs(name.utf8.count - wanted.count) <= 2 {
            let distance = distance(wanted, Array(name.utf8))
            let limit = min(2, max(1, name.utf8.count / 2))
            if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    /// ``; did you mean `name`?``, or else what `otherwise` says.
    package static func suggestion(
        for text: String, among names: some Sequence<String>, otherwise: String = ""
    ) -> String {
        of(text, among: names).map { "; did you mean `\($0)`?" } ?? otherwise
    }

    /// Insertions, deletions, substitutions, and swaps of neighbours.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1] + [Int](repeating: 0, count: right.count)
            for column in 0..<right.count {
                let substitution = last[column] + (left[row] == right[column] ? 0 : 1)
                current[column + 1] = min(substitution, last[column + 1] + 1, current[column] + 1)
                let isSwap =
                    row > 0 && column > 0 && left[row] == right[column - 1] && left[row - 1] == right[column]
                if isSwap { current[column + 1] = min(current[column + 1], beforeLast[column - 1] + 1) }
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}

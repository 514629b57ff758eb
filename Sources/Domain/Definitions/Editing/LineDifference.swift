/// What differs between two texts, line by line, with a few lines around it: as `diff -u` shows it.
public struct LineDifference: Sendable {
    /// Empty where nothing differs.
    public let lines: [String]

    public init(from old: String, to new: String, around context: Int = 2) {
        let (before, after) = (Self.split(old), Self.split(new))
        let difference = after.difference(from: before)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var rows: [(mark: String, text: String)] = []
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if removed.contains(left) {
                rows.append(("-", before[left]))
                left += 1
            } else if inserted.contains(right) {
                rows.append(("+", after[right]))
                right += 1
            } else {
                rows.append((" ", before[left]))
                left += 1
                right += 1
            }
        }
        let changed = rows.indices.filter { rows[$0].mark != " " }
        let shown = Set(changed.flatMap { max(0, $0 - context)...min(rows.count - 1, $0 + context) }).sorted()
        var lines: [String] = []
        for (position, index) in shown.enumerated() {
            if position > 0, shown[position - 1] != index - 1 { lines.append("...") }
            lines.append(rows[index].mark + " " + rows[index].text)
        }
        self.lines = lines
    }

    private static func split(_ text: String) -> [String] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        if lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines
    }
}

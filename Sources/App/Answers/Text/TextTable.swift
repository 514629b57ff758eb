/// Rows under headings, in columns that line up.
public struct TextTable {
    let headings: [String]
    private(set) var rows: [[String]] = []

    public init(_ headings: String...) { self.headings = headings }

    public mutating func add(_ cells: String...) { rows.append(cells) }

    /// Two spaces between columns, none at the ends of lines. Control characters in cells are made visible, so that
    /// no name from a target or a feed can move the cursor.
    public func text(_ ink: Ink) -> String {
        let all = ([headings] + rows).map { $0.map(Self.visible) }
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let lines = all.enumerated().map { index, cells in
            var line = ""
            for (column, cell) in cells.enumerated() {
                let padding = column == cells.count - 1 ? 0 : widths[column] - cell.count + 2
                line += cell + String(repeating: " ", count: padding)
            }
            return index == 0 ? ink.styled(line, .bold) : line
        }
        return lines.joined(separator: "\n")
    }

    public static func visible(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                        ? "\u{FFFD}" : scalar
                }))
    }
}

extension SQLSession {
    /// Few sizes, so that few texts are prepared and kept, whatever the number of rows.
    private static var batchSizes: [Int] { [256, 16, 1] }

    /// Inserts many rows with few statements. `table` names the columns: `people_rows (person, body)`; `conflict` is what
    /// follows the values: `ON CONFLICT (person) DO NOTHING`. Returns how many rows were inserted or changed.
    @discardableResult
    public func insert(into table: String, _ rows: [[SQLValue]], onConflict conflict: String = "") throws -> Int {
        guard let width = rows.first?.count, width > 0 else { return 0 }
        var changed = 0
        var rest = rows[...]
        for size in Self.batchSizes {
            guard rest.count >= size else { continue }
            let places = (0..<size).map { row in
                "(" + (0..<width).map { "$\(row * width + $0 + 1)" }.joined(separator: ", ") + ")"
            }
            let sql = "INSERT INTO \(table) VALUES \(places.joined(separator: ", ")) \(conflict)"
            let whole = rest.prefix(rest.count / size * size)
            let batch = stride(from: whole.startIndex, to: whole.endIndex, by: size).map { start in
                whole[start..<start + size].flatMap { $0 }
            }
            changed += try execute(sql, batch: batch).reduce(0, +)
            rest = rest.dropFirst(whole.count)
        }
        return changed
    }

    /// Runs `body` for the values in portions, each with the text of a list that matches them: `($3, $4, $5)`.
    /// The list begins after `offset` parameters of the caller's own; a portion repeats its last value up to its size.
    func inPortions(
        _ values: [SQLValue], after offset: Int = 0, _ body: (_ list: String, _ portion: [SQLValue]) throws -> Void
    ) throws {
        var rest = values[...]
        while let last = rest.prefix(256).last {
            let size = Self.batchSizes.last { $0 >= min(rest.count, 256) } ?? 256
            var portion = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            portion += Array(repeating: last, count: size - portion.count)
            try body("(" + (0..<size).map { "$\(offset + $0 + 1)" }.joined(separator: ", ") + ")", portion)
        }
    }
}

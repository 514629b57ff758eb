import Synchronization

extension SQLSession {
    /// Few sizes, so that few texts are prepared and kept, whatever the number of rows.
    private static var batchSizes: [Int] { [256, 16, 1] }
    /// What a portion is filled up to.
    private static var portionSizes: [Int] { [256, 64, 16, 4, 1] }

    /// Inserts many rows with few statements. `table` names the columns: `people_rows (person, body)`; `conflict` is what
    /// follows the values: `ON CONFLICT (person) DO NOTHING`. Returns how many rows were inserted or changed.
    @discardableResult
    public func insert(into table: String, _ rows: [[SQLValue]], onConflict conflict: String = "") throws -> Int {
        guard let width = rows.first?.count, width > 0 else { return 0 }
        var changed = 0
        var rest = rows[...]
        for size in Self.batchSizes where size <= rowsAtOnce {
            guard rest.count >= size else { continue }
            let sql = "INSERT INTO \(table) VALUES \(SQLPlaces(rows: size, columns: width).text) \(conflict)"
            let whole = rest.prefix(rest.count / size * size)
            let batch = stride(from: whole.startIndex, to: whole.endIndex, by: size).map { start in
                whole[start..<start + size].flatMap { $0 }
            }
            changed += try execute(sql, batch: batch).reduce(0, +)
            rest = rest.dropFirst(whole.count)
        }
        return changed
    }

    /// Runs `body` for the values in portions, each with the text of a list that matches them, for what stands after
    /// `IN`: `($3, $4, $5)`. The list begins after `offset` parameters of the caller's own; a portion repeats its last
    /// value up to its size.
    ///
    /// - Parameter isTable: As a table to join with, `(VALUES (CAST($3 AS TEXT)), ($4))`, of values of one type.
    ///   PostgreSQL compares each row that another index has found with each place of a plain list; a plain list is for
    ///   a column whose own index finds the rows.
    public func inPortions(
        _ values: [SQLValue], after offset: Int = 0, asTable isTable: Bool = false,
        _ body: (_ list: String, _ portion: [SQLValue]) throws -> Void
    ) throws {
        for portion in Self.portions(of: values) {
            guard isTable else {
                try body(SQLPlaces(rows: 1, columns: portion.count, offset: offset).text, portion)
                continue
            }
            let places = SQLPlaces(rows: portion.count, columns: 1, offset: offset, types: Self.types(of: portion))
            try body("(VALUES \(places.text))", portion)
        }
    }

    /// The same for rows, as those of a `VALUES`: `(CAST($1 AS TEXT), CAST($2 AS BIGINT)), ($3, $4)`. Its columns are called
    /// `column1`, `column2`, ...; `types` says what each is, because PostgreSQL takes a parameter of unknown type for
    /// text.
    public func inPortions(
        rows: [[SQLValue]], as types: [SQLType],
        _ body: (_ values: String, _ portion: [SQLValue]) throws -> Void
    ) throws {
        for portion in Self.portions(of: rows, upTo: rowsAtOnce) {
            let places = SQLPlaces(rows: portion.count, columns: types.count, types: types)
            try body(places.text, portion.flatMap { $0 })
        }
    }

    private static func types(of values: [SQLValue]) -> [SQLType] {
        if case .integer? = values.first { [.integer] } else { [.text] }
    }

    /// Of few sizes; one that is not full repeats its last element.
    private static func portions<Element>(of elements: [Element], upTo limit: Int = 256) -> [[Element]] {
        let largest = portionSizes.first { $0 <= limit } ?? 1
        return stride(from: 0, to: elements.count, by: largest).map { start in
            let portion = Array(elements[start..<min(start + largest, elements.count)])
            let size = portionSizes.last { $0 >= portion.count } ?? largest
            return portion + portion.suffix(1).flatMap { Array(repeating: $0, count: size - portion.count) }
        }
    }
}

/// How both dialects spell the type of a parameter.
public enum SQLType: String, Sendable {
    case integer = "BIGINT"
    case text = "TEXT"
}

/// The places of a statement's rows: `(CAST($1 AS TEXT), $2), ($3, $4)`.
private struct SQLPlaces: Hashable {
    let rows: Int
    let columns: Int
    var offset = 0
    /// Of the columns; empty where the statement says by itself what they are.
    var types: [SQLType] = []

    /// There are few, and a long one takes longer to write than its statement to run.
    private static let texts = Mutex<[SQLPlaces: String]>([:])

    var text: String {
        Self.texts.withLock { texts in
            if let text = texts[self] { return text }
            let written = (0..<rows).map(row).joined(separator: ", ")
            texts[self] = written
            return written
        }
    }

    private func row(_ row: Int) -> String {
        let places = (0..<columns).map { column in
            let place = "$\(offset + row * columns + column + 1)"
            return row == 0 && !types.isEmpty ? "CAST(\(place) AS \(types[column].rawValue))" : place
        }
        return "(\(places.joined(separator: ", ")))"
    }
}

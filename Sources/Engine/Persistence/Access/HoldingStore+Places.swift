import AccessModel

extension HoldingStore {
    /// Which of these are known to hold now, and as what.
    public func held(_ places: [AccessWindow.Place]) throws -> [AccessWindow.Place: Fact] {
        var held: [AccessWindow.Place: Fact] = [:]
        let rows = places.map { [SQLValue.slug($0.target), .text($0.key)] }
        try session.inPortions(rows: rows, as: [.text, .text]) { values, portion in
            try session.forEachRow(
                """
                SELECT h.target, h.fact_key, h.fact FROM (VALUES \(values)) AS v CROSS JOIN holdings h
                WHERE h.target = v.column1 AND h.fact_key = v.column2 AND h.until_at IS NULL
                """, portion
            ) { row in
                held[AccessWindow.Place(target: try row.slug(0), key: try row.text(1))] = try row.fact(2)
            }
        }
        return held
    }
}

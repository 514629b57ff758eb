/// A `WHERE` that grows with what is asked for. Values are parameters, never text.
struct SQLCondition {
    private var terms: [String] = []
    private(set) var parameters: [SQLValue] = []

    /// The clause, or nothing.
    var sql: String { terms.isEmpty ? "" : "WHERE " + terms.joined(separator: " AND ") }

    /// `comparison` ends where the value follows: `seq >= `.
    mutating func add(_ comparison: String, _ value: SQLValue, closing: String = "") {
        parameters.append(value)
        terms.append("\(comparison)$\(parameters.count)\(closing)")
    }

    mutating func add(_ term: String) { terms.append(term) }

    /// `comparison` ends where a list follows: `type IN `.
    mutating func add(_ comparison: String, _ values: [SQLValue]) {
        let places = values.map { value in
            parameters.append(value)
            return "$\(parameters.count)"
        }
        terms.append("\(comparison)(\(places.joined(separator: ", ")))")
    }
}

import AccessModel

/// What a list is ordered by: an attribute, and then the order in which the resources were made.
struct SortKey: Sendable {
    /// A text or a number of the row `r`, null where there is none; nil for the order in which they were made alone.
    let column: String?
    /// Whether the column holds numbers.
    let isNumber: Bool
    let isDescending: Bool

    /// - Throws: Where the attribute is unknown to all of `kinds`, or has no order.
    init(_ request: ListRequest, _ columns: [FilterColumns], _ text: inout SQLText) throws(SCIMError) {
        isDescending = request.isDescending
        guard let name = request.sortBy else {
            (column, isNumber) = (nil, false)
            return
        }
        var parts: [(kind: ResourceKind, column: String)] = []
        var isNumber = false
        for column in columns {
            guard let path = AttributePath(name, in: column.kind) else { continue }
            guard let found = Self.column(path, column, &text) else {
                throw .invalid("a list cannot be sorted by \(TextRule.quoted(name))")
            }
            parts.append((column.kind, found.text))
            isNumber = found.isNumber
        }
        guard let first = parts.first else {
            throw .path("`sortBy`: \(TextRule.quoted(name)) is no attribute of what is listed")
        }
        self.isNumber = isNumber
        let cases = parts.map { "WHEN r.kind = '\($0.kind.rawValue)' THEN \($0.column)" }.joined(separator: " ")
        column = columns.count == 1 ? first.column : "(CASE \(cases) END)"
    }

    private struct Column {
        let text: String
        var isNumber = false
    }

    private static func column(
        _ path: AttributePath, _ columns: FilterColumns, _ text: inout SQLText
    ) -> Column? {
        var path = path
        // A complex attribute is ordered by its value, one with several by its primary or first.
        if path.sub == nil, let attribute = path.attribute, attribute.kind == .complex {
            guard let value = attribute.subAttribute("value") else { return nil }
            path = AttributePath(path.ofExtension, attribute, value)
        }
        switch columns.column(path, &text) {
        case .text(let column)?: return Column(text: column)
        case .flag(let column)?, .time(let column)?: return Column(text: column, isNumber: true)
        case .rows?:
            guard let attribute = path.attribute, let sub = path.sub, !["groups", "members"].contains(attribute.name)
            else { return nil }
            let prefix = path.ofExtension.map { [$0.searchName] } ?? []
            return Column(text: columns.syntax.first(prefix + [attribute.searchName], sub.searchName))
        default: return nil
        }
    }

    /// What follows `ORDER BY`. Rows without a value come last, and first where the order is descending.
    func order(reversed: Bool) -> String {
        let seq = reversed ? "r.seq DESC" : "r.seq"
        guard let column else { return isDescending != reversed ? "r.seq DESC" : "r.seq" }
        return isDescending != reversed
            ? "(\(column) IS NULL) DESC, \(column) DESC, \(seq)" : "(\(column) IS NULL), \(column), \(seq)"
    }

    /// The rows behind a cursor's, in its direction.
    func condition(_ cursor: PageCursor, _ text: inout SQLText) throws(SCIMError) -> String {
        let reversed = cursor.direction == .backward
        let place = text.bind(.integer(cursor.seq))
        guard let column else {
            return isDescending != reversed ? "r.seq < \(place)" : "r.seq > \(place)"
        }
        let behind = reversed ? "r.seq < \(place)" : "r.seq > \(place)"
        guard let key = cursor.key else {
            return isDescending != reversed
                ? "(\(column) IS NOT NULL OR \(behind))" : "(\(column) IS NULL AND \(behind))"
        }
        let value = try bind(key, &text)
        return isDescending != reversed
            ? "(\(column) < \(value) OR (\(column) = \(value) AND \(behind)))"
            : "(\(column) > \(value) OR \(column) IS NULL OR (\(column) = \(value) AND \(behind)))"
    }

    private func bind(_ key: String, _ text: inout SQLText) throws(SCIMError) -> String {
        guard isNumber else { return text.bind(text: key) }
        guard let number = Int64(key) else {
            throw SCIMError(.badRequest, .invalidCursor, "the cursor is none that was given out for this list")
        }
        return text.bind(.integer(number))
    }
}

import AccessModel

/// Which requests, or which broken glass, are asked for, the newest first. What is open is found without a look at what
/// is over, however much of that there is.
public struct AccessListing: Hashable, Sendable {
    /// Where one stands in the list, also once it is gone.
    public struct Place: Hashable, Sendable {
        /// When it was asked for, or the glass was broken.
        public let at: Instant
        public let id: String

        public init(at: Instant, id: String) {
            self.at = at
            self.id = id
        }

        /// Whether it stands before another one.
        public func isBefore(_ other: Place) -> Bool { at == other.at ? id < other.id : at > other.at }
    }

    public var person: PersonID?
    /// Only what is not over.
    public var isOpen: Bool
    /// Only what stands behind this place.
    public var after: Place?
    public var limit: Int

    public init(person: PersonID? = nil, isOpen: Bool = false, after: Place? = nil, limit: Int = .max) {
        self.person = person
        self.isOpen = isOpen
        self.after = after
        self.limit = limit
    }

    /// - Parameters:
    ///   - column: When a row was asked for.
    ///   - open: Selects the ids of what is open.
    func clause(since column: String, open: String) -> (condition: String, parameters: [SQLValue], order: String) {
        var condition = SQLCondition()
        if let person { condition.add("person = ", .person(person)) }
        if isOpen { condition.add("id IN (\(open))") }
        if let after {
            // The first term is what an index finds.
            condition.add("\(column) <= ", .instant(after.at))
            condition.add("(\(column) < $\(condition.parameters.count) OR id > ", .text(after.id), closing: ")")
        }
        let parameters = condition.parameters + [.int(limit)]
        return (condition.sql, parameters, "ORDER BY \(column) DESC, id LIMIT $\(parameters.count)")
    }
}

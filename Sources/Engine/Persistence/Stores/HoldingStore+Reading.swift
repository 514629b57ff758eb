import AccessModel

extension HoldingStore {
    /// Which intervals are asked for; what is left out does not narrow.
    public struct Filter: Hashable, Sendable {
        public var target: Slug?
        public var identity: IdentityID?
        /// A group's slug.
        public var group: String?
        public var kinds: [Fact.Kind]
        /// Intervals that hold at this moment.
        public var at: Instant?
        /// Intervals that have not ended.
        public var isOpen: Bool

        public init(
            target: Slug? = nil, identity: IdentityID? = nil, group: String? = nil, kinds: [Fact.Kind] = [],
            at: Instant? = nil, isOpen: Bool = false
        ) {
            self.target = target
            self.identity = identity
            self.group = group
            self.kinds = kinds
            self.at = at
            self.isOpen = isOpen
        }

        var condition: SQLCondition {
            var condition = SQLCondition()
            if let target { condition.add("target = ", .slug(target)) }
            if let identity { condition.add("identity = ", .text(identity.description)) }
            if let group { condition.add("group_slug = ", .text(group)) }
            if !kinds.isEmpty { condition.add("kind IN ", kinds.map { .text($0.rawValue) }) }
            if let at {
                condition.add("from_at <= ", .instant(at))
                condition.add("coalesce(until_at, 9223372036854775807) > ", .instant(at))
            }
            if isOpen { condition.add("until_at IS NULL") }
            return condition
        }
    }

    /// By target, fact and time.
    public func holdings(_ filter: Filter) throws -> [Holding] {
        var holdings: [Holding] = []
        try forEachHolding(filter) { holdings.append($0) }
        return holdings
    }

    /// As ``holdings(_:)``, one after another, for results that are too large to hold.
    public func forEachHolding(_ filter: Filter, _ body: (Holding) throws -> Void) throws {
        let condition = filter.condition
        try session.forEachRow(
            """
            SELECT id, target, fact, causes, from_at, until_at FROM holdings \(condition.sql)
            ORDER BY target, fact_key, from_at, id
            """, condition.parameters
        ) { row in
            try body(
                Holding(
                    id: try row.integer(0), target: try row.slug(1), fact: try row.fact(2),
                    causes: try row.causes(3), from: try row.instant(4), until: try row.optionalInstant(5)))
        }
    }

    /// How many facts of a kind are known to hold in a target.
    public func count(_ kind: Fact.Kind, in target: Slug) throws -> Int {
        let rows = try session.query(
            "SELECT count(*) FROM holdings WHERE target = $1 AND kind = $2 AND until_at IS NULL",
            [.slug(target), .text(kind.rawValue)])
        return Int(try rows.first?.integer(0) ?? 0)
    }

    /// Closes what was read back as gone: the intervals of these facts that are still open.
    public func close(_ keys: [String], in target: Slug, at now: Instant) throws {
        try session.inPortions(keys.map { .text($0) }, after: 2) { list, portion in
            try session.execute(
                """
                UPDATE holdings SET until_at = CASE WHEN from_at > $2 THEN from_at ELSE $2 END
                WHERE target = $1 AND until_at IS NULL AND fact_key IN \(list)
                """, [.slug(target), .instant(now)] + portion)
        }
    }
}

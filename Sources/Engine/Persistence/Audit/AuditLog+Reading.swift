import AccessModel
import AuditTrail

extension AuditLog {
    /// Which records are asked for; what is left out does not narrow.
    public struct Filter: Hashable, Sendable {
        /// Places in the log.
        public var range: Range<Int>?
        /// Recorded at or after.
        public var since: Instant?
        /// Recorded before.
        public var until: Instant?
        public var subject: String?
        public var caseID: String?
        public var actor: String?
        /// Any of these; empty for every type.
        public var types: [String]
        /// The newest so many.
        public var last: Int?
        /// The oldest so many; not together with ``last``.
        public var first: Int?

        public init(
            range: Range<Int>? = nil, since: Instant? = nil, until: Instant? = nil, subject: String? = nil,
            caseID: String? = nil, actor: String? = nil, types: [String] = [], last: Int? = nil
        ) {
            self.range = range
            self.since = since
            self.until = until
            self.subject = subject
            self.caseID = caseID
            self.actor = actor
            self.types = types
            self.last = last
        }

        var condition: SQLCondition {
            var condition = SQLCondition()
            if let range {
                condition.add("seq >= ", .int(range.lowerBound))
                condition.add("seq < ", .int(range.upperBound))
            }
            if let since { condition.add("at >= ", .instant(since)) }
            if let until { condition.add("at < ", .instant(until)) }
            if let subject { condition.add("subject = ", .text(subject)) }
            if let caseID { condition.add("case_id = ", .text(caseID)) }
            if let actor { condition.add("actor = ", .text(actor)) }
            if !types.isEmpty { condition.add("type IN ", types.map { .text($0) }) }
            return condition
        }
    }

    /// The records that `filter` asks for, in the order of the log.
    public func entries(_ filter: Filter = Filter()) throws -> [Entry] {
        var entries: [Entry] = []
        try forEachEntry(filter) { entries.append($0) }
        return entries
    }

    /// As ``entries(_:)``, one after another, for logs that are too large to hold.
    public func forEachEntry(_ filter: Filter = Filter(), _ body: (Entry) throws -> Void) throws {
        try forEachLeaf(filter) { leaf in
            do {
                try body(try Entry(leaf: leaf.bytes))
            } catch let error as AuditError {
                throw PersistenceError(
                    code: .corrupt, operation: "read audit record \(leaf.seq)", message: "\(error)")
            }
        }
    }

    /// A record as it is stored and hashed.
    public struct Leaf: Hashable, Sendable {
        public let seq: Int
        public let bytes: [UInt8]
        /// As it was stored beside the bytes; whether it is theirs is for a verifier to say.
        public let hash: MerkleHash
    }

    /// The stored bytes of the records that `filter` asks for, in the order of the log: what an export writes.
    public func forEachLeaf(_ filter: Filter = Filter(), _ body: (Leaf) throws -> Void) throws {
        try writeOut()
        let condition = filter.condition
        let leaves = "SELECT seq, leaf, hash FROM audit_leaves LEFT JOIN audit_tree ON position = 2 * seq"
        var sql = "\(leaves) \(condition.sql) ORDER BY seq"
        var parameters = condition.parameters
        if let last = filter.last {
            parameters.append(.int(last))
            sql = """
                SELECT seq, leaf, hash FROM (
                    \(leaves) \(condition.sql)
                    ORDER BY seq DESC LIMIT $\(parameters.count)
                ) AS newest ORDER BY seq
                """
        } else if let first = filter.first {
            parameters.append(.int(first))
            sql += " LIMIT $\(parameters.count)"
        }
        try session.forEachRow(sql, parameters) { row in
            guard let hash = MerkleHash(bytes: try row.blob(2)) else { throw row.corrupt(2, "not a hash") }
            try body(Leaf(seq: Int(try row.integer(0)), bytes: Array(try row.text(1).utf8), hash: hash))
        }
    }
}

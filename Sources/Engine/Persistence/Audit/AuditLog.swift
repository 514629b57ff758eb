import AccessModel
import AuditTrail
import StrictJSON

/// The log within a transaction: records go in at its end, and nothing that is in it ever changes.
///
/// Whoever changes a state appends the record in the same transaction, so that neither is there without the other;
/// ``Database/transact(_:)`` does both.
public struct AuditLog {
    let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// How many records there are.
    public func size() throws -> Int {
        if let head = session.scope.logHead { return head.size }
        return Int(try session.query("SELECT coalesce(max(seq), -1) + 1 FROM audit_leaves").first?.integer(0) ?? 0)
    }

    /// Appends records in their order and returns their places. Throws before anything is written when one of them
    /// is not of the form that a verifier reads.
    @discardableResult
    public func append(_ records: [Record]) throws -> Range<Int> {
        var range = try head()
        let start = range.size
        guard !records.isEmpty else { return start..<start }
        var leaves: [[SQLValue]] = []
        var nodes: [[SQLValue]] = []
        leaves.reserveCapacity(records.count)
        for (offset, record) in records.enumerated() {
            try Self.check(record)
            let entry = Entry(seq: start + offset, record: record)
            let bytes = entry.canonicalBytes
            let hash = MerkleHash.leaf(bytes)
            leaves.append(Self.row(entry, bytes, hash))
            range.append(hash) { node in
                // The leaves' own hashes stand beside the leaves.
                guard node.id.level > 0 else { return }
                nodes.append([.int(node.id.level), .int(node.id.index), .blob(node.hash.bytes)])
            }
        }
        try session.insert(into: "audit_leaves (seq, at, type, actor, subject, case_id, leaf, hash)", leaves)
        try session.insert(into: "audit_nodes (level, idx, hash)", nodes)
        session.scope.logHead = range
        return start..<range.size
    }

    /// What must be known of the tree to append to it; read once in a transaction, whoever appends in it.
    private func head() throws -> CompactRange {
        if let head = session.scope.logHead { return head }
        let size = try size()
        let nodes = try nodes(CompactRange.peakIDs(size: size))
        return try CompactRange(size: size) { id in
            guard let hash = nodes[id] else { throw Self.missing(id) }
            return hash
        }
    }

    private static func row(_ entry: Entry, _ bytes: [UInt8], _ hash: MerkleHash) -> [SQLValue] {
        let record = entry.record
        return [
            .int(entry.seq), .instant(record.at), .text(record.type), .text(record.actor), .optional(record.subject),
            .optional(record.caseID), .text(String(decoding: bytes, as: UTF8.self)), .blob(hash.bytes),
        ]
    }

    /// What a reader takes for a time.
    private static let times = Instant(milliseconds: 0)...Instant(milliseconds: 253_402_300_799_999)

    private static func check(_ record: Record) throws(PersistenceError) {
        // A leaf nests two levels deeper than its body, and one that cannot be read back could never be verified.
        let isWhole = !record.type.isEmpty && !record.actor.isEmpty && record.body.object != nil
        guard isWhole, times.contains(record.at), record.body.isNested(atMost: JSONParser.maximumDepth - 1) else {
            throw PersistenceError(
                code: .constraint, operation: "append to the audit log",
                message: "the record `\(record.type)` needs a type, an actor, a time from 1970 on and an object as body"
            )
        }
    }

    /// The tree over the records that are there now.
    public func tree() throws -> MerkleTree { MerkleTree(size: try size(), fetch: node) }

    /// The root over all records, or over the first `size`.
    public func root(size: Int? = nil) throws -> MerkleHash {
        let tree = try tree()
        return try tree.root(size: size ?? tree.size)
    }

    /// A stored node of the tree. Throws `.corrupt` where one that must be there is not.
    public func node(_ id: MerkleNodeID) throws -> MerkleHash {
        guard let hash = try nodes([id])[id] else { throw Self.missing(id) }
        return hash
    }

    /// Stored nodes of the tree, those of them that are there, by one query for the leaves and one for all others.
    func nodes(_ ids: [MerkleNodeID]) throws -> [MerkleNodeID: MerkleHash] {
        var found: [MerkleNodeID: MerkleHash] = [:]
        func take(_ row: SQLRow) throws {
            let id = MerkleNodeID(level: Int(try row.integer(0)), index: Int(try row.integer(1)))
            guard let hash = MerkleHash(bytes: try row.blob(2)) else { throw Self.missing(id) }
            found[id] = hash
        }
        let leaves = ids.filter { $0.level == 0 }.map { SQLValue.int($0.index) }
        try session.inPortions(leaves) { list, portion in
            try session.query("SELECT 0, seq, hash FROM audit_leaves WHERE seq IN \(list)", portion).forEach(take)
        }
        let inner = ids.filter { $0.level > 0 }.map { [SQLValue.int($0.level), .int($0.index)] }
        try session.inPortions(rows: inner, as: [.integer, .integer]) { rows, portion in
            try session.query(
                // SQLite reads the whole table for `(level, idx) IN (VALUES ...)`.
                """
                SELECT n.level, n.idx, n.hash FROM (VALUES \(rows)) AS v CROSS JOIN audit_nodes n
                WHERE n.level = v.column1 AND n.idx = v.column2
                """, portion
            ).forEach(take)
        }
        return found
    }

    private static func missing(_ id: MerkleNodeID) -> PersistenceError {
        PersistenceError(
            code: .corrupt, operation: "read the audit tree",
            message: "the node at level \(id.level), index \(id.index) is missing or not a hash")
    }
}

extension JSONValue {
    fileprivate func isNested(atMost depth: Int) -> Bool {
        switch self {
        case .array(let elements): depth > 0 && elements.allSatisfy { $0.isNested(atMost: depth - 1) }
        case .object(let object): depth > 0 && object.members.allSatisfy { $0.value.isNested(atMost: depth - 1) }
        default: true
        }
    }
}

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
        if let head = session.scope.log.head { return head.tree.size }
        return Int(try session.query("SELECT coalesce(max(seq), -1) + 1 FROM audit_leaves").first?.integer(0) ?? 0)
    }

    /// Appends records in their order and returns their places. Throws before anything is appended when one of them
    /// is not of the form that a verifier reads. They are in the tables when the transaction commits, and whoever reads
    /// the log before that sees them.
    ///
    /// A record that was made at an earlier moment than the last one of the log bears that one's time: whoever looked at the
    /// clock first may come to the log second, and no record is written before those that stand above it.
    @discardableResult
    public func append(_ records: [Record]) throws -> Range<Int> {
        for record in records { try Self.check(record) }
        let scope = session.scope
        var head = try scope.log.head ?? head()
        let start = head.tree.size
        for (offset, record) in records.enumerated() {
            let record = record.written(notBefore: head.lastAt)
            let entry = Entry(seq: start + offset, record: record)
            let bytes = entry.canonicalBytes
            scope.log.leaves.append(Self.row(entry, bytes))
            head.tree.append(.leaf(bytes)) { scope.log.nodes.append([.int($0.id.position), .blob($0.hash.bytes)]) }
            head.lastAt = record.at
        }
        scope.log.head = head
        return start..<head.tree.size
    }

    /// What the tables say of the end of the log.
    private func head() throws -> TransactionScope.Log.Head {
        let last = try session.query(
            "SELECT seq, at FROM audit_leaves WHERE seq = (SELECT max(seq) FROM audit_leaves)"
        ).first
        return TransactionScope.Log.Head(
            tree: try CompactRange(size: try last.map { Int(try $0.integer(0)) + 1 } ?? 0, fetch: nodes),
            lastAt: try last.map { try $0.instant(1) })
    }

    /// Puts what was appended into the tables.
    func writeOut() throws {
        let log = session.scope.log
        guard !log.isWritten else { return }
        try session.insert(into: "audit_leaves (seq, at, type, actor, subject, case_id, leaf)", log.leaves)
        try session.insert(into: "audit_tree (position, hash)", log.nodes)
        session.scope.log = TransactionScope.Log(head: log.head)
    }

    private static func row(_ entry: Entry, _ bytes: [UInt8]) -> [SQLValue] {
        let record = entry.record
        return [
            .int(entry.seq), .instant(record.at), .text(record.type), .text(record.actor), .optional(record.subject),
            .optional(record.caseID), .text(String(decoding: bytes, as: UTF8.self)),
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
    public func tree() throws -> MerkleTree { MerkleTree(size: try size(), fetch: nodes) }

    /// The root over all records, or over the first `size`.
    public func root(size: Int? = nil) throws -> MerkleHash {
        let tree = try tree()
        return try tree.root(size: size ?? tree.size)
    }

    /// Stored nodes of the tree, one for each id in its order, by one query for up to 256 of them. Throws `.corrupt`
    /// where one that must be there is not.
    func nodes(_ ids: [MerkleNodeID]) throws -> [MerkleHash] {
        try writeOut()
        var found: [Int: MerkleHash] = [:]
        found.reserveCapacity(ids.count)
        try session.inPortions(ids.map { .int($0.position) }) { list, portion in
            for row in try session.query("SELECT position, hash FROM audit_tree WHERE position IN \(list)", portion) {
                found[Int(try row.integer(0))] = MerkleHash(bytes: try row.blob(1))
            }
        }
        return try ids.map { id in
            guard let hash = found[id.position] else { throw Self.missing(id) }
            return hash
        }
    }

    private static func missing(_ id: MerkleNodeID) -> PersistenceError {
        PersistenceError(
            code: .corrupt, operation: "read the audit tree",
            message: "the node at level \(id.level), index \(id.index) is missing or not a hash")
    }
}

extension Record {
    fileprivate func written(notBefore moment: Instant?) -> Record {
        guard let moment, at < moment else { return self }
        return Record(at: moment, type: type, actor: actor, subject: subject, caseID: caseID, body: body)
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

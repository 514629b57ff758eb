import AccessModel
import AuditTrail

extension AuditLog {
    /// The newest signed checkpoint that is kept in the database.
    public func latestCheckpoint() throws -> SignedNote? {
        let rows = try session.query("SELECT note FROM audit_checkpoints ORDER BY size DESC LIMIT 1")
        guard let note = try rows.first?.text(0) else { return nil }
        do {
            return try SignedNote(note)
        } catch {
            throw PersistenceError(code: .corrupt, operation: "read the last checkpoint", message: "\(error)")
        }
    }

    /// A signed checkpoint and the number of records that it is about.
    public struct SealedSize: Hashable, Sendable {
        public let size: Int
        /// The signed note, as text.
        public let note: String
    }

    /// Every signed checkpoint, the smallest first.
    public func checkpoints() throws -> [SealedSize] {
        try session.query("SELECT size, note FROM audit_checkpoints ORDER BY size").map { row in
            SealedSize(size: Int(try row.integer(0)), note: try row.text(1))
        }
    }

    /// Signs the log as it is and keeps the checkpoint. With nothing new since the last one, that one is returned.
    ///
    /// Before it signs, it hashes the stored records since the last checkpoint again and compares: a record or node
    /// that changed on its way or on the disk throws `.corrupt`, and nothing is signed.
    public func seal(_ signer: CheckpointSigner, at now: Instant) throws -> SignedNote {
        let origin = signer.verifier.name
        let size = try size()
        let sealed = try lastSealed(by: signer.verifier)
        if let sealed, sealed.checkpoint.size == size { return sealed.note }
        let start = sealed?.checkpoint.size ?? 0
        guard start <= size else {
            throw Self.refusal("the log has \(size) records, but \(start) were sealed")
        }
        var range = try CompactRange(size: start, fetch: nodes)
        guard sealed.map({ $0.checkpoint.root == range.root }) ?? true else {
            throw Self.refusal("the records before \(start) are not those that were sealed")
        }
        try forEachLeaf(Filter(range: start..<size)) { leaf in
            guard leaf.seq == range.size, MerkleHash.leaf(leaf.bytes) == leaf.hash else {
                throw Self.refusal("record \(range.size) is missing or not what was written")
            }
            range.append(leaf.hash)
        }
        guard range.size == size, try root() == range.root else {
            throw Self.refusal("the tree does not belong to the records")
        }
        let note = try signer.sign(Checkpoint(origin: origin, size: size, root: range.root))
        try session.execute(
            """
            INSERT INTO audit_checkpoints (size, sealed_at, note) VALUES ($1, $2, $3)
            ON CONFLICT (size) DO UPDATE SET sealed_at = excluded.sealed_at, note = excluded.note
            """, [.int(size), .instant(now), .text(note.encoded)])
        return note
    }

    private struct Sealed {
        let note: SignedNote
        let checkpoint: Checkpoint
    }

    /// Nil before the first one, and for one of another key: then everything is checked from the start.
    private func lastSealed(by verifier: CheckpointVerifier) throws -> Sealed? {
        guard let note = try latestCheckpoint(),
            note.signatures.contains(where: { $0.keyID == verifier.keyID })
        else { return nil }
        return Sealed(note: note, checkpoint: try verifier.checkpoint(note))
    }

    private static func refusal(_ message: String) -> PersistenceError {
        PersistenceError(code: .corrupt, operation: "seal the audit log", message: message)
    }
}

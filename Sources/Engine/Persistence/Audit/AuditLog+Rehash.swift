import AuditTrail

extension AuditLog {
    /// Hashes every record anew and returns the root.
    ///
    /// Throws `.corrupt` where one is missing, or is not what the tree says.
    public func rehash() throws -> MerkleHash {
        var range = CompactRange()
        try forEachLeaf { leaf in
            guard leaf.seq == range.size, MerkleHash.leaf(leaf.bytes) == leaf.hash else {
                throw Self.broken("record \(range.size) is missing or not what was written")
            }
            range.append(leaf.hash)
        }
        guard try range.size == size(), try root() == range.root else {
            throw Self.broken("the tree does not belong to the records")
        }
        return range.root
    }

    private static func broken(_ message: String) -> PersistenceError {
        PersistenceError(code: .corrupt, operation: "check the audit log", message: message)
    }
}

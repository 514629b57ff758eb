/// Whether a stored log is still the one of which a checkpoint is kept elsewhere. A database that was restored from
/// an old copy is noticed by it.
public enum RollbackGuard {
    public enum Outcome: Hashable, Sendable {
        /// The log is the one of the checkpoint, or has grown from it.
        case consistent
        /// The log holds records and no checkpoint is kept elsewhere; nothing can be said.
        case unknown
        /// The log has lost records: `held` were vouched for, `stored` are there.
        case behind(held: Int, stored: Int)
        /// The log's first `size` records are not those that the checkpoint vouches for.
        case forked(size: Int)
    }

    /// Compares the log of `size` records with a checkpoint that is kept outside of the database, once its signature
    /// was verified.
    ///
    /// - Parameter root: The root that the stored log had at a size that it has reached.
    public static func compare(
        held: Checkpoint?, size: Int, root: (Int) throws -> MerkleHash
    ) rethrows -> Outcome {
        guard let held else { return size == 0 ? .consistent : .unknown }
        guard held.size <= size else { return .behind(held: held.size, stored: size) }
        return try root(held.size) == held.root ? .consistent : .forked(size: held.size)
    }
}

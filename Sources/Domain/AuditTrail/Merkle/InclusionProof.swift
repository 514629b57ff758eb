/// That a leaf is in a tree: the hashes beside its way up to the root, from the leaf on (RFC 9162, 2.1.3).
public struct InclusionProof: Hashable, Sendable {
    public let index: Int
    public let size: Int
    public let hashes: [MerkleHash]

    public init(index: Int, size: Int, hashes: [MerkleHash]) {
        self.index = index
        self.size = size
        self.hashes = hashes
    }

    /// Whether `leaf` at ``index`` leads to `root` in a tree of ``size`` leaves.
    public func proves(leaf: MerkleHash, root: MerkleHash) -> Bool {
        guard index >= 0, index < size else { return false }
        var node = index
        var last = size - 1
        var hash = leaf
        for sibling in hashes {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                hash = .node(sibling, hash)
                // Levels at which this node is the last one and has no sibling are passed over.
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = .node(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }
}

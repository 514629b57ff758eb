/// Where a hash stands in the tree: the root of the complete subtree over the leaves
/// `index << level ..< (index + 1) << level`. Such a node never changes once it is there.
public struct MerkleNodeID: Hashable, Sendable {
    /// 0 for a leaf.
    public let level: Int
    public let index: Int

    public init(level: Int, index: Int) {
        self.level = level
        self.index = index
    }
}

/// A complete subtree's root with its place: one row of a stored tree.
public struct MerkleNode: Hashable, Sendable {
    public let id: MerkleNodeID
    public let hash: MerkleHash

    public init(id: MerkleNodeID, hash: MerkleHash) {
        self.id = id
        self.hash = hash
    }
}

/// The least that must be known of a tree to append to it and to say its root: the roots of its complete subtrees,
/// one for each bit of its size. Appending n leaves costs n + O(log size) hashes.
public struct CompactRange: Hashable, Sendable {
    public private(set) var size: Int
    /// From the largest subtree to the smallest.
    private var peaks: [MerkleHash]

    /// The empty tree.
    public init() {
        size = 0
        peaks = []
    }

    /// A tree of `size` leaves whose nodes are stored. Asks for at most 63 of them.
    public init(size: Int, fetch: (MerkleNodeID) throws -> MerkleHash) throws {
        guard size >= 0 else {
            throw AuditError(code: .range, operation: "open the tree", message: "its size cannot be `\(size)`")
        }
        self.size = size
        peaks = try Self.peakIDs(size: size).map(fetch)
    }

    /// The nodes that a tree of `size` leaves is made of, from the largest to the smallest.
    public static func peakIDs(size: Int) -> [MerkleNodeID] {
        var start = 0
        return (0..<(Int.bitWidth - 1)).reversed().compactMap { level in
            guard size >> level & 1 == 1 else { return nil }
            defer { start += 1 << level }
            return MerkleNodeID(level: level, index: start >> level)
        }
    }

    /// The root of the tree as it is now.
    public var root: MerkleHash {
        guard var root = peaks.last else { return .emptyRoot }
        for peak in peaks.dropLast().reversed() { root = .node(peak, root) }
        return root
    }

    /// Appends one leaf and hands over every node that came to be: the leaf, then the subtrees that it completed.
    public mutating func append(_ leaf: MerkleHash, store: (MerkleNode) throws -> Void) rethrows {
        var hash = leaf
        var id = MerkleNodeID(level: 0, index: size)
        try store(MerkleNode(id: id, hash: hash))
        var rest = size
        while rest & 1 == 1 {
            hash = .node(peaks.removeLast(), hash)
            id = MerkleNodeID(level: id.level + 1, index: id.index >> 1)
            try store(MerkleNode(id: id, hash: hash))
            rest >>= 1
        }
        peaks.append(hash)
        size += 1
    }

    /// Appends leaves and returns every node that came to be, in the order in which it did.
    public mutating func append(_ leaves: some Sequence<MerkleHash>) -> [MerkleNode] {
        var nodes: [MerkleNode] = []
        nodes.reserveCapacity(2 * leaves.underestimatedCount + 1)
        for leaf in leaves { append(leaf) { nodes.append($0) } }
        return nodes
    }

    /// Appends a leaf to a tree whose nodes nobody keeps.
    public mutating func append(_ leaf: MerkleHash) { append(leaf) { _ in } }
}

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

    /// Its place among all nodes from left to right, children on both sides of their parent: a number of its own that
    /// needs no other to find it by, and stands near those of its relatives. The leaves have the even ones.
    public var position: Int { ((2 * index + 1) << level) - 1 }

    /// The nodes that leaves are made of, from the largest to the smallest. The leaves begin at a multiple of the power
    /// of two not below their count, as those of every part of a tree do.
    static func covering(_ leaves: Range<Int>) -> some Sequence<MerkleNodeID> {
        sequence(state: leaves) { rest in
            guard !rest.isEmpty else { return nil }
            let level = Int.bitWidth - 1 - rest.count.leadingZeroBitCount
            let start = rest.lowerBound
            rest = (start + (1 << level))..<rest.upperBound
            return MerkleNodeID(level: level, index: start >> level)
        }
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

    /// A tree of `size` leaves whose nodes are stored. Asks once, for at most 63 of them.
    public init(size: Int, fetch: MerkleTree.Fetch) throws {
        guard size >= 0 else {
            throw AuditError(code: .range, operation: "open the tree", message: "its size cannot be `\(size)`")
        }
        self.size = size
        peaks = size == 0 ? [] : try fetch(Array(MerkleNodeID.covering(0..<size)))
    }

    /// The root of the tree as it is now.
    public var root: MerkleHash { Self.root(peaks[...]) ?? .emptyRoot }

    /// The root over complete subtrees, from the largest to the smallest; nil for none.
    static func root(_ peaks: ArraySlice<MerkleHash>) -> MerkleHash? {
        guard var root = peaks.last else { return nil }
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

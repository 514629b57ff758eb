/// A stored tree that is asked for roots and proofs. It reads O(log size) nodes for each, all of them at once.
public struct MerkleTree {
    /// Returns the nodes of complete subtrees, one for each id in its order. What it throws is passed on.
    public typealias Fetch = (_ ids: [MerkleNodeID]) throws -> [MerkleHash]

    public let size: Int
    private let fetch: Fetch

    public init(size: Int, fetch: @escaping Fetch) {
        self.size = size
        self.fetch = fetch
    }

    /// The root that the tree had when it was of `size` leaves.
    public func root(size: Int) throws -> MerkleHash {
        try check(size, "say the root")
        return try CompactRange(size: size, fetch: fetch).root
    }

    /// That leaf `index` is in the tree of `size` leaves.
    public func inclusionProof(index: Int, size: Int) throws -> InclusionProof {
        try check(size, "prove a leaf")
        guard index >= 0, index < size else {
            throw AuditError(
                code: .range, operation: "prove a leaf", message: "record `\(index)` is not among the first \(size)")
        }
        var range = 0..<size
        var siblings: [Range<Int>] = []
        while range.count > 1 {
            let middle = range.lowerBound + Self.split(range.count)
            if index < middle {
                siblings.append(middle..<range.upperBound)
                range = range.lowerBound..<middle
            } else {
                siblings.append(range.lowerBound..<middle)
                range = middle..<range.upperBound
            }
        }
        return InclusionProof(index: index, size: size, hashes: try hashes(of: siblings.reversed()))
    }

    /// That the tree of `second` leaves begins with all leaves of the tree of `first`, unchanged.
    public func consistencyProof(from first: Int, to second: Int) throws -> ConsistencyProof {
        try check(second, "prove consistency")
        guard first >= 0, first <= second else {
            throw AuditError(
                code: .range, operation: "prove consistency",
                message: "the older tree of `\(first)` leaves is not older than that of `\(second)`")
        }
        guard first > 0 else { return ConsistencyProof(first: first, second: second, hashes: []) }
        var range = 0..<second
        var parts: [Range<Int>] = []
        while range.upperBound != first {
            let middle = range.lowerBound + Self.split(range.count)
            if first <= middle {
                parts.append(middle..<range.upperBound)
                range = range.lowerBound..<middle
            } else {
                parts.append(range.lowerBound..<middle)
                range = middle..<range.upperBound
            }
        }
        // The whole older tree is known to the verifier already.
        if range.lowerBound > 0 { parts.append(range) }
        return ConsistencyProof(first: first, second: second, hashes: try hashes(of: parts.reversed()))
    }

    private func check(_ size: Int, _ operation: String) throws(AuditError) {
        guard size >= 0, size <= self.size else {
            throw AuditError(
                code: .range, operation: operation, message: "the tree has \(self.size) leaves, not `\(size)`")
        }
    }

    /// The largest power of two below `count`, which is at least 2.
    private static func split(_ count: Int) -> Int { 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount) }

    /// The hash over each of these parts of the tree.
    private func hashes(of parts: [Range<Int>]) throws -> [MerkleHash] {
        var ids: [MerkleNodeID] = []
        let ends = parts.map { part in
            ids.append(contentsOf: MerkleNodeID.covering(part))
            return ids.count
        }
        let nodes = try fetch(ids)
        var start = 0
        return ends.compactMap { end in
            defer { start = end }
            return CompactRange.root(nodes[start..<end])
        }
    }
}

import AuditTrail

/// RFC 6962, section 2.1, as it is written there: recursive definitions over lists of leaf hashes.
final class ReferenceTree {
    private let leaves: [MerkleHash]
    private var cache: [Range<Int>: MerkleHash] = [:]

    init(_ leaves: [MerkleHash]) { self.leaves = leaves }

    /// MTH
    func root(_ range: Range<Int>) -> MerkleHash {
        if range.isEmpty { return .emptyRoot }
        if range.count == 1 { return leaves[range.lowerBound] }
        if let known = cache[range] { return known }
        let k = Self.split(range.count)
        let hash = MerkleHash.node(
            root(range.lowerBound..<(range.lowerBound + k)), root((range.lowerBound + k)..<range.upperBound))
        cache[range] = hash
        return hash
    }

    /// PATH(m, D[range])
    func path(_ m: Int, _ range: Range<Int>) -> [MerkleHash] {
        if range.count <= 1 { return [] }
        let k = Self.split(range.count)
        let left = range.lowerBound..<(range.lowerBound + k)
        let right = (range.lowerBound + k)..<range.upperBound
        return m < k ? path(m, left) + [root(right)] : path(m - k, right) + [root(left)]
    }

    /// SUBPROOF(m, D[range], isWhole)
    func subproof(_ m: Int, _ range: Range<Int>, isWhole: Bool = true) -> [MerkleHash] {
        if m == range.count { return isWhole ? [] : [root(range)] }
        let k = Self.split(range.count)
        let left = range.lowerBound..<(range.lowerBound + k)
        let right = (range.lowerBound + k)..<range.upperBound
        return m <= k
            ? subproof(m, left, isWhole: isWhole) + [root(right)]
            : subproof(m - k, right, isWhole: false) + [root(left)]
    }

    private static func split(_ count: Int) -> Int {
        var k = 1
        while k * 2 < count { k *= 2 }
        return k
    }
}

/// A tree with its stored nodes, as a database would keep them.
struct StoredTree {
    private(set) var nodes: [MerkleNodeID: MerkleHash] = [:]
    private(set) var range = CompactRange()

    mutating func append(_ leaves: [MerkleHash]) {
        for node in range.append(leaves) { nodes[node.id] = node.hash }
    }

    struct Missing: Error {}

    var tree: MerkleTree {
        MerkleTree(size: range.size, fetch: fetch)
    }

    func fetch(_ ids: [MerkleNodeID]) throws -> [MerkleHash] {
        try ids.map { id in
            guard let hash = nodes[id] else { throw Missing() }
            return hash
        }
    }
}

/// A generator with a seed, so that a failure can be had again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

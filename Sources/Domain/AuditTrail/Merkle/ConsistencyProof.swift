/// That a tree has only grown since it was of a smaller size (RFC 9162, 2.1.4).
public struct ConsistencyProof: Hashable, Sendable {
    public let first: Int
    public let second: Int
    public let hashes: [MerkleHash]

    public init(first: Int, second: Int, hashes: [MerkleHash]) {
        self.first = first
        self.second = second
        self.hashes = hashes
    }

    /// Whether the tree of ``second`` leaves with `secondRoot` extends the one of ``first`` leaves with `firstRoot`.
    public func proves(firstRoot: MerkleHash, secondRoot: MerkleHash) -> Bool {
        guard first >= 0, first <= second else { return false }
        guard first > 0 else { return hashes.isEmpty && firstRoot == .emptyRoot }
        guard first < second else { return hashes.isEmpty && firstRoot == secondRoot }
        // An older tree that is complete is itself the first node of the way.
        var way = (first.nonzeroBitCount == 1 ? [firstRoot] : []) + hashes
        guard !way.isEmpty else { return false }
        let start = way.removeFirst()
        var node = first - 1
        var last = second - 1
        while node & 1 == 1 {
            node >>= 1
            last >>= 1
        }
        var older = start
        var newer = start
        for sibling in way {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                older = .node(sibling, older)
                newer = .node(sibling, newer)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                newer = .node(newer, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && older == firstRoot && newer == secondRoot
    }
}

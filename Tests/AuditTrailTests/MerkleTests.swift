import Testing

@testable import AuditTrail

@Suite("Merkle tree")
struct MerkleTests {
    /// The leaves and hashes that implementations of certificate transparency share.
    static let leaves = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]
    .map { MerkleHash.leaf(Hexadecimal.decode($0.utf8) ?? []) }
    static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    static func stored(_ leaves: [MerkleHash]) -> StoredTree {
        var stored = StoredTree()
        stored.append(leaves)
        return stored
    }

    @Test("roots of the reference trees")
    func referenceRoots() throws {
        let tree = Self.stored(Self.leaves).tree
        for (size, root) in Self.roots.enumerated() {
            #expect(try tree.root(size: size).hex == root)
        }
        #expect(CompactRange().root == MerkleHash.emptyRoot)
    }

    @Test(
        "inclusion proofs of the reference tree",
        arguments: [
            (0, 1, [String]()),
            (
                0, 8,
                [
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ]
            ),
            (
                5, 8,
                [
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ]
            ),
            (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
            (
                1, 5,
                [
                    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ]
            ),
        ] as [(Int, Int, [String])])
    func referenceInclusion(index: Int, size: Int, hashes: [String]) throws {
        let tree = Self.stored(Self.leaves).tree
        let proof = try tree.inclusionProof(index: index, size: size)
        #expect(proof.hashes.map(\.hex) == hashes)
        #expect(proof.proves(leaf: Self.leaves[index], root: try tree.root(size: size)))
    }

    @Test(
        "consistency proofs of the reference tree",
        arguments: [
            (1, 1, [String]()),
            (
                1, 8,
                [
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ]
            ),
            (
                6, 8,
                [
                    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ]
            ),
            (
                2, 5,
                [
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ]
            ),
        ] as [(Int, Int, [String])])
    func referenceConsistency(first: Int, second: Int, hashes: [String]) throws {
        let tree = Self.stored(Self.leaves).tree
        let proof = try tree.consistencyProof(from: first, to: second)
        #expect(proof.hashes.map(\.hex) == hashes)
        #expect(proof.proves(firstRoot: try tree.root(size: first), secondRoot: try tree.root(size: second)))
    }

    private static let many = (0..<200).map { MerkleHash.leaf([UInt8($0), 7]) }

    @Test("every root and inclusion proof up to 200 leaves is that of the RFC's definition")
    func everyInclusion() throws {
        let tree = Self.stored(Self.many).tree
        let reference = ReferenceTree(Self.many)
        for size in 0...Self.many.count {
            let root = try tree.root(size: size)
            #expect(root == reference.root(0..<size))
            for index in 0..<size {
                let proof = try tree.inclusionProof(index: index, size: size)
                guard proof.hashes == reference.path(index, 0..<size),
                    proof.proves(leaf: Self.many[index], root: root)
                else {
                    Issue.record("leaf \(index) of \(size)")
                    return
                }
            }
        }
    }

    @Test("every consistency proof up to 200 leaves is that of the RFC's definition")
    func everyConsistency() throws {
        let tree = Self.stored(Self.many).tree
        let reference = ReferenceTree(Self.many)
        for second in 0...Self.many.count {
            for first in 0...second {
                let proof = try tree.consistencyProof(from: first, to: second)
                let expected = first == 0 ? [] : reference.subproof(first, 0..<second)
                guard proof.hashes == expected,
                    proof.proves(firstRoot: reference.root(0..<first), secondRoot: reference.root(0..<second))
                else {
                    Issue.record("from \(first) to \(second)")
                    return
                }
            }
        }
    }

    @Test("an inclusion proof that is changed in any part proves nothing")
    func tamperedInclusion() throws {
        let leaves = Array(Self.many.prefix(37))
        let tree = Self.stored(leaves).tree
        for size in 1...leaves.count {
            let root = try tree.root(size: size)
            for index in 0..<size {
                let proof = try tree.inclusionProof(index: index, size: size)
                let leaf = leaves[index]
                for other in 0..<size where other != index {
                    #expect(
                        !InclusionProof(index: other, size: size, hashes: proof.hashes).proves(leaf: leaf, root: root))
                    #expect(!proof.proves(leaf: leaves[other], root: root))
                }
                for changed in Self.changed(proof.hashes) {
                    #expect(!InclusionProof(index: index, size: size, hashes: changed).proves(leaf: leaf, root: root))
                }
                #expect(!proof.proves(leaf: leaf, root: .emptyRoot))
            }
        }
        let proof = try tree.inclusionProof(index: 3, size: 8)
        for (index, size) in [(-1, 8), (8, 8), (9, 8), (0, 0), (3, -1), (Int.max, Int.min)] {
            let moved = InclusionProof(index: index, size: size, hashes: proof.hashes)
            #expect(!moved.proves(leaf: leaves[3], root: try tree.root(size: 8)))
        }
    }

    @Test("a consistency proof that is changed in any part proves nothing")
    func tamperedConsistency() throws {
        let leaves = Array(Self.many.prefix(33))
        let tree = Self.stored(leaves).tree
        for second in 1...leaves.count {
            for first in 1...second {
                let firstRoot = try tree.root(size: first)
                let secondRoot = try tree.root(size: second)
                let proof = try tree.consistencyProof(from: first, to: second)
                for changed in Self.changed(proof.hashes) {
                    let forged = ConsistencyProof(first: first, second: second, hashes: changed)
                    #expect(!forged.proves(firstRoot: firstRoot, secondRoot: secondRoot))
                }
                #expect(!proof.proves(firstRoot: Self.many[199], secondRoot: secondRoot))
                #expect(!proof.proves(firstRoot: firstRoot, secondRoot: Self.many[199]))
            }
        }
        #expect(
            !ConsistencyProof(first: 5, second: 3, hashes: []).proves(firstRoot: .emptyRoot, secondRoot: .emptyRoot))
        #expect(
            !ConsistencyProof(first: -1, second: 3, hashes: []).proves(firstRoot: .emptyRoot, secondRoot: .emptyRoot))
        #expect(
            !ConsistencyProof(first: 0, second: 3, hashes: []).proves(firstRoot: Self.many[0], secondRoot: Self.many[1])
        )
    }

    /// One hash flipped, dropped, doubled, and one too many.
    private static func changed(_ hashes: [MerkleHash]) -> [[MerkleHash]] {
        var all: [[MerkleHash]] = [hashes + [many[150]]]
        for index in hashes.indices {
            var flipped = hashes
            var bytes = flipped[index].bytes
            bytes[index % 32] ^= 1
            if let hash = MerkleHash(bytes: bytes) { flipped[index] = hash }
            all.append(flipped)
            var dropped = hashes
            dropped.remove(at: index)
            all.append(dropped)
            var doubled = hashes
            doubled.insert(hashes[index], at: index)
            all.append(doubled)
        }
        return all
    }

    @Test("batches of any sizes store the same nodes, and each node once")
    func batches() throws {
        var one = StoredTree()
        for leaf in Self.many { one.append([leaf]) }
        var generator = SeededGenerator(seed: 6962)
        var random = StoredTree()
        var rest = Self.many[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Int.random(in: 0...23, using: &generator))
            random.append(Array(batch))
            rest = rest.dropFirst(batch.count)
        }
        #expect(one.nodes == random.nodes)
        #expect(one.range == random.range)
        var range = CompactRange()
        let nodes = range.append(Self.many)
        #expect(Set(nodes.map(\.id)).count == nodes.count)
        // n leaves and the complete subtrees over them: n - popcount(n) inner nodes.
        #expect(nodes.count == 200 + 200 - 200.nonzeroBitCount)
    }

    @Test("a tree is opened from its stored nodes at any size")
    func opening() throws {
        let stored = Self.stored(Self.many)
        var grown = CompactRange()
        for (index, leaf) in Self.many.enumerated() {
            #expect(try CompactRange(size: index, fetch: stored.fetch) == grown)
            grown.append(leaf)
        }
        #expect(throws: AuditError.self) { try CompactRange(size: -1) { _ in [] } }
        #expect(throws: StoredTree.Missing.self) { try CompactRange(size: 3) { _ in throw StoredTree.Missing() } }
        #expect(Array(MerkleNodeID.covering(0..<0)).isEmpty)
        #expect(Array(MerkleNodeID.covering(0..<Int.max)).count == 63)
    }

    @Test("proofs of random leaves of larger trees are those of the RFC's definition, and are fetched at once")
    func largerInclusion() throws {
        var generator = SeededGenerator(seed: 41)
        let leaves = (0..<20_000).map { MerkleHash.leaf([UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)]) }
        let stored = Self.stored(leaves)
        let reference = ReferenceTree(leaves)
        var fetches = 0
        let tree = MerkleTree(size: leaves.count) { ids in
            fetches += 1
            return try stored.fetch(ids)
        }
        for _ in 0..<300 {
            let size = Int.random(in: 201...leaves.count, using: &generator)
            let index = Int.random(in: 0..<size, using: &generator)
            let proof = try tree.inclusionProof(index: index, size: size)
            #expect(proof.hashes == reference.path(index, 0..<size))
            #expect(proof.proves(leaf: leaves[index], root: reference.root(0..<size)))
        }
        #expect(fetches == 300)
    }

    @Test("every node has a place of its own, a parent's between its children's")
    func positions() throws {
        var range = CompactRange()
        let nodes = range.append(Self.many)
        #expect(Set(nodes.map(\.id.position)).count == nodes.count)
        for (level, index) in [(1, 0), (1, 99), (3, 7), (40, 2)] {
            let parent = MerkleNodeID(level: level, index: index).position
            let left = MerkleNodeID(level: level - 1, index: 2 * index).position
            let right = MerkleNodeID(level: level - 1, index: 2 * index + 1).position
            #expect(left + right == 2 * parent && right - left == 1 << level)
        }
        #expect((0..<5).map { MerkleNodeID(level: 0, index: $0).position } == [0, 2, 4, 6, 8])
    }

    @Test("what is outside of the tree is refused")
    func outside() throws {
        let tree = Self.stored(Array(Self.many.prefix(5))).tree
        #expect(throws: AuditError.self) { try tree.root(size: 6) }
        #expect(throws: AuditError.self) { try tree.root(size: -1) }
        #expect(throws: AuditError.self) { try tree.inclusionProof(index: 5, size: 5) }
        #expect(throws: AuditError.self) { try tree.inclusionProof(index: -1, size: 5) }
        #expect(throws: AuditError.self) { try tree.inclusionProof(index: 0, size: 6) }
        #expect(throws: AuditError.self) { try tree.consistencyProof(from: 4, to: 6) }
        #expect(throws: AuditError.self) { try tree.consistencyProof(from: 4, to: 3) }
        #expect(throws: AuditError.self) { try tree.consistencyProof(from: -1, to: 3) }
    }

    @Test("a hash is read from its one form only")
    func hashForms() throws {
        let hash = MerkleHash.leaf([1, 2, 3])
        #expect(MerkleHash(bytes: hash.bytes) == hash)
        #expect(MerkleHash(hex: hash.hex) == hash)
        #expect(MerkleHash(base64: hash.base64) == hash)
        #expect(hash.bytes.count == 32)
        #expect(MerkleHash(hex: hash.hex.uppercased()) == nil)
        #expect(MerkleHash(hex: hash.hex.dropLast()) == nil)
        #expect(MerkleHash(hex: hash.hex + "00") == nil)
        #expect(MerkleHash(base64: hash.base64.dropLast()) == nil)
        #expect(MerkleHash(base64: " " + hash.base64) == nil)
        #expect(MerkleHash(bytes: [1, 2]) == nil)
    }
}

import AuditTrail
import Crypto
import Foundation
import Persistence

extension Workload {
    /// Proofs that random records are in the log: made from nodes in memory, verified, and made from the database.
    ///
    /// The limit is as many SHA-256 hashes of two nodes as the tree is high.
    static let inclusionProof = Workload(
        "inclusion-proof", area: "Audit log", title: "a proof of inclusion, 1k and 10M leaves"
    ) { bench in
        var all: [ProofTimes] = []
        for size in bench.sizes([1_000, 10_000_000]) {
            let times = try await ProofTimes.measure(size: size, bench)
            let references = [Reference("log2 n hashes", times.hashes.median * 1e6)]
            for (name, samples) in times.measures {
                bench.record(
                    name, size: size, unit: "µs", samples.median * 1e6, samples: samples.seconds.map { $0 * 1e6 },
                    goal: .atMost(10), references: references)
            }
            all.append(times)
        }
        guard all.count > 1, let first = all.first?.measures, let last = all.last?.measures else { return }
        for (small, large) in zip(first, last) {
            bench.record(
                "\(small.name), largest against smallest", unit: "", large.samples.median / small.samples.median,
                goal: .atMost(2.5))
        }
    }
}

/// Seconds a proof.
struct ProofTimes {
    let hashes: Samples
    let measures: [(name: String, samples: Samples)]

    /// So many proofs are one sample: one alone is too short for the clock.
    private static let batch = 10_000

    static func measure(size: Int, _ bench: Bench) async throws -> ProofTimes {
        let tree = LogTree(size: size)
        var random = SplitMix(seed: 3)
        let places = (0..<batch).map { _ in random.below(size) }
        let inMemory = tree.tree
        let root = try inMemory.root(size: size)
        let proofs = try places.map { try inMemory.inclusionProof(index: $0, size: size) }
        let leaves = places.map { LogTree.leaf($0) }

        let made = try await each(bench) {
            for place in places { keep(try inMemory.inclusionProof(index: place, size: size)) }
        }
        let verified = try await each(bench) {
            for (leaf, proof) in zip(leaves, proofs) where !proof.proves(leaf: leaf, root: root) {
                throw EnterpriseError(description: "the proof of \(proof.index) proves nothing")
            }
        }
        let height = Int.bitWidth - (size - 1).leadingZeroBitCount
        let block = [UInt8](repeating: 7, count: 65)
        let hashes = await each(bench) {
            for _ in 0..<(batch * height) { keep(SHA256.hash(data: block)) }
        }
        let stored = try await fromDatabase(tree, places, proofs)
        return ProofTimes(
            hashes: hashes,
            measures: [
                ("made, nodes in memory", made), ("verified", verified), ("made, nodes read from SQLite", stored),
            ])
    }

    private static func each(_ bench: Bench, _ work: () async throws -> Void) async rethrows -> Samples {
        Samples(try await bench.seconds(.cpu, work).seconds.map { $0 / Double(batch) })
    }

    /// All within one read: what a transaction costs by itself is no part of it.
    private static func fromDatabase(
        _ tree: LogTree, _ places: [Int], _ proofs: [InclusionProof]
    ) async throws -> Samples {
        let folder = try BenchFolder()
        let database = try await SQLiteDatabase.open(folder.path("tenure.db"))
        try await Schema.migrate(database, at: WallClock().now())
        try await tree.write(to: database)
        let seconds = try await database.read { session in
            let stored = try AuditLog(session).tree()
            guard
                try places.prefix(100).map({ try stored.inclusionProof(index: $0, size: tree.size) })
                    == Array(proofs.prefix(100))
            else { throw EnterpriseError(description: "the database makes other proofs") }
            return try (0..<6).map { _ in
                let start = Stopwatch.cpu.seconds
                for place in places { keep(try stored.inclusionProof(index: place, size: tree.size)) }
                return Stopwatch.cpu.seconds - start
            }
        }
        await database.close()
        return Samples(seconds.dropFirst().map { $0 / Double(batch) })
    }
}

/// A log's tree, all nodes at their places.
struct LogTree: Sendable {
    let size: Int
    private var nodes: [MerkleHash]

    init(size: Int) {
        self.size = size
        nodes = [MerkleHash](repeating: .emptyRoot, count: 2 * size)
        var range = CompactRange()
        for index in 0..<size { range.append(Self.leaf(index)) { nodes[$0.id.position] = $0.hash } }
    }

    static func leaf(_ index: Int) -> MerkleHash { .leaf(withUnsafeBytes(of: index.bigEndian) { Array($0) }) }

    var tree: MerkleTree { MerkleTree(size: size) { ids in ids.map { nodes[$0.position] } } }

    /// Writes the tree as the log's. Of the records there is only the last one, by which the log knows its size: a proof
    /// reads none.
    func write(to database: any Database) async throws {
        for start in stride(from: 0, to: nodes.count, by: 1 << 18) {
            let positions = start..<min(start + (1 << 18), nodes.count)
            try await database.write { session in
                let rows = positions.filter { nodes[$0] != .emptyRoot }
                    .map { [SQLValue.int($0), .blob(nodes[$0].bytes)] }
                try session.insert(into: "audit_tree (position, hash)", rows)
            }
        }
        try await database.write { session in
            try session.execute(
                "INSERT INTO audit_leaves (seq, at, type, actor, leaf) VALUES ($1, 0, 'bench', 'bench', '{}')",
                [.int(size - 1)])
        }
    }
}

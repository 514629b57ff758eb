import AccessModel
import StrictJSON

@testable import AuditTrail

/// A small log with checkpoints, as the engine would write it.
struct SampleLog {
    static let origin = "example.com/tenure"
    /// Where checkpoints stand in a log of 50 records; one of them covers a single record more than the one before.
    static let checkpointSizes = [1, 5, 12, 13, 20, 28, 35, 42, 50]

    let signer: CheckpointSigner
    var leaves: [[UInt8]] = []
    var hashes: [MerkleHash] = []
    var notes: [Int: String] = [:]
    var tree = StoredTree()

    init(records: Int = 50, checkpoints: [Int] = checkpointSizes, variant: Int = 0, key: UInt8 = 42) throws {
        signer = try CheckpointSigner(name: Self.origin, seed: [UInt8](repeating: key, count: 32))
        if checkpoints.contains(0) { notes[0] = try note() }
        for seq in 0..<records {
            let leaf = Self.entry(seq, variant: variant).canonicalBytes
            leaves.append(leaf)
            hashes.append(.leaf(leaf))
            tree.append([hashes[seq]])
            if checkpoints.contains(seq + 1) { notes[seq + 1] = try note() }
        }
    }

    var verifier: CheckpointVerifier { signer.verifier }

    func note() throws -> String {
        try signer.sign(Checkpoint(origin: Self.origin, size: tree.range.size, root: tree.range.root)).encoded
    }

    /// The checkpoint that was signed at `size`.
    func checkpoint(_ size: Int) throws -> Checkpoint {
        try verifier.checkpoint(notes[size] ?? "")
    }

    /// Records of variant 1 differ from record 20 on.
    static func entry(_ seq: Int, variant: Int = 0) -> Entry {
        let at = Instant(milliseconds: 1_795_000_000_000 + Int64(seq) * 1_000)
        let context = RecordContext(
            at: at, actor: "tenure", subject: "e-00\(10 + seq)", caseID: seq % 3 == 0 ? nil : "c-\(seq / 5)")
        let target = variant == 1 && seq >= 20 ? "other" : "corp"
        return Entry(
            seq: seq,
            record: Record(
                at: context.at, type: "target.observed", actor: context.actor, subject: context.subject,
                caseID: context.caseID,
                body: ["target": .string(target), "name": "Zoë \"Z\" \\ \n", "facts": .int(seq)]))
    }

    /// The lines of its export, without their line feeds.
    func lines() throws -> [[UInt8]] {
        try export().split(separator: lineFeed).map(Array.init)
    }

    func export() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try write { bytes.append(contentsOf: $0) }
        return bytes
    }

    func write(to sink: @escaping ([UInt8]) -> Void) throws {
        var export = try AuditExport(origin: Self.origin, sink: sink)
        if let note = notes[0] { try export.checkpoint(note) }
        for (seq, leaf) in leaves.enumerated() {
            try export.record(leaf: leaf, hash: hashes[seq])
            if let note = notes[seq + 1] { try export.checkpoint(note) }
        }
        try export.finish()
    }

    func verify(_ lines: [[UInt8]], held: Checkpoint? = nil) -> VerificationReport {
        OfflineVerifier.verify(lines.flatMap { $0 + [lineFeed] }, verifier: verifier, held: held)
    }

    /// A leaf with one word exchanged; whether its hash is made to fit is the caller's choice.
    func edited(_ seq: Int) -> [UInt8] {
        Array(String(decoding: leaves[seq], as: UTF8.self).replacing("corp", with: "cXrp").utf8)
    }
}

/// Which record stands on a line of an export.
func recordNumber(of line: [UInt8]) -> Int? {
    guard case .record(_, let leaf)? = ExportLine(line[...]) else { return nil }
    do { return try Entry(leaf: leaf).seq } catch { return nil }
}

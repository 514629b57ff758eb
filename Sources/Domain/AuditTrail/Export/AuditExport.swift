import StrictJSON

/// Writes a log as a file that can be verified with nothing but itself and the public key
/// (docs/reference/audit-log.md).
///
/// The caller hands over every record from 0 in order, and every stored checkpoint right after the last record that
/// it covers. What is stored is written as it is: the leaf's bytes and the leaf's hash as the database has them, so
/// that a difference between the two shows up in the verifier.
public struct AuditExport {
    public static let format = "tenure-audit/v1"
    /// Chunks are handed over once they reach this many bytes.
    public static let chunkLength = 1 << 16

    private let sink: ([UInt8]) throws -> Void
    private var chunk: [UInt8] = []
    public private(set) var records = 0
    public private(set) var checkpoints = 0

    /// - Parameter sink: Takes the file's bytes, chunk after chunk; what it throws is passed on.
    public init(origin: String, sink: @escaping ([UInt8]) throws -> Void) throws {
        self.sink = sink
        let header: JSONValue = ["format": .string(Self.format), "origin": .string(origin)]
        try line(header.canonicalBytes)
    }

    /// The next record: its leaf as it is stored, and its hash as it is stored.
    public mutating func record(leaf: [UInt8], hash: MerkleHash) throws {
        try line(ExportLine.recordStart + Array(hash.base64.utf8) + ExportLine.recordMiddle + leaf + [closingBrace])
        records += 1
    }

    /// A stored checkpoint: the whole signed note.
    public mutating func checkpoint(_ note: String) throws {
        let json: JSONValue = ["checkpoint": .string(note)]
        try line(json.canonicalBytes)
        checkpoints += 1
    }

    /// Writes the last line and hands over what is left. Nothing may be written afterwards.
    public mutating func finish() throws {
        try line(ExportLine.end(checkpoints: checkpoints, records: records))
        if !chunk.isEmpty { try sink(chunk) }
        chunk = []
    }

    private mutating func line(_ bytes: [UInt8]) throws {
        chunk.append(contentsOf: bytes)
        chunk.append(lineFeed)
        guard chunk.count >= Self.chunkLength else { return }
        try sink(chunk)
        chunk.removeAll(keepingCapacity: true)
    }
}

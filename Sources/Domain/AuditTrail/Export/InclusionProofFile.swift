import StrictJSON

/// A record with the proof that it is in the log, as a file of its own (`tenure audit prove`):
/// `{"checkpoint", "format": "tenure-proof/v1", "hashes", "leaf", "seq", "size"}` in canonical form and a line feed.
public struct InclusionProofFile: Hashable, Sendable {
    public static let format = "tenure-proof/v1"

    public let entry: Entry
    public let proof: InclusionProof
    /// The signed note of the checkpoint whose root the proof leads to.
    public let checkpoint: String

    /// The caller vouches that `proof` is that of `entry` in the tree of `checkpoint`; ``verify(_:)`` checks it.
    public init(entry: Entry, proof: InclusionProof, checkpoint: String) {
        self.entry = entry
        self.proof = proof
        self.checkpoint = checkpoint
    }

    public var json: JSONValue {
        [
            "checkpoint": .string(checkpoint), "format": .string(Self.format),
            "hashes": .array(proof.hashes.map { .string($0.base64) }), "leaf": entry.json,
            "seq": .int(proof.index), "size": .int(proof.size),
        ]
    }

    /// The file's bytes.
    public var encoded: [UInt8] { json.canonicalBytes + [lineFeed] }

    /// Reads what ``encoded`` wrote, and nothing else. Nothing is verified yet.
    public init(_ bytes: some Collection<UInt8>) throws(AuditError) {
        let json: JSONValue
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            throw Self.refusal("it is not JSON: \(error)")
        }
        let hashes = json["hashes"]?.array?.map { $0.string.flatMap { MerkleHash(base64: $0) } } ?? []
        guard json["format"]?.string == Self.format, let entry = json["leaf"].flatMap({ Entry(json: $0) }),
            let seq = json["seq"]?.integer, let size = json["size"]?.integer,
            let checkpoint = json["checkpoint"]?.string, hashes.count <= Int.bitWidth
        else { throw Self.refusal("it is not of the form `\(Self.format)`") }
        self.entry = entry
        proof = InclusionProof(index: Int(seq), size: Int(size), hashes: hashes.compactMap { $0 })
        self.checkpoint = checkpoint
        guard encoded.elementsEqual(bytes) else { throw Self.refusal("it is not in canonical form (RFC 8785)") }
    }

    /// The checkpoint of the log that the record is in, once everything fits: the signature, the size, the record's
    /// number and the way from its leaf to the signed root.
    public func verify(_ verifier: CheckpointVerifier) throws(AuditError) -> Checkpoint {
        let checkpoint = try verifier.checkpoint(self.checkpoint)
        guard entry.seq == proof.index else {
            throw Self.failure("the proof is of record \(proof.index), the record is number \(entry.seq)")
        }
        guard checkpoint.size == proof.size else {
            throw Self.failure("the proof is for \(proof.size) records, the checkpoint for \(checkpoint.size)")
        }
        guard proof.proves(leaf: entry.leafHash, root: checkpoint.root) else {
            throw Self.failure("record \(entry.seq) does not lead to the signed root")
        }
        return checkpoint
    }

    private static func refusal(_ message: String) -> AuditError {
        AuditError(code: .proof, operation: "read a proof", message: message)
    }

    private static func failure(_ message: String) -> AuditError {
        AuditError(code: .proof, operation: "verify a proof", message: message)
    }
}

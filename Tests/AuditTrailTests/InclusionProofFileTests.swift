import AccessModel
import Testing

@testable import AuditTrail

@Suite("Inclusion proof file")
struct InclusionProofFileTests {
    private static func file(_ log: SampleLog, seq: Int, size: Int) throws -> InclusionProofFile {
        InclusionProofFile(
            entry: SampleLog.entry(seq), proof: try log.tree.tree.inclusionProof(index: seq, size: size),
            checkpoint: log.notes[size] ?? "")
    }

    @Test("every record of a log is proven by a file and the public key")
    func every() throws {
        let log = try SampleLog()
        for size in SampleLog.checkpointSizes {
            for seq in 0..<size {
                let file = try Self.file(log, seq: seq, size: size)
                let read = try InclusionProofFile(file.encoded)
                #expect(read == file)
                #expect(try read.verify(log.verifier) == (try log.checkpoint(size)))
            }
        }
    }

    @Test("a file with any byte changed, lost or added is refused")
    func everyByte() throws {
        let log = try SampleLog()
        let bytes = try Self.file(log, seq: 17, size: 50).encoded
        func isRefused(_ bytes: [UInt8]) -> Bool {
            do {
                _ = try InclusionProofFile(bytes).verify(log.verifier)
                return false
            } catch { return true }
        }
        #expect(!isRefused(bytes))
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                #expect(isRefused(changed), "byte \(index), bit \(bit)")
            }
            #expect(isRefused(Array(bytes[..<index])))
            #expect(isRefused(bytes[..<index] + [UInt8(ascii: " ")] + bytes[index...]))
        }
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let mutated = mutate(bytes, using: &generator)
            #expect(isRefused(mutated) == (mutated != bytes))
        }
    }

    @Test("parts that do not belong together are refused")
    func mismatched() throws {
        let log = try SampleLog()
        let good = try Self.file(log, seq: 17, size: 50)
        let other = try Self.file(log, seq: 18, size: 50)
        let smaller = try Self.file(log, seq: 17, size: 20)
        let foreign = try SampleLog(key: 43)
        let files = [
            InclusionProofFile(entry: other.entry, proof: good.proof, checkpoint: good.checkpoint),
            InclusionProofFile(entry: good.entry, proof: other.proof, checkpoint: good.checkpoint),
            InclusionProofFile(entry: good.entry, proof: good.proof, checkpoint: smaller.checkpoint),
            InclusionProofFile(entry: good.entry, proof: smaller.proof, checkpoint: good.checkpoint),
            InclusionProofFile(entry: good.entry, proof: good.proof, checkpoint: foreign.notes[50] ?? ""),
            InclusionProofFile(entry: good.entry, proof: good.proof, checkpoint: ""),
            InclusionProofFile(
                entry: SampleLog.entry(21, variant: 1), proof: try Self.file(log, seq: 21, size: 50).proof,
                checkpoint: good.checkpoint),
        ]
        for file in files {
            #expect(throws: AuditError.self) { try InclusionProofFile(file.encoded).verify(log.verifier) }
        }
    }
}

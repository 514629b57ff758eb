import AccessModel
import StrictJSON
import Testing

@testable import AuditTrail

@Suite("Export and offline verifier")
struct ExportTests {
    @Test("a genuine log is accepted, by whatever chunks it comes")
    func genuine() throws {
        let log = try SampleLog()
        let bytes = try log.export()
        let report = try OfflineVerifier.verify(bytes, vkey: log.verifier.vkey, held: log.notes[12])
        #expect(report.isGenuine)
        #expect(report.records == 50)
        #expect(report.proven == 50)
        #expect(report.checkpoint == (try log.checkpoint(50)))
        #expect(report.firstAt == SampleLog.entry(0).record.at)
        #expect(report.lastAt == SampleLog.entry(49).record.at)
        #expect(report.backwards == 0)
        for size in [1, 7, 64, 1_000] {
            var verifier = OfflineVerifier(verifier: log.verifier)
            for start in stride(from: 0, to: bytes.count, by: size) {
                verifier.consume(bytes[start..<min(start + size, bytes.count)])
            }
            #expect(verifier.finish() == report)
        }
        for size in log.notes.keys {
            let held = try log.checkpoint(size)
            #expect(OfflineVerifier.verify(bytes, verifier: log.verifier, held: held) == report)
        }
    }

    @Test("the first lines of the file are as documented")
    func form() throws {
        let log = try SampleLog(records: 1, checkpoints: [1])
        let lines = try log.lines().map { String(decoding: $0, as: UTF8.self) }
        #expect(lines.count == 4)
        #expect(lines[0] == #"{"format":"tenure-audit/v1","origin":"example.com/tenure"}"#)
        #expect(
            lines[1]
                == #"{"hash":"\#(log.hashes[0].base64)","leaf":\#(String(decoding: log.leaves[0], as: UTF8.self))}"#)
        #expect(lines[2].hasPrefix(#"{"checkpoint":"example.com/tenure\n1\n"#))
        #expect(lines[3] == #"{"end":{"checkpoints":1,"size":1}}"#)
    }

    @Test("a long log is handed over in chunks")
    func chunks() throws {
        let log = try SampleLog(records: 600, checkpoints: [600])
        var chunks: [[UInt8]] = []
        let sink = Sink()
        try log.write { sink.chunks.append($0) }
        chunks = sink.chunks
        #expect(chunks.count > 1)
        #expect(chunks.allSatisfy { $0.count < AuditExport.chunkLength + 4_096 })
        #expect(OfflineVerifier.verify(chunks.flatMap { $0 }, verifier: log.verifier).isGenuine)
    }

    private final class Sink {
        var chunks: [[UInt8]] = []
    }

    @Test("an empty log is genuine once its emptiness is signed")
    func empty() throws {
        let log = try SampleLog(records: 0, checkpoints: [0])
        #expect(log.verify(try log.lines()).isGenuine)
        #expect(
            log.verify([try log.lines()[0], Array(#"{"end":{"checkpoints":0,"size":0}}"#.utf8)]).finding?.code
                == .checkpoint)
    }

    @Test("no byte of a log can be changed, and a changed record is named", arguments: 0..<4)
    func everyByte(part: Int) throws {
        let log = try SampleLog()
        let lines = try log.lines()
        var before = OfflineVerifier(verifier: log.verifier)
        for (index, line) in lines.enumerated() {
            defer { before.consume(line + [lineFeed]) }
            guard index % 4 == part else { continue }
            let number = recordNumber(of: line)
            let rest = lines[(index + 1)...].flatMap { $0 + [lineFeed] }
            for place in 0...line.count {
                var changed = line + [lineFeed]
                changed[place] ^= 1 << UInt8((place + index) % 8)
                var verifier = before
                verifier.consume(changed)
                verifier.consume(rest)
                let finding = verifier.finish().finding
                #expect(finding != nil, "line \(index + 1), byte \(place)")
                if let number {
                    #expect(finding?.record == number, "line \(index + 1), byte \(place): \(finding?.text ?? "")")
                    #expect(finding?.line == index + 1)
                }
            }
        }
    }

    @Test("a record that is changed in place is named exactly, and the signed root proves which")
    func changedLeaf() throws {
        let log = try SampleLog()
        for seq in log.leaves.indices {
            var forged = log
            forged.leaves[seq] = log.edited(seq)
            let report = log.verify(try forged.lines())
            #expect(report.finding?.record == seq)
            #expect(report.finding?.code == .record)
            #expect(
                report.finding?.message
                    == "its leaf does not have the hash that stands beside it; the signed root proves the hash")
            #expect(report.proven == SampleLog.checkpointSizes.last { $0 <= seq } ?? 0)
        }
    }

    @Test("a hash that is changed beside a genuine leaf is told apart")
    func changedHash() throws {
        var log = try SampleLog()
        log.hashes[17] = log.hashes[3]
        let finding = log.verify(try log.lines()).finding
        #expect(finding?.record == 17)
        #expect(finding?.message == "the hash beside it was changed, its leaf is genuine")
    }

    @Test("a record that is changed together with its hash is found between two checkpoints")
    func changedLeafAndHash() throws {
        let log = try SampleLog()
        for seq in log.leaves.indices {
            var forged = log
            forged.leaves[seq] = log.edited(seq)
            forged.hashes[seq] = .leaf(forged.leaves[seq])
            let report = log.verify(try forged.lines())
            let start = SampleLog.checkpointSizes.last { $0 <= seq } ?? 0
            let end = try #require(SampleLog.checkpointSizes.first { $0 > seq })
            #expect(report.finding?.code == .root)
            #expect(report.proven == start)
            if end - start == 1 {
                #expect(report.finding?.record == seq)
            } else {
                #expect(report.finding?.range == start...(end - 1))
            }
        }
    }

    @Test("a checkpoint that the reader holds narrows the place down")
    func heldNarrows() throws {
        let log = try SampleLog(records: 50, checkpoints: [10, 30, 50])
        let held = try SampleLog(records: 50, checkpoints: [20]).checkpoint(20)
        var forged = log
        forged.leaves[15] = log.edited(15)
        forged.hashes[15] = .leaf(forged.leaves[15])
        #expect(log.verify(try forged.lines()).finding?.range == 10...29)
        #expect(log.verify(try forged.lines(), held: held).finding?.range == 10...19)
        #expect(log.verify(try log.lines(), held: held).isGenuine)
    }

    @Test("two changed records: the first that can be seen is named, and what else may be is said")
    func twoChanges() throws {
        var forged = try SampleLog()
        forged.leaves[30] = forged.edited(30)
        forged.leaves[33] = forged.edited(33)
        #expect(forged.verify(try forged.lines()).finding?.record == 30)
        forged.hashes[29] = forged.hashes[1]
        forged.leaves[29] = forged.edited(29)
        let finding = forged.verify(try forged.lines()).finding
        #expect(finding?.record == 29)
        #expect(finding?.message.contains("other records from 28 to 34 may have been changed too") == true)
    }

    @Test("every line that is taken out, doubled, moved or put in is noticed, and the record named")
    func everyLine() throws {
        let log = try SampleLog()
        let lines = try log.lines()
        for (index, line) in lines.enumerated() {
            let number = recordNumber(of: line)
            var without = lines
            without.remove(at: index)
            let missing = log.verify(without)
            #expect(!missing.isGenuine, "without line \(index + 1)")
            if let number { #expect(missing.finding?.record == number, "without record \(number)") }

            let doubled = log.verify(Array(lines[...index]) + Array(lines[index...]))
            #expect(!doubled.isGenuine, "line \(index + 1) twice")
            if let number {
                #expect(doubled.finding?.record == number)
                #expect(doubled.finding?.code == .duplicate)
            }
            if index + 1 < lines.count {
                var swapped = lines
                swapped.swapAt(index, index + 1)
                let moved = log.verify(swapped)
                #expect(!moved.isGenuine, "line \(index + 1) after the next")
                if let number { #expect(moved.finding?.record == number) }
            }
            for strange in ["", " ", "{}", "null", "{\"hash\":\"\"}", "{\"leaf\":{}}"] {
                let inserted = log.verify(Array(lines[..<index]) + [Array(strange.utf8)] + Array(lines[index...]))
                #expect(inserted.finding?.line == index + 1)
            }
            #expect(!log.verify(lines + [line]).isGenuine, "line \(index + 1) again at the end")
        }
    }

    @Test("a record of the forger's own between two others is found")
    func inserted() throws {
        let log = try SampleLog()
        let lines = try log.lines()
        for seq in log.leaves.indices {
            let leaf = log.edited(seq)
            let fake =
                ExportLine.recordStart + Array(MerkleHash.leaf(leaf).base64.utf8) + ExportLine.recordMiddle + leaf + [
                    closingBrace
                ]
            let place = try #require(lines.firstIndex { recordNumber(of: $0) == seq })
            let report = log.verify(Array(lines[..<place]) + [fake] + Array(lines[place...]))
            #expect(report.finding?.record == seq)
            #expect(report.finding?.code == .duplicate)
        }
    }

    @Test("a file cut anywhere is refused")
    func truncated() throws {
        let log = try SampleLog(records: 12, checkpoints: [5, 12])
        let bytes = try log.export()
        var verifier = OfflineVerifier(verifier: log.verifier)
        for place in bytes.indices {
            var cut = verifier
            let report = cut.finish()
            #expect(report.finding?.code == .truncated, "cut at \(place)")
            verifier.consume(bytes[place...place])
        }
        #expect(verifier.finish().isGenuine)
    }

    @Test("a log cut back to an older checkpoint is noticed by who holds a newer one")
    func cutBack() throws {
        let log = try SampleLog()
        let older = try SampleLog(records: 28)
        let report = log.verify(try older.lines(), held: try log.checkpoint(42))
        #expect(report.finding?.code == .behind)
        #expect(report.finding?.record == 28)
        #expect(report.proven == 28)
        // Without one it is what it was then.
        #expect(log.verify(try older.lines()).isGenuine)
    }

    @Test("records behind the last checkpoint are not vouched for")
    func uncovered() throws {
        let log = try SampleLog(records: 50, checkpoints: [42])
        let finding = log.verify(try log.lines()).finding
        #expect(finding?.code == .checkpoint)
        #expect(finding?.range == 42...49)
    }

    @Test("two histories under one key are told by the checkpoint that the reader holds")
    func forked() throws {
        let one = try SampleLog()
        let two = try SampleLog(variant: 1)
        #expect(two.verify(try two.lines()).isGenuine)
        #expect(two.verify(try two.lines(), held: try one.checkpoint(20)).isGenuine)
        for size in [28, 35, 42, 50] {
            let report = two.verify(try two.lines(), held: try one.checkpoint(size))
            #expect(report.finding?.code == .forked)
            #expect(report.finding?.range == 0...(size - 1))
            #expect(report.proven == 0)
        }
    }

    @Test("a log of another key or another name is refused")
    func otherKeys() throws {
        let log = try SampleLog()
        let other = try SampleLog(key: 43)
        #expect(other.verify(try log.lines()).finding?.code == .signature)
        let named = try CheckpointSigner(name: "example.com/other", seed: [UInt8](repeating: 42, count: 32))
        #expect(OfflineVerifier.verify(try log.export(), verifier: named.verifier).finding?.code == .header)
        #expect(throws: AuditError.self) { try OfflineVerifier.verify(try log.export(), vkey: "nonsense") }
        #expect(throws: AuditError.self) {
            try OfflineVerifier.verify(try log.export(), vkey: log.verifier.vkey, held: other.notes[12])
        }
    }

    @Test("a log rewritten as a whole, under the key's name and id but another key's signatures, is refused")
    func resigned() throws {
        let log = try SampleLog()
        var forged = try SampleLog(variant: 1, key: 43)
        for (size, text) in forged.notes {
            let note = try SignedNote(text)
            let lines = note.signatures.map {
                SignedNote.Signature(name: $0.name, keyID: log.verifier.keyID, bytes: $0.bytes)
            }
            forged.notes[size] = SignedNote(text: note.text, signatures: lines).encoded
        }
        let report = log.verify(try forged.lines())
        #expect(report.finding?.code == .signature)
        #expect(report.finding?.line == 3)
        #expect(report.proven == 0)
    }

    @Test("a clock that went back is reported and is no forgery")
    func clock() throws {
        var log = try SampleLog(records: 0, checkpoints: [])
        for (seq, second) in [5, 6, 3, 4, 2].enumerated() {
            let record = Record(at: Instant(milliseconds: Int64(second) * 1_000), type: "x", actor: "tenure")
            let leaf = Entry(seq: seq, record: record).canonicalBytes
            log.leaves.append(leaf)
            log.hashes.append(.leaf(leaf))
            log.tree.append([.leaf(leaf)])
        }
        log.notes[5] = try log.note()
        let report = log.verify(try log.lines())
        #expect(report.isGenuine)
        #expect(report.backwards == 2)
        #expect(report.firstBackwards == 2)
        #expect(report.text.contains("the clock went back 2 times, first at record 2"))
    }

    @Test("a leaf that is no record is refused even with its right hash and a signature")
    func strangeLeaves() throws {
        let good = String(decoding: SampleLog.entry(0).canonicalBytes, as: UTF8.self)
        let leaves = [
            "{}", "[]", "null", "1", "\"x\"", "", " " + good, good + " ",
            good.replacing("\"v\":1", with: "\"v\":2"), good.replacing(",\"v\":1", with: ""),
            good.replacing("\"v\":1", with: "\"v\":1,\"w\":1"), good.replacing("\"v\":1", with: "\"v\":1.0"),
            good.replacing("\"seq\":0", with: "\"seq\":-1"), good.replacing("\"seq\":0", with: "\"seq\":\"0\""),
            good.replacing("\"actor\":\"tenure\"", with: "\"actor\":\"\""),
            good.replacing("\"actor\":\"tenure\"", with: "\"actor\":null"),
            good.replacing("\"case\":null", with: "\"case\":0"), good.replacing("\"facts\":0", with: "\"facts\":0.0"),
        ]
        for text in leaves where text != good {
            var log = try SampleLog(records: 0, checkpoints: [])
            log.leaves = [Array(text.utf8)]
            log.hashes = [.leaf(log.leaves[0])]
            log.tree.append(log.hashes)
            log.notes[1] = try log.note()
            let finding = log.verify(try log.lines()).finding
            #expect(finding?.record == 0, "\(text)")
        }
        #expect(leaves.count { $0 == good } == 0)
    }

    @Test("entries are handed over as they are read")
    func entries() throws {
        let log = try SampleLog()
        let sink = Entries()
        var verifier = OfflineVerifier(verifier: log.verifier) { sink.entries.append($0) }
        verifier.consume(try log.export())
        #expect(verifier.finish().isGenuine)
        #expect(sink.entries == (0..<50).map { SampleLog.entry($0) })
    }

    private final class Entries {
        var entries: [Entry] = []
    }

    @Test("a line without an end is refused without being kept")
    func endless() throws {
        let log = try SampleLog(records: 1, checkpoints: [1])
        var verifier = OfflineVerifier(verifier: log.verifier)
        let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 22)
        for _ in 0..<6 { verifier.consume(chunk) }
        #expect(verifier.finish().finding?.message == "the line is longer than 16 MiB")
    }

    @Test("the report says in words and in JSON what it found")
    func reports() throws {
        let log = try SampleLog()
        let good = log.verify(try log.lines())
        #expect(good.text.hasPrefix("genuine: 50 records of example.com/tenure\nroot "))
        #expect(good.json["genuine"] == true)
        #expect(good.json["first_bad"] == .null)
        var forged = log
        forged.leaves[17] = log.edited(17)
        let bad = log.verify(try forged.lines())
        #expect(bad.text.hasPrefix("NOT GENUINE: record 17, line 23: its leaf does not have the hash"))
        #expect(bad.text.contains("records 0 to 12 are genuine"))
        #expect(bad.json["first_bad"]?["record"] == 17)
        #expect(bad.json["first_bad"]?["line"] == 23)
        #expect(bad.json["proven"] == 13)
    }

    @Test("mutated exports never crash and are never accepted as another log")
    func fuzz() throws {
        let log = try SampleLog(records: 9, checkpoints: [4, 9])
        let bytes = try log.export()
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<1_500 {
            let mutated = mutate(bytes, using: &generator)
            let report = OfflineVerifier.verify(mutated, verifier: log.verifier)
            #expect(report.isGenuine == (mutated == bytes))
            #expect(!report.text.isEmpty)
        }
    }
}

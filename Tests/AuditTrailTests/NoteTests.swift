import AccessModel
import Testing

@testable import AuditTrail

@Suite("Signed notes and checkpoints")
struct NoteTests {
    // The published example of Go's sumdb/note.
    static let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let skey = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    static let text =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    static let signature =
        "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    static let other =
        "\u{2014} EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
    static let note = text + "\n" + signature

    private func verified(_ note: String) throws -> String {
        try CheckpointVerifier(vkey: Self.vkey).verify(SignedNote(note))
    }

    private func isRefused(_ note: [UInt8]) -> Bool {
        do {
            _ = try CheckpointVerifier(vkey: Self.vkey).verify(SignedNote(note))
            return false
        } catch { return true }
    }

    @Test("the published note is verified, signed and written as published")
    func published() throws {
        #expect(try verified(Self.note) == Self.text)
        let signer = try CheckpointSigner(encoded: SecretText(Self.skey))
        #expect(signer.verifier.vkey == Self.vkey)
        #expect(signer.encoded.reveal() == Self.skey)
        #expect(try signer.sign(text: Self.text).encoded == Self.note)
        let own = try CheckpointVerifier(vkey: "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop")
        #expect(try own.verify(SignedNote(Self.note + Self.other)) == Self.text)
    }

    @Test("signatures of others are passed over, wherever they stand")
    func unknownSignatures() throws {
        #expect(try verified(Self.text + "\n" + Self.signature + Self.other) == Self.text)
        #expect(try verified(Self.text + "\n" + Self.other + Self.signature) == Self.text)
        // The same name with another id, and the same id with another name, are other keys.
        let renamed = Self.signature.replacing("PeterNeumann", with: "PeterNeuman")
        let another = "\u{2014} PeterNeumann " + Base64.encode([1, 2, 3, 4] + [UInt8](repeating: 0, count: 64)) + "\n"
        #expect(try verified(Self.note + renamed + another) == Self.text)
        #expect(isRefused(Array((Self.text + "\n" + Self.other).utf8)))
        #expect(isRefused(Array((Self.text + "\n" + renamed).utf8)))
    }

    @Test("a bad signature of the key refuses the note, even beside a good one")
    func badBesideGood() throws {
        let id: [UInt8] = [0xc7, 0x4f, 0x20, 0xa3]
        let bad = "\u{2014} PeterNeumann " + Base64.encode(id + [UInt8](repeating: 9, count: 64)) + "\n"
        #expect(isRefused(Array((Self.note + bad).utf8)))
        #expect(isRefused(Array((Self.text + "\n" + bad + Self.signature).utf8)))
        let short = "\u{2014} PeterNeumann " + Base64.encode(id + [1]) + "\n"
        #expect(isRefused(Array((Self.note + short).utf8)))
    }

    @Test("a note with any byte changed, lost or added is refused")
    func everyByte() {
        let note = Array(Self.note.utf8)
        for index in note.indices {
            for bit in 0..<8 {
                var changed = note
                changed[index] ^= 1 << UInt8(bit)
                #expect(isRefused(changed), "byte \(index), bit \(bit)")
            }
            var lost = note
            lost.remove(at: index)
            #expect(isRefused(lost), "without byte \(index)")
            #expect(isRefused(Array(note[..<index])), "cut at \(index)")
        }
        for byte in UInt8.min...UInt8.max { #expect(isRefused(note + [byte])) }
    }

    @Test(
        "malformed notes",
        arguments: [
            "", "\n", "\n\n", text, text + "\n", text + signature, "\n\n" + signature.dropLast(),
            text + "\n" + "-- PeterNeumann AAAAAAAA\n", text + "\n" + "\u{2014}PeterNeumann AAAAAAAA\n",
            text + "\n" + "\u{2014} PeterNeumann\n", text + "\n" + "\u{2014}  AAAAAAAA\n",
            text + "\n" + "\u{2014} Peter Neumann AAAAAAAA\n", text + "\n" + "\u{2014} Peter+Neumann AAAAAAAA\n",
            text + "\n" + "\u{2014} Peter\u{a0}Neumann AAAAAAAA\n", text + "\n" + "\u{2014} PeterNeumann AAAAAA==\n",
            text + "\n" + "\u{2014} PeterNeumann AAAAAAA\n", text + "\n" + "\u{2014} PeterNeumann AAAAAAB=\n",
            text + "\n" + signature + "\n", text + "\n" + signature + "x\n",
            text.replacing(",\n", with: ",\r\n") + "\n" + signature,
            "a\tb\n\n" + signature, text + "\n" + String(repeating: other, count: 100) + signature,
        ])
    func malformed(note: String) {
        #expect(throws: AuditError.self) { try verified(note) }
    }

    @Test("an empty line may stand in the text; the last one divides")
    func emptyLines() throws {
        let signer = try CheckpointSigner(encoded: SecretText(Self.skey))
        let text = "one\n\n\ntwo\n"
        let note = try SignedNote(try signer.sign(text: text).encoded)
        #expect(try signer.verifier.verify(note) == text)
        let sixteen = Self.text + "\n" + String(repeating: Self.other, count: 16) + Self.signature
        #expect(try verified(sixteen) == Self.text)
    }

    @Test("a part of a key, or a key with a byte changed, is refused")
    func mangledKeys() {
        let vkey = Array(Self.vkey.utf8)
        for start in vkey.indices {
            for end in (start + 1)...vkey.count where end - start < vkey.count {
                let part = String(decoding: vkey[start..<end], as: UTF8.self)
                #expect(throws: AuditError.self) { try CheckpointVerifier(vkey: part) }
            }
        }
        for index in vkey.indices {
            var changed = vkey
            changed[index] += 1
            #expect(throws: AuditError.self) {
                try CheckpointVerifier(vkey: String(decoding: changed, as: UTF8.self))
            }
        }
        let skey = Array(Self.skey.utf8)
        for index in skey.indices {
            var changed = skey
            changed[index] += 1
            for text in [changed, Array(skey[..<index]), Array(skey[(index + 1)...])] {
                #expect(throws: AuditError.self) {
                    try CheckpointSigner(encoded: SecretText(String(decoding: text, as: UTF8.self)))
                }
            }
        }
    }

    @Test(
        "keys of another length, algorithm or form are refused",
        arguments: [
            "", "+", "++", "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
            "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", vkey + "\n", " " + vkey,
            vkey.replacing("c74f20a3", with: "C74F20A3"), vkey.replacing("PeterNeumann", with: "Peter Neumann"), skey,
        ])
    func badKeys(vkey: String) {
        #expect(throws: AuditError.self) { try CheckpointVerifier(vkey: vkey) }
    }

    @Test("a private key does not print, and needs a plain name and 32 bytes")
    func privateKeys() throws {
        let signer = try CheckpointSigner(encoded: SecretText(Self.skey))
        var dumped = ""
        dump(signer, to: &dumped)
        for text in ["\(signer)", String(reflecting: signer), dumped, "\(signer.encoded)"] {
            #expect(!text.contains("AYEKFALV"))
            #expect(!text.contains("810a1402"))
        }
        let seed = [UInt8](repeating: 7, count: 32)
        let made = try CheckpointSigner(name: "example.com/tenure", seed: seed)
        #expect(try CheckpointSigner(encoded: made.encoded).verifier == made.verifier)
        for name in ["", "a b", "a+b", "a\nb", "a\u{2003}b", "a\u{7f}"] {
            #expect(throws: AuditError.self) { try CheckpointSigner(name: name, seed: seed) }
        }
        for count in [0, 31, 33, 64] {
            #expect(throws: AuditError.self) {
                try CheckpointSigner(name: "a", seed: [UInt8](repeating: 7, count: count))
            }
        }
    }

    @Test("a checkpoint is read strictly and written as it was")
    func checkpoints() throws {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        let checkpoint = try Checkpoint(text: text)
        #expect(checkpoint.origin == "example.com/behind-the-sofa")
        #expect(checkpoint.size == 20_852_163)
        #expect(checkpoint.text == text)
        #expect(try Checkpoint(text: text + "more\n").extensions == ["more"])
        let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
        for bad in [
            "", "\n", "a\n1\n", "a\n1\n\(root)", "\n1\n\(root)\n", "a\n01\n\(root)\n", "a\n+1\n\(root)\n",
            "a\n-1\n\(root)\n", "a\n 1\n\(root)\n", "a\n1 \n\(root)\n", "a\n\n\(root)\n", "a\n1e3\n\(root)\n",
            "a\n0x1\n\(root)\n", "a\n\u{0661}\n\(root)\n", "a\n9223372036854775808\n\(root)\n", "a\n1\n\(root)\n\n",
            "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", "a\n1\nAAAA\n", "a\n1\n\(root)\nx\n\n",
            "a\n0\n\(root)\n",
        ] {
            #expect(throws: AuditError.self, "\(bad)") { try Checkpoint(text: bad) }
        }
    }

    @Test("a checkpoint is taken only from the key of its own log")
    func origins() throws {
        let signer = try CheckpointSigner(name: "example.com/a", seed: [UInt8](repeating: 1, count: 32))
        let checkpoint = Checkpoint(origin: "example.com/a", size: 0, root: .emptyRoot)
        let note = try signer.sign(checkpoint)
        #expect(try signer.verifier.checkpoint(note.encoded) == checkpoint)
        let foreign = Checkpoint(origin: "example.com/b", size: 0, root: .emptyRoot)
        #expect(throws: AuditError.self) { try signer.sign(foreign) }
        let forged = try signer.sign(text: foreign.text)
        #expect(throws: AuditError.self) { try signer.verifier.checkpoint(forged) }
        let other = try CheckpointSigner(name: "example.com/a", seed: [UInt8](repeating: 2, count: 32))
        #expect(throws: AuditError.self) { try other.verifier.checkpoint(note) }
    }

    @Test("base64 has one form")
    func base64() {
        let forms = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        for (plain, text) in forms {
            #expect(Base64.encode(Array(plain.utf8)) == text)
            #expect(Base64.decode(text.utf8) == Array(plain.utf8))
        }
        for bad in [
            "Zg", "Zg=", "Zh==", "Zm9=", "Zg==\n", "Z===", "====", "=", "Zg==Zg==", "Zm9v-_8=", "Zm 9v", "é===",
        ] {
            #expect(Base64.decode(bad.utf8) == nil, "\(bad)")
        }
        let all = Array(UInt8.min...UInt8.max)
        for count in 0...all.count {
            #expect(Base64.decode(Base64.encode(Array(all.prefix(count))).utf8) == Array(all.prefix(count)))
        }
    }

    @Test("mutated notes never crash and never pass for another text")
    func fuzz() {
        var generator = SeededGenerator(seed: 1)
        let note = Array((Self.note + Self.other).utf8)
        for _ in 0..<3_000 {
            let mutated = mutate(note, using: &generator)
            do {
                let text = try CheckpointVerifier(vkey: Self.vkey).verify(SignedNote(mutated))
                #expect(text == Self.text)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}

/// A few random edits: bytes changed, taken out, put in, cut off, doubled.
func mutate(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let other = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        case 3: bytes.removeSubrange(min(place, other)..<max(place, other))
        default: bytes.insert(contentsOf: bytes[min(place, other)..<max(place, other)], at: place)
        }
    }
    return bytes
}

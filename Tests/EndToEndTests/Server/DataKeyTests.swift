import Foundation
import StrictJSON
import TestSupport
import Testing

/// The key that signs the log, sealed in the database under a data key.
@Suite(.serialized) struct DataKeyTests {
    private static func key(_ byte: UInt8) -> String { Data(repeating: byte, count: 32).base64EncodedString() }

    /// Commands with a data key, and maybe one from before.
    private func with(_ rehearsal: Rehearsal, _ current: UInt8?, previous: UInt8? = nil) -> Rehearsal {
        var rehearsal = rehearsal
        for (name, byte) in [("CURRENT", current), ("PREVIOUS", previous)] {
            guard let byte else { continue }
            rehearsal.environment["TENURE_DATA_KEY_\(name)"] = "env:KEY_\(name)"
            rehearsal.environment["KEY_\(name)"] = Self.key(byte)
        }
        return rehearsal
    }

    private func sealed(_ rehearsal: Rehearsal) -> StoredSetting {
        StoredSetting("secret.audit.key", in: rehearsal.path("state/tenure.db"))
    }

    @Test func theKeyIsInNoFileAndOpensUnderTheDataKeyAlone() async throws {
        let plain = try Rehearsal()
        let first = with(plain, 1)
        try await first.expect(0, "people", "import", "mountainlab/hr/people.csv")
        #expect(!FileManager.default.fileExists(atPath: plain.path("state/tenure.key")))
        #expect(FileManager.default.fileExists(atPath: plain.path("state/tenure.pub")))
        try await first.expectGenuineLog()
        let bytes = try Data(contentsOf: URL(filePath: plain.path("state/tenure.db")))
        #expect(bytes.range(of: Data("PRIVATE+KEY".utf8)) == nil)

        let wrong = try await with(plain, 2).expect(1, "hold", "list")
        #expect(wrong.errors.contains("which is not configured"), "\(wrong.errors)")
        #expect(!wrong.everything.contains(Self.key(1)) && !wrong.everything.contains(Self.key(2)))
        let none = try await plain.expect(1, "hold", "list")
        #expect(none.errors.contains("sealed in the database"), "\(none.errors)")

        // Rotation: sealed anew by whoever comes with both; then the old one may go.
        try await with(plain, 2, previous: 1).expect(0, "hold", "list")
        try await with(plain, 2).expect(0, "hold", "list")
        let old = try await with(plain, 1).expect(1, "hold", "list")
        #expect(old.errors.contains("which is not configured"))
        try await with(plain, 2).expectGenuineLog()
    }

    @Test func aKeyInAFileIsSealedAndTheFileMayGo() async throws {
        let plain = try Rehearsal()
        try await plain.expect(0, "people", "import", "mountainlab/hr/people.csv")
        let file = plain.path("state/tenure.key")
        let key = try Data(contentsOf: URL(filePath: file))
        try await with(plain, 1).expect(0, "hold", "list")
        try FileManager.default.removeItem(atPath: file)
        try await with(plain, 1).expectGenuineLog()
        // A data key that is lost: the file comes back from the safe, and is sealed under the new one.
        try await with(plain, 9).expect(1, "hold", "list")
        try key.write(to: URL(filePath: file))
        try await with(plain, 9).expect(0, "hold", "list")
        try FileManager.default.removeItem(atPath: file)
        try await with(plain, 9).expectGenuineLog()
    }

    @Test func whatWasChangedOrIsAnothersIsRefused() async throws {
        let (own, other) = (try Rehearsal(), try Rehearsal())
        for rehearsal in [own, other] {
            try await with(rehearsal, 1).expect(0, "people", "import", "mountainlab/hr/people.csv")
        }
        let mine = try #require(try await sealed(own).read())
        let theirs = try #require(try await sealed(other).read())
        // Another installation's, under the same data key.
        try await sealed(own).write(theirs)
        let swapped = try await with(own, 1).expect(1, "hold", "list")
        #expect(swapped.errors.contains("not the key that the log is signed by"), "\(swapped.errors)")
        var letters = Array(mine)
        let place = letters.count / 2
        letters[place] = letters[place] == "A" ? "B" : "A"
        try await sealed(own).write(String(letters))
        let changed = try await with(own, 1).expect(1, "hold", "list")
        #expect(changed.errors.contains("was changed since"), "\(changed.errors)")
        try await sealed(own).write(mine)
        try await with(own, 1).expectGenuineLog()
    }
}

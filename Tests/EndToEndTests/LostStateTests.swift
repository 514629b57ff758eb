import Foundation
import TestSupport
import Testing

/// A part of the state folder is gone, or from another time: nothing goes on until somebody answers for it.
@Suite struct LostStateTests {
    /// Every command says so and changes nothing.
    private func expectRefused(
        _ office: Rehearsal, _ says: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try office.directoryFiles()
        let commands = [
            ["plan", "mountainlab"], ["apply", "mountainlab", "--yes"], ["reconcile"], ["people", "show"],
            ["audit", "export", "refused.jsonl"],
        ]
        for arguments in commands {
            let refused = try await office.run(arguments)
            let said = Comment(rawValue: "\(arguments): \(refused.everything)")
            #expect(refused.status == 1, said, sourceLocation: sourceLocation)
            for text in says + ["tenure audit checkpoint --accept-rollback REASON"] {
                #expect(refused.errors.contains(text), said, sourceLocation: sourceLocation)
            }
        }
        #expect(try office.directoryFiles() == before, sourceLocation: sourceLocation)
    }

    /// Somebody answers for it, and an apply makes the definitions hold again; what was said.
    private func accept(_ office: Rehearsal) async throws -> String {
        let accepted = try await office.expect(
            0, "audit", "checkpoint", "--accept-rollback", "the disk died", "--as", "marta@mountainlab.io")
        let records = try await office.records()
        #expect(records.last { $0.type == "audit.rollback_accepted" }?.body["reason"]?.string == "the disk died")
        let early = try await office.expect(1, "reconcile")
        #expect(early.errors.contains("an older state was taken on"), "\(early.errors)")
        try await office.expect(0, "apply", "mountainlab", "--yes")
        try await office.expect(0, "reconcile")
        try await office.expectGenuineLog()
        return accepted.errors
    }

    private func remove(_ office: Rehearsal, _ name: String) throws {
        try FileManager.default.removeItem(atPath: office.path("state/\(name)"))
    }

    @Test func aLostKeyIsNotReplacedInSilence() async throws {
        let office = try await Rehearsal.applied()
        let key = try office.read("state/tenure.key")
        try remove(office, "tenure.key")
        try await expectRefused(office, "the key that signs the log is gone", "bring it back from a copy")
        #expect(!FileManager.default.fileExists(atPath: office.path("state/tenure.key")))

        try office.write("state/tenure.key", key)
        try await office.expect(0, "plan", "mountainlab")
        try remove(office, "tenure.key")
        let said = try await accept(office)
        // The new key cannot vouch for what the old one has signed.
        #expect(said.contains("tenure.checkpoint cannot be used: "), "\(said)")
        #expect(try office.read("state/tenure.key") != key)
        #expect(try await office.records().count { $0.type == "key.created" } == 2)
    }

    @Test func aLostCheckpointIsNotReplacedInSilence() async throws {
        let office = try await Rehearsal.applied()
        let checkpoint = try office.read("state/tenure.checkpoint")
        try remove(office, "tenure.checkpoint")
        try await expectRefused(office, "the checkpoint beside the database is gone; bring it back from a copy")
        #expect(!FileManager.default.fileExists(atPath: office.path("state/tenure.checkpoint")))

        try office.write("state/tenure.checkpoint", checkpoint)
        try await office.expect(0, "plan", "mountainlab")
        try remove(office, "tenure.checkpoint")
        let said = try await accept(office)
        #expect(said.contains("tenure.checkpoint is not there"), "\(said)")
    }

    @Test func aCheckpointThatCannotBeReadIsSaidToBe() async throws {
        let office = try await Rehearsal.applied()
        try office.write("state/tenure.checkpoint", "no note\n")
        try await expectRefused(office, "the checkpoint beside the database is not one of this log")
        let said = try await accept(office)
        #expect(said.contains("tenure.checkpoint cannot be used: "), "\(said)")

        // What is there and cannot even be opened may be the newest: it is not thrown away.
        try remove(office, "tenure.checkpoint")
        let path = office.path("state/tenure.checkpoint")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let refused = try await office.expect(1, "audit", "checkpoint", "--accept-rollback", "again")
        #expect(refused.errors.contains("tenure.checkpoint`: "), "\(refused.errors)")
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func anOlderDatabaseIsNotTakenForTheNewest() async throws {
        var office = try await Rehearsal.applied()
        let old = try stateFiles(office)
        office.clock = "2026-11-21T09:30:30Z"
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        let new = try stateFiles(office)
        try putBack(old, office)
        try await expectRefused(office, "were sealed: it is an old copy", "bring back the newer one")

        try putBack(new, office)
        try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        try putBack(old, office)
        try await expectRefused(office, "it is an old copy")
        try await office.expect(0, "audit", "checkpoint", "--accept-rollback", "no newer copy")
        let records = try await office.records()
        let accepted = try #require(records.last { $0.type == "audit.rollback_accepted" })
        let held = try #require(accepted.body["held_size"]?.integer)
        let size = try #require(accepted.body["size"]?.integer)
        #expect(held > size)
        try await office.expect(1, "reconcile")
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        try await office.expect(0, "apply", "mountainlab", "--yes")
        #expect(try await office.access(of: "e-0003") == ["corp account disabled", "shop account disabled"])
        try await office.expectGenuineLog()
    }

    private static let database = ["tenure.db", "tenure.db-wal", "tenure.db-shm"]

    private func stateFiles(_ office: Rehearsal) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in Self.database { files[name] = FileManager.default.contents(atPath: office.path("state/\(name)")) }
        return files
    }

    private func putBack(_ files: [String: Data], _ office: Rehearsal) throws {
        for name in Self.database {
            let path = office.path("state/\(name)")
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
            try files[name]?.write(to: URL(filePath: path))
        }
    }
}

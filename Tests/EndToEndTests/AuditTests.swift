import Foundation
import StrictJSON
import TestSupport
import Testing

/// Anyone can check the log with the public key alone; nobody can change it unseen.
@Suite struct AuditTests {
    @Test func anExportThatWasChangedIsNotGenuine() async throws {
        let office = try await Rehearsal.applied()
        try await office.expectGenuineLog()
        let lines = try office.read("log.jsonl").split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        let ana = try #require(lines.indices.first { lines[$0].contains("e-0003") })
        var tampered = lines
        tampered[ana] = tampered[ana].replacing("e-0003", with: "e-0004")
        var removed = lines
        removed.remove(at: ana)
        var reordered = lines
        reordered.swapAt(ana, ana + 1)
        var doubled = lines
        doubled.insert(lines[ana], at: ana)
        let seq = try seq(of: lines[ana])
        let broken = [
            ("tampered", tampered, "record \(seq)"), ("removed", removed, "record \(seq)"),
            ("reordered", reordered, "record \(seq)"), ("doubled", doubled, "record \(seq + 1)"),
            ("cut", Array(lines.prefix(lines.count / 2)), "the file ends"), ("empty", [], "the file ends"),
        ]
        for (name, lines, says) in broken {
            try office.write("\(name).jsonl", lines.joined(separator: "\n"))
            let verified = try await office.expect(1, "audit", "verify", "\(name).jsonl", "--key", "state/tenure.pub")
            #expect(verified.everything.contains(says), "\(name): \(verified.everything)")
            #expect(!verified.output.hasPrefix("genuine"), "\(name)")
        }
        let other = try Rehearsal()
        try await other.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try await office.expect(1, "audit", "verify", "log.jsonl", "--key", other.path("state/tenure.pub"))
    }

    private func seq(of line: String) throws -> Int64 {
        let json = try JSONParser.parse(line)
        return try #require(json["leaf"]?["seq"]?.integer)
    }

    @Test func theProofOfOneRecordStandsAlone() async throws {
        let office = try await Rehearsal.applied()
        try await office.expect(0, "audit", "prove", "5", "--out", "proof.json")
        let verified = try await office.expect(
            0, "audit", "verify", "proof.json", "--proof", "--key", "state/tenure.pub")
        #expect(verified.output.contains("record 5 is in the log"))
        try office.edit("proof.json") { $0.replacing("definitions", with: "definitionz") }
        try await office.expect(1, "audit", "verify", "proof.json", "--proof", "--key", "state/tenure.pub")
        try await office.expect(1, "audit", "prove", "1000000")
    }

    @Test func aDatabaseFromBeforeIsRefusedUntilSomebodyAnswersForIt() async throws {
        var office = try await Rehearsal.applied()
        let files = FileManager.default
        let names = ["tenure.db", "tenure.db-wal", "tenure.db-shm"]
        let backup = office.path("backup")
        try files.createDirectory(atPath: backup, withIntermediateDirectories: false)
        for name in names where files.fileExists(atPath: office.path("state/\(name)")) {
            try files.copyItem(atPath: office.path("state/\(name)"), toPath: backup + "/\(name)")
        }
        office.clock = "2026-11-21T09:30:30Z"
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        for name in names {
            if files.fileExists(atPath: office.path("state/\(name)")) {
                try files.removeItem(atPath: office.path("state/\(name)"))
            }
            if files.fileExists(atPath: backup + "/\(name)") {
                try files.copyItem(atPath: backup + "/\(name)", toPath: office.path("state/\(name)"))
            }
        }
        let before = try office.directoryFiles()
        for arguments in [["plan", "mountainlab"], ["apply", "mountainlab", "--yes"], ["people", "show"]] {
            let refused = try await office.run(arguments)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("--accept-rollback"), "\(refused.errors)")
        }
        #expect(try office.directoryFiles() == before)
        try await office.expect(
            0, "audit", "checkpoint", "--accept-rollback", "the disk died", "--as", "marta@mountainlab.io")
        let records = try await office.records()
        let accepted = try #require(records.last { $0.type == "audit.rollback_accepted" })
        #expect(accepted.body["reason"]?.string == "the disk died")
        // The event is lost with the copy; sent again it is taken, and what it asks for is there already.
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        #expect(try await office.access(of: "e-0003") == ["corp account disabled", "shop account disabled"])
        try await office.expectGenuineLog()
    }
}

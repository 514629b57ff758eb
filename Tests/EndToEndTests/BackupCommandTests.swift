import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite("Backups and the configuration, through the command") struct BackupCommandTests {
    @Test func aLostStateComesBack() async throws {
        var office = try await Rehearsal.applied()
        let copied = try await office.json("backup", "copy")
        let before = try await office.access(of: "e-0003")
        for name in ["tenure.db", "tenure.db-wal", "tenure.db-shm"] {
            unlink(office.path("state/\(name)"))
        }
        let restored = try await office.json("restore", "copy")
        #expect(restored["sha256"] == copied["sha256"] && restored["rolled_back"] == .bool(false))
        #expect(try await office.access(of: "e-0003") == before)
        let begun = try await office.records().last { $0.type == "backup.begun" }
        #expect(begun?.body["file"]?.string == office.path("copy"), "who copied everybody's data is on record")
        try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        let taken = try await office.expect(1, "restore", "copy")
        #expect(taken.errors.contains("is there; what is in it is not overwritten"))

        // Somebody leaves after the copy was made; the older copy is taken on with a reason, and does nothing by itself.
        office.clock = "2026-11-21T09:30:30Z"
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        for name in ["tenure.db", "tenure.db-wal", "tenure.db-shm"] { unlink(office.path("state/\(name)")) }
        let old = try await office.expect(1, "restore", "copy")
        #expect(old.errors.contains("it is an old copy"))
        try await office.expect(0, "restore", "copy", "--accept-rollback", "the disk died")
        let early = try await office.expect(1, "reconcile")
        #expect(early.errors.contains("an older state was taken on"), "\(early.errors)")
        try await office.expectGenuineLog()
    }

    @Test func theConfigurationIsChecked() async throws {
        let office = try Rehearsal()
        try office.write("server.yaml", "listen:\n  prot: 1\nhr: {secrets: [env:HR]}\n")
        let environment = ["HR": "canary-4711", "TENURE_CONFIG": "server.yaml"]
        let checked = try await office.run(["config", "check"], environment: environment)
        #expect(checked.status == 1 && !checked.everything.contains("canary"))
        #expect(checked.errors.contains("server.yaml:2:3: error: unknown key `prot`"), "\(checked.errors)")
        #expect(checked.errors.contains("server.yaml:3:15: error: "), "\(checked.errors)")
        try office.write("server.yaml", "listen:\n  port: 1\n")
        let right = try await office.run(
            ["config", "check", "--config", "server.yaml", "--set", "limits.connections=9", "-o", "json"],
            environment: [:])
        #expect(right.status == 0, "\(right.everything)")
        let settings = try JSONParser.parse(right.output)["settings"]?.array ?? []
        func source(_ name: String) -> String? { settings.first { $0["name"]?.string == name }?["source"]?.string }
        #expect(
            source("listen.port") == "server.yaml:2:9" && source("limits.connections") == "--set limits.connections")
        #expect(source("state") == "$TENURE_STATE")
    }
}

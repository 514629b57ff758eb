import Foundation
import StrictJSON
import TestSupport
import Testing

/// Targets that are down, files that are broken at the wrong moment, secrets.
@Suite struct TroubleTests {
    /// A folder that was moved away: the shop cannot be read or written.
    private func withShopDown() async throws -> Rehearsal {
        let office = try Rehearsal()
        try office.edit("mountainlab/targets.yaml") {
            $0.replacing("path: shop.directory", with: "path: vault/shop.directory")
        }
        let files = FileManager.default
        try files.createDirectory(atPath: office.path("mountainlab/vault"), withIntermediateDirectories: false)
        try await office.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try await office.expect(0, "apply", "mountainlab", "--yes")
        try files.moveItem(atPath: office.path("mountainlab/vault"), toPath: office.path("away"))
        return office
    }

    @Test func aLeaverIsOutOfWhatAnswersAndTheRestStaysOpenUntilItIsDone() async throws {
        var office = try await withShopDown()
        office.clock = "2026-11-21T09:30:30Z"
        let left = try await office.run(["event", "mountainlab/hr/events/04-left.json", "--apply", "--wait", "1s"])
        #expect(left.status == 1, "\(left.everything)")
        let corp = try await office.access(in: ["corp"], of: "e-0003")
        #expect(corp == ["corp account disabled"])

        let open = try #require(try await office.json("case", "list", "--open").array)
        let leaver = try #require(open.first { $0["kind"]?.string == "leaver" })
        #expect(leaver["identity"]?.string == "e-0003")
        let id = try #require(leaver["id"]?.string)
        let shown = try await office.json("case", "show", id)
        let changes = try #require(shown["changes"]?.array)
        let undone = changes.filter { $0["state"]?.string != "verified" }
        #expect(undone.count == 3)
        #expect(undone.allSatisfy { $0["target"]?.string == "shop" && $0["problem"]?.string != nil })

        try FileManager.default.moveItem(
            atPath: office.path("away"), toPath: office.path("mountainlab/vault"))
        office.clock = "2026-11-22T09:30:30Z"
        try await office.expect(0, "apply", "mountainlab", "--yes")
        let shop = try await office.access(in: ["vault/shop"], of: "e-0003")
        #expect(shop == ["vault/shop account disabled"])
        #expect(try await office.json("case", "list", "--open").array?.isEmpty == true)
        let records = try await office.records()
        #expect(Journal(records).faults.isEmpty, "\(Journal(records).faults)")
        let residual = records.filter { $0.type == "residual.checked" && $0.caseID == id }
        #expect(residual.contains { $0.body["target"]?.string == "shop" && $0.body["residual"]?.integer == 0 })
    }

    @Test func brokenFilesDoNotKeepALeaverIn() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:30:30Z"
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json")
        try office.edit("mountainlab/tenants/payments.yaml") { $0.replacing("readers:", with: "raeders:") }
        let applied = try await office.expect(1, "apply", "mountainlab", "--yes")
        #expect(applied.errors.contains("tenants/payments.yaml:"))
        #expect(applied.errors.contains("the last good ones stay in force"))
        #expect(try await office.access(of: "e-0003") == ["corp account disabled", "shop account disabled"])
        #expect(try await office.access(of: "e-0004").count > 3)
    }

    @Test func aSecretIsNowhereToBeRead() async throws {
        let canary = "canary-7f3a9c51e0"
        let office = try Rehearsal()
        try office.edit("mountainlab/targets.yaml") {
            $0.replacing("    critical: true\n", with: "    critical: true\n    credential: env:CORP_PASSWORD\n")
                + """
                  - name: legacy
                    connector: ldap
                    covers: {sector: analytics}
                    settings: {url: "ldap://127.0.0.1:1", base_dn: "dc=mountainlab,dc=io", bind_dn: "cn=admin,dc=mountainlab,dc=io"}
                    credential: env:CORP_PASSWORD

                """
        }
        var said = ""
        let runs = [
            ["validate", "mountainlab"], ["people", "import", "mountainlab/hr/people.csv"],
            ["target", "list", "mountainlab"], ["target", "check", "mountainlab"], ["plan", "mountainlab"],
            ["plan", "mountainlab", "-o", "json", "--out", "plan.json"],
            ["apply", "mountainlab", "--yes", "--wait", "1s"], ["case", "list", "-o", "json"],
            ["audit", "log", "-o", "json"], ["audit", "export", "log.jsonl"], ["drift"], ["report", "slis"],
        ]
        for arguments in runs {
            let outcome = try await office.run(arguments, environment: ["CORP_PASSWORD": canary])
            said += outcome.everything
        }
        #expect(said.contains("legacy"))
        #expect(!said.contains(canary))
        let folder = URL(filePath: office.folder.path)
        let enumerator = try #require(FileManager.default.enumerator(atPath: folder.path))
        var files = 0
        for case let name as String in enumerator {
            guard let data = FileManager.default.contents(atPath: folder.path + "/" + name) else { continue }
            files += 1
            #expect(data.range(of: Data(canary.utf8)) == nil, "\(name) holds the secret")
        }
        #expect(files > 10)
    }
}

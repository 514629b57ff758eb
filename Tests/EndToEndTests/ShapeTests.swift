import StrictJSON
import TestSupport
import Testing

/// The JSON that scripts rely on: every name that is promised, with its kind of value. More may come beside.
@Suite struct ShapeTests {
    @Test func plan() async throws {
        let office = try Rehearsal()
        try await office.expect(0, "people", "import", "mountainlab/hr/people.csv")
        let plan = try await office.json("plan", "mountainlab")
        #expect(plan["hash"]?.string?.count == 64)
        #expect(plan["held"]?.bool == false)
        #expect(plan["blast_radius"]?.object != nil)
        let changes = try #require(plan["changes"]?.array)
        #expect(changes.count > 100)
        for change in changes {
            #expect(["add", "remove", "update"].contains(change["op"]?.string))
            #expect(["revoke", "grant"].contains(change["lane"]?.string))
            #expect(["corp", "shop"].contains(change["target"]?.string))
            #expect(change["fact"]?["kind"]?.string != nil)
            #expect(change["causes"]?.array?.isEmpty == false)
            #expect(change["risk"]?.double != nil)
        }
        #expect(try await office.json("plan", "mountainlab")["hash"] == plan["hash"])
    }

    @Test func whoAndExplain() async throws {
        let office = try await Rehearsal.applied()
        let who = try await office.json("who", "Group(\"payments\", \"live\", \"reader\")")
        #expect(who["group"]?.string != nil)
        #expect(who["at"]?.string != nil)
        let members = try #require(who["members"]?.array)
        #expect(members.count == 8)
        for member in members {
            #expect(member["identity"]?.string != nil)
            #expect(member["email"]?.string?.contains("@") == true)
            #expect(member["causes"]?.array?.first?["file"]?.string == "tenants/payments.yaml")
            #expect(member["until"] == .null)
        }
        for name in ["payments-live-readers", "payments/live/reader"] {
            #expect(try await office.json("who", name)["members"] == who["members"])
        }
        let explained = try await office.json("explain", "ANA@mountainlab.io")
        #expect(explained["person"]?.string == "e-0003")
        let facts = try #require(explained["facts"]?.array)
        #expect(facts.count == 8)
        #expect(facts.allSatisfy { $0["causes"]?.array?.isEmpty == false && $0["fact"]?["kind"]?.string != nil })
    }

    @Test func caseShowAndServiceLevels() async throws {
        let office = try await Rehearsal.applied()
        let cases = try #require(try await office.json("case", "list", "--person", "e-0003").array)
        let id = try #require(cases.first?["id"]?.string)
        let shown = try await office.json("case", "show", id)
        #expect(shown["id"]?.string == id)
        #expect(shown["kind"]?.string == "joiner")
        #expect(shown["identity"]?.string == "e-0003")
        #expect(shown["state"]?.string == "active")
        #expect(
            shown["timeline"]?.array?.compactMap { $0["state"]?.string }
                == ["requested", "approved", "provisioned", "validated", "active"])
        #expect(shown["timeline"]?.array?.allSatisfy { $0["at"]?.string != nil } == true)
        let changes = try #require(shown["changes"]?.array)
        #expect(changes.count == 8)
        for change in changes {
            #expect(change["target"]?.string != nil)
            #expect(change["op"]?.string == "add")
            #expect(change["state"]?.string == "verified")
            #expect(change["attempts"]?.integer == 1)
            #expect(change["verified_at"]?.string != nil)
        }
        let levels = try await office.json("report", "slis")
        for name in ["M1", "M2", "M3", "M4", "M5", "M6", "M8", "M9", "M10"] {
            #expect(levels[name]?["name"]?.string != nil)
            #expect(levels[name]?["n"]?.integer != nil)
            #expect(levels[name]?["ok"]?.bool == true)
        }
        for name in ["M1", "M2"] {
            let names = Set(levels[name]?.object?.names ?? [])
            #expect(names.isSuperset(of: ["p50_s", "p95_s", "target_s"]))
        }
        #expect(levels["M1"]?["n"]?.integer == 36)
    }
}

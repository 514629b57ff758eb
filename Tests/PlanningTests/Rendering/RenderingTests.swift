import AccessModel
import Planning
import StrictJSON
import TestSupport
import Testing

@Suite struct RenderingTests {
    private func plan(_ count: Int) throws -> Plan {
        var world = PlanningWorld()
        world.builder.rule("all", accounts: ["corp"])
        for number in 0..<count { world.person("p\(number)") }
        return try world.outcome().plan
    }

    @Test func longPlansAreCutInTextAndMarkdownOnly() throws {
        let plan = try plan(30)
        let text = PlanText(limit: 20).render(plan)
        // Sixteen empty groups come before the accounts.
        #expect(text.contains("and 26 more"))
        #expect(text.contains("46 to add, 0 to remove, 0 to update"))
        #expect(PlanMarkdown(limit: 20).render(plan).contains("and 26 more"))
        #expect(plan.json["changes"]?.array?.count == 46)
        #expect(!PlanText(limit: nil).render(plan).contains("more"))
    }

    @Test func markdownCannotBeBrokenOutOf() throws {
        var world = PlanningWorld()
        world.builder.rule("<img src=x onerror=1> | [a](b) `@all`", accounts: ["corp"])
        world.person("ana")
        let text = PlanMarkdown().render(try world.outcome().plan)
        #expect(!text.contains("<img") && !text.contains("[a](b)") && !text.contains("@all"))
        #expect(text.contains("&lt;img"))
    }

    @Test func controlCharactersAreShownNotSent() throws {
        var world = PlanningWorld()
        world.builder.rule("evil\u{1B}[2J\u{202E}name", accounts: ["corp"])
        world.person("ana")
        let text = PlanText().render(try world.outcome().plan)
        #expect(!text.unicodeScalars.contains("\u{1B}") && !text.unicodeScalars.contains("\u{202E}"))
        #expect(text.contains("evil\\u{1b}[2J\\u{202e}name"))
    }

    @Test func theJSONIsWhatScriptsRelyOn() throws {
        let json = try plan(1).json
        #expect(json["hash"]?.string?.utf8.count == 64)
        #expect(json["held"]?.bool == false)
        #expect(json["blast_radius"]?["adds"]?.integer == 17)
        let change = try #require(json["changes"]?.array?.last)
        #expect(change["op"]?.string == "add")
        #expect(change["lane"]?.string == "grant")
        #expect(change["target"]?.string == "corp")
        #expect(change["fact"]?["kind"]?.string == "account")
        #expect(change["causes"]?.array?.count == 1)
        #expect(change["risk"]?.integer == 1)
    }

    @Test func whoAsJSON() throws {
        var world = PlanningWorld()
        world.builder.tenant("payments", readers: ["ana"])
        world.person("ana")
        let json = try #require(Planner.who(Sample.group("payments/live/reader"), world.input)).json
        #expect(json["group"]?.string == "Group(\"payments\", \"live\", \"reader\")")
        #expect(json["at"]?.string == "2026-11-21T12:00:00Z")
        let member = try #require(json["members"]?.array?.first)
        #expect(member["identity"]?.string == "e-ana")
        #expect(member["email"]?.string == "ana@mountainlab.io")
        #expect(member["until"] == .null)
    }
}

/// Plans written to files and read again.
@Suite struct PlanFileTests {
    private func file() throws -> PlanFile {
        var world = PlanningWorld()
        world.builder.tenant("payments", admins: ["marta"], readers: ["ana"])
        world.person("marta")
        world.person("ana")
        try world.apply()
        world.person("ana", presence: .left, cause: Sample.snapshot)
        return PlanFile(try world.outcome().plan, person: Sample.id("e-ana"))
    }

    private func altered(_ alter: (inout JSONObject) -> Void) throws -> [UInt8] {
        var object = try #require(file().json.object)
        alter(&object)
        return Array(JSONValue.object(object).prettyText.utf8)
    }

    @Test func whatIsWrittenIsRead() throws {
        let file = try file()
        #expect(try PlanFile(reading: file.json.prettyText.utf8) == file)
        #expect(try PlanFile(reading: file.json.canonicalBytes) == file)
    }

    @Test func anAlteredPlanIsRefused() throws {
        let text = try file().json.prettyText
        for (old, new) in [
            ("payments-live-readers", "payments-live-admins"), ("\"remove\"", "\"add\""),
            ("\"held\": false", "\"held\": true"),
            ("revision-1", "revision-2"), ("\"lane\": \"revoke\"", "\"lane\": \"grant\""),
        ] {
            #expect(text.contains(old))
            #expect(throws: PlanFile.Failure.self) { try PlanFile(reading: text.replacing(old, with: new).utf8) }
        }
    }

    @Test func aChangeTakenOutIsRefused() throws {
        let bytes = try altered { $0["changes"] = .array(Array($0["changes"]?.array?.dropFirst() ?? [])) }
        let error = #expect(throws: PlanFile.Failure.self) { try PlanFile(reading: bytes) }
        #expect(error?.code == "plan-file-hash")
    }

    @Test func whatIsNoPlanFileIsRefused() throws {
        let broken: [[UInt8]] = try [
            [], Array("[]".utf8), Array("{}".utf8), Array("{\"a\": 1, \"a\": 2}".utf8), altered { $0["extra"] = 1 },
            altered { $0["$schema"] = "tenure/plan/v9" }, altered { $0["hash"] = nil },
            altered { $0["changes"] = "all" },
            altered { $0["person"] = "not an id" }, altered { $0["planned_at"] = "yesterday" },
            altered { $0["changes"] = [["op": "add"]] },
        ]
        for bytes in broken { #expect(throws: PlanFile.Failure.self) { try PlanFile(reading: bytes) } }
    }

    @Test func cutAnywhereItIsRefused() throws {
        let bytes = try file().json.canonicalBytes
        for length in 0..<bytes.count {
            #expect(throws: PlanFile.Failure.self) { try PlanFile(reading: bytes.prefix(length)) }
        }
    }
}

import AccessModel
import Definitions
import Foundation
import Planning
import StrictJSON
import TestSupport
import Testing

/// Whole plans as text, compared byte by byte with the files in `Golden`.
///
/// To take a change of the rendering on purpose, remove the file, run once (the test fails and writes what it saw),
/// and read the difference before committing it.
@Suite struct GoldenTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Golden")

    private func expect(_ text: String, is name: String) throws {
        let file = Self.folder.appendingPathComponent(name)
        guard FileManager.default.fileExists(atPath: file.path) else {
            try Data(text.utf8).write(to: file)
            Issue.record("wrote \(name), as it was missing; read it")
            return
        }
        let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(text == golden, "\(name)")
    }

    private static func mountainlab() -> PlanningWorld {
        var world = PlanningWorld()
        world.builder.tenant(
            "payments", admins: ["marta"], contributors: ["javi", "ana"], readers: ["pedro"], standing: ["sandbox"])
        world.builder.workload("payments", "live", "deploy")
        world.builder.core("platform/live/admin", members: ["marta"])
        world.builder.organization.platform.sectors[1].tiers = []
        world.builder.organization.platform.sectors[0].tiers = [Sample.slug("live")]
        world.builder.rule("everyone has a corporate account", accounts: ["corp"])
        world.builder.rule(
            "engineering list", match: [.init(attribute: .department, values: ["Engineering"])],
            groups: ["engineering"])
        for name in ["marta", "javi", "ana", "pedro"] { world.person(name, department: "Engineering") }
        return world
    }

    /// A leaver, a mover, a guest who is taken over, a stranger in a group, a name that is wrong, and a held removal.
    private static func eventful() throws -> PlanningWorld {
        var world = mountainlab()
        try world.apply()
        world.person(
            "javi", department: "Engineering", presence: .left,
            cause: .event(source: "hr/workday", id: "42", type: "left"))
        world.person(
            "ana", department: "Sales",
            moves: [.init(effective: Sample.now, cause: .event(source: "hr/workday", id: "43", type: "moved"))])
        world.person("luis")
        world.builder.tenant("search", readers: ["luis", "ana", "nobody"])
        world.previous = world.builder.organization
        world.builder.organization.revision = "revision-2"
        world.builder.organization.tenants[0].admins = []
        world.recorded.heldChanges = ["corp remove membership payments-sandbox-contributors e-marta"]
        let corp = Sample.slug("corp")
        world.held[corp]? += [
            .account(Account(identity: .foreign("LUIS"), name: "luis@mountainlab.io", state: .disabled)),
            .account(Account(identity: .foreign("scanner"), name: "scanner", state: .active)),
            .group(GroupFact(slug: "printers", notation: nil)),
            .membership(
                Membership(
                    group: "payments-live-admins", notation: Sample.group("payments/live/admin"),
                    identity: .foreign("mallory|*_`<b>"), account: "mallory")),
        ]
        return world
    }

    @Test func theFirstPlan() throws {
        try expect(PlanText().render(Self.mountainlab().outcome().plan), is: "first-plan.txt")
    }

    @Test func anEventfulPlan() throws {
        try expect(PlanText().render(Self.eventful().outcome().plan), is: "eventful-plan.txt")
    }

    @Test func anEventfulPlanInColour() throws {
        let text = PlanText(usesColor: true).render(try Self.eventful().outcome().plan)
        try expect(text.replacing("\u{1B}", with: "ESC"), is: "eventful-plan-colour.txt")
    }

    @Test func anEventfulPlanAsMarkdown() throws {
        try expect(PlanMarkdown().render(Self.eventful().outcome().plan), is: "eventful-plan.md.txt")
    }

    @Test func anEventfulPlanAsJSON() throws {
        try expect(Self.eventful().outcome().plan.json.prettyText + "\n", is: "eventful-plan.json.txt")
    }

    @Test func aPlanOfNothing() throws {
        var world = Self.mountainlab()
        try world.apply()
        let plan = try world.outcome().plan
        #expect(PlanText().render(plan) == "nothing to do\n")
        #expect(PlanMarkdown().render(plan) == "### Access plan: nothing to do\n")
    }
}

import StrictJSON
import TestSupport
import Testing

/// What a command reads of a server is what it reads of the state, byte by byte.
@Suite(.serialized) struct RemoteReadingTests {
    @Test func everyReadingCommandSaysTheSame() async throws {
        var rehearsal = try await Rehearsal.applied()
        let asked = try await rehearsal.json(
            "access", "request", "payments/live/contributor", "--reason", "INC-7", "--for", "1h", "--as", "e-0002")
        let ticket = try #require(asked["id"]?.string)
        try await rehearsal.expect(
            3, "access", "request", "insights/live/admin", "--reason", "why not", "--as", "e-0019")
        try rehearsal.write("short.csv", try rehearsal.feed(without: Set((18...29).map { "e-00\($0)" })))
        let imported = try await rehearsal.json("people", "import", "short.csv", "--as", "e-0002", status: 3)
        let hold = try #require(imported["holds"]?.array?.first?.string)
        try await rehearsal.expect(0, "scim", "client", "add", "okta")
        let cases = try await rehearsal.json("case", "list")
        let one = try #require(cases.array?.first?["id"]?.string)
        rehearsal.clock = "2026-11-21T08:20:00Z"
        let server = try await SignedInServer(rehearsal)
        let at = SignedInServer.moment
        let commands: [[String]] = [
            ["who", "payments/live/reader", "--at", at], ["who", "payments-live-readers", "--at", at],
            ["who", "Group(\"payments\", \"live\", \"reader\")", "--at", at], ["who", "payments/_/_", "--at", at],
            ["explain", "ana@mountainlab.io", "--at", at], ["explain", "e-0001", "--at", at],
            ["people", "show", "--at", at], ["people", "show", "e-0003", "--at", at],
            ["case", "list"], ["case", "list", "--open"], ["case", "list", "--person", "e-0003"],
            ["case", "show", one],
            ["case", "follow", one], ["hold", "list", "--all"], ["hold", "show", hold],
            ["access", "list", "--all", "--person", "e-0019"], ["notice", "list", "--all"],
            ["report", "slis", "--from", "2026-11-21", "--to", at], ["scim", "client", "list"],
            ["audit", "log", "--subject", "e-0003"], ["audit", "log", "--last", "3", "--type", "people.imported"],
            ["plan", "mountainlab", "--at", at], ["plan", "mountainlab", "--at", at, "--detailed-exitcode"],
            ["plan", "mountainlab", "--at", at, "--person", "e-0003"],
        ]
        for command in commands { try await server.expectEqual(command) }
        // What is to be done next is told differently to who is signed in.
        for command in [["access", "show", ticket], ["access", "list"]] {
            try await server.expectEqual(command, errorsToo: false)
        }
        // Its JSON says when it was planned.
        let drift = try await server.ask("marta@mountainlab.io", ["drift"])
        #expect(try await rehearsal.run(["drift"]).output == drift.output)
        let markdown = ["plan", "mountainlab", "--at", at, "-o", "markdown"]
        let there = try await server.ask("marta@mountainlab.io", markdown).output
        #expect(try await rehearsal.run(markdown).output == there)
        try await server.stop()
    }

    @Test func errorsReadAlikeAndEndAlike() async throws {
        var rehearsal = try await Rehearsal.applied()
        rehearsal.clock = "2026-11-21T08:20:00Z"
        let server = try await SignedInServer(rehearsal)
        let commands: [[String]] = [
            ["explain", "nobody@mountainlab.io"], ["people", "show", "e-9999"], ["who", "payments/live/nobody"],
            ["case", "show", "case-none"], ["case", "list", "--person", "e-9999"], ["hold", "show", "hold-none"],
            ["access", "show", "req-none"], ["audit", "prove", "999999"], ["plan", "nowhere"],
            ["people", "confirm", "e-0003", "nothing"], ["scim", "client", "rotate", "nobody"],
            ["report", "slis", "--from", "2026-11-22", "--to", "2026-11-21"], ["case", "retry", "case-none"],
        ]
        for command in commands { try await server.expectEqual(command) }
        // Whom a caller may not see is nobody.
        let hidden = try await server.expect(1, "elena@mountainlab.io", "explain", "e-0014")
        let nobody = try await server.expect(1, "elena@mountainlab.io", "explain", "e-9999")
        #expect(hidden.errors.replacing("e-0014", with: "e-9999") == nobody.errors)
        // Nor is a group of a tenant that they may not see.
        func ask(_ group: String) async throws -> String {
            try await server.expect(1, "elena@mountainlab.io", "access", "request", group, "--reason", "why not").errors
        }
        let unseen = try await ask("insights/live/admin").replacing("insights", with: "nothing")
        #expect(try await ask("nothing/live/admin") == unseen)
        // A refused request, asserted here and signed in there: of a group that pedro sees and may not have.
        let request = ["access", "request", "payments/live/admin", "--reason", "why not"]
        let here = try await rehearsal.run(request + ["--as", "e-0004"])
        let there = try await server.ask("pedro@mountainlab.io", request)
        #expect(here.status == 3 && there.status == 3)
        #expect(there.errors == here.errors)
        try rehearsal.write("event.json", "{\"specversion\": \"1.0\"}")
        try await server.expectEqual(["event", "event.json"])
        // What is not theirs is refused, and by whom it may be done is said.
        let refused = try await server.expect(3, "elena@mountainlab.io", "reconcile")
        #expect(refused.errors.contains("admins of the sector platform"))
        try await server.stop()
    }

    @Test func plansThatAreHeldAndDefinitionsThatAreBroken() async throws {
        var rehearsal = try await Rehearsal.applied()
        rehearsal.clock = "2026-11-21T08:20:00Z"
        let server = try await SignedInServer(rehearsal)
        let good = try rehearsal.read("mountainlab/tenants/payments.yaml")
        try rehearsal.write("mountainlab/tenants/payments.yaml", good + "nonsense: true\n")
        try await server.expectEqual(["plan", "mountainlab", "--at", SignedInServer.moment])
        try rehearsal.write("mountainlab/tenants/payments.yaml", good)
        for tenant in ["payments", "storefront", "insights"] {
            let text = try rehearsal.read("mountainlab/tenants/\(tenant).yaml")
            try rehearsal.write(
                "mountainlab/tenants/\(tenant).yaml",
                text.split(separator: "\n", omittingEmptySubsequences: false)
                    .filter { !$0.hasPrefix("    - ") || $0.contains("marta@") }.joined(separator: "\n"))
        }
        let plan = ["plan", "mountainlab", "--at", SignedInServer.moment]
        #expect(try await rehearsal.run(plan).status != 0)
        try await server.expectEqual(plan)
        try await server.stop()
    }
}

/// Something that happens to the example organisation, how it is told to the command, and what is true afterwards.
struct Story: Sendable {
    let name: String
    /// What the clock says then; RFC 3339.
    let clock: String
    let arguments: [String]
    /// Files that say so, by path in the story's folder: written over what is there.
    var files: [String: String] = [:]
    /// The id of the event that tells it.
    var event: String?
    /// The facts afterwards.
    let facts: Facts

    static let all: [Story] = [joiner, mover, leaver, contractorsEnd, definitions]

    private static let joiner = Story(
        name: "joiner", clock: "2026-11-21T09:00:30Z", arguments: ["event", "story.json", "--apply"],
        files: [
            "story.json": ExampleOrganization.event(
                "joined", "e-0005",
                """
                "email": "rosa@mountainlab.io", "given_name": "Rosa", "family_name": "Campos", "type": "employee", \
                "status": "active", "department": "Engineering", "title": "Engineer", "start_date": "2026-11-20"
                """)
        ], event: "story-joined",
        facts: after { $0.people["e-0005"] = Facts.Person(department: "Engineering") })

    private static let mover = Story(
        name: "mover", clock: "2026-11-21T09:00:30Z", arguments: ["event", "story.json", "--apply"],
        files: [
            "story.json": ExampleOrganization.event(
                "moved", "e-0004", #""department": "Data", "title": "Data Engineer""#)
        ], event: "story-moved", facts: after { $0.people["e-0004"]?.department = "Data" })

    private static let leaver = Story(
        name: "leaver", clock: "2026-11-21T09:00:30Z", arguments: ["event", "story.json", "--apply"],
        files: ["story.json": ExampleOrganization.event("left", "e-0003", #""status": "left""#)],
        event: "story-left", facts: after { $0.people["e-0003"]?.isPresent = false })

    /// Nobody says anything: the last day of the contract is over.
    private static let contractorsEnd = Story(
        name: "contractor's end", clock: "2026-12-16T00:00:30Z", arguments: ["reconcile"],
        facts: after { $0.people["c-0001"]?.isPresent = false })

    /// A new tenant, one who goes from a list, one who comes onto it.
    private static let definitions = Story(
        name: "definitions", clock: "2026-11-21T09:00:30Z", arguments: ["apply", "organization", "--yes"],
        files: [
            "organization/tenants/payments.yaml": ExampleOrganization.tenant(
                "payments", admins: "marta", contributors: "hugo", readers: "ana, rafa"),
            "organization/tenants/catalog.yaml": ExampleOrganization.tenant(
                "catalog", admins: "javi", contributors: "", readers: "hugo"),
        ],
        facts: after {
            $0.tenants["payments"] = ["e-0001", "e-0003", "e-0004", "c-0001"]
            $0.tenants["catalog"] = ["e-0002", "e-0004"]
        })

    private static func after(_ change: (inout Facts) -> Void) -> Facts {
        var facts = Facts.beginning
        change(&facts)
        return facts
    }

    /// The changes that it takes, as the log names them: what there is afterwards and not before, and the reverse.
    var changes: Set<String> {
        let before = Set(Facts.beginning.expected(withRoles: false).lines)
        let after = Set(facts.expected(withRoles: false).lines)
        let gone = before.subtracting(after).map(Self.key)
        let come = after.subtracting(before).map(Self.key)
        return Set(
            come.map { gone.contains($0) ? "update \($0)" : "add \($0)" }
                + Set(gone).subtracting(come).map { "remove \($0)" })
    }

    /// Without an account's state.
    private static func key(_ line: String) -> String {
        guard line.hasPrefix("account ") else { return line }
        return line.split(separator: " ").prefix(2).joined(separator: " ")
    }
}

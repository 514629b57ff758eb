import AccessModel
import StrictJSON
import TestSupport
import Testing

@testable import Lifecycle

@Suite struct GroupPatternTests {
    private var organization: OrganizationBuilder {
        var builder = OrganizationBuilder()
        builder.tenant("payments")
        builder.tenant("catalog")
        return builder
    }

    private func slugs(_ text: String) -> Set<String> {
        let organization = organization.organization
        return Set(GroupPattern(text).groups(in: organization).map { organization.slug(of: $0) })
    }

    @Test(arguments: [
        "payments/live/reader", "payments-live-readers", "Group(\"payments\", \"live\", \"reader\")",
        "Group(\"payments\",\"live\",\"reader\")",
    ])
    func oneGroupHasThreeNames(_ text: String) {
        #expect(slugs(text) == ["payments-live-readers"])
    }

    @Test func anUnderscoreStandsForAll() {
        #expect(slugs("_/live/reader").isSuperset(of: ["payments-live-readers", "catalog-live-readers"]))
        #expect(slugs("payments/_/reader") == ["payments-live-readers", "payments-sandbox-readers"])
        #expect(slugs("payments/live/_").count == 4)
        #expect(slugs("Group(\"_\", \"sandbox\", \"admin\")").contains("catalog-sandbox-admins"))
    }

    @Test(arguments: [
        "", "_", "payments", "payments/live", "payments/live/reader/x", "payments//reader", "PAYMENTS/live/reader",
        "Group()", "Group(\"payments\")", "payments/*/reader", "payments-live-reader",
    ])
    func whatIsNoGroupIsNone(_ text: String) {
        #expect(slugs(text).isEmpty)
    }
}

@Suite struct PlanHoldTests {
    private func removal(_ group: String, _ person: String) -> Change {
        let fact = Fact.membership(
            Membership(
                group: group, notation: nil, identity: .person(Sample.id(person)),
                account: "\(person)@mountainlab.io"))
        return Change(
            target: Sample.slug("corp"), operation: .remove, lane: .revoke, fact: fact, before: fact,
            causes: [.definitionRemoved(note: "gone")], risk: 1, stage: 2, isCounted: true, isHeld: true)
    }

    @Test func aHoldReadsBackAsItWasWritten() throws {
        let hold = PlanHold(changes: [
            removal("b", "e-0002"), removal("a", "e-0001"), removal("a", "e-0002"),
        ])
        #expect(hold.people == ["e-0001", "e-0002"])
        #expect(hold.reason == "3 removals in corp concern 2 people")
        let stored = try JSONParser.parse(hold.body.canonicalBytes)
        let read = try #require(PlanHold(stored))
        #expect(read.changes == hold.changes)
        #expect(read.people == hold.people)
        #expect(read.reason == hold.reason)
    }

    @Test func theSameChangesInAnyOrderAreTheSameHold() {
        let changes = [removal("b", "e-0002"), removal("a", "e-0001")]
        #expect(PlanHold(changes: changes).changes == PlanHold(changes: changes.reversed()).changes)
    }

    @Test(arguments: ["{}", "[]", "{\"changes\": 1, \"people\": [], \"reason\": \"\"}", "{\"reason\": \"x\"}"])
    func whatIsNoHoldIsNotReadAsOne(_ text: String) throws {
        #expect(PlanHold(try JSONParser.parse(text)) == nil)
    }
}

@Suite struct FarewellListTests {
    @Test func whatIsOwedIsKeptUntilItIsDone() async throws {
        try await withTemporaryDatabase { database in
            try await database.write { session in
                let list = FarewellList(session)
                #expect(try list.caseIDs().isEmpty)
                try list.set(["leaver-a", "leaver-b"])
                #expect(try list.caseIDs() == ["leaver-a", "leaver-b"])
                try list.set([])
                #expect(try list.caseIDs().isEmpty)
            }
        }
    }
}

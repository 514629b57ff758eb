import AccessModel
import StrictJSON
import Testing

@Suite struct JSONRoundTripTests {
    private static let at = Instant(milliseconds: 1_795_251_600_000)
    private static let place = SourceLocation(file: "tenants/payments.yaml", line: 4, column: 13)
    private static let group = Group("payments/live/reader")

    private static func facts() throws -> [Fact] {
        let person = IdentityID.person(try #require(PersonID("e-0001")))
        let bare = Account(identity: .foreign("x y"), name: "x y", state: .disabled)
        let full = Account(
            identity: person, name: "marta@mountainlab.io", state: .active, givenName: "Zoë", familyName: "Ruiz",
            department: "R&D", title: "Lead")
        return [
            .account(bare), .account(full),
            .account(
                Account(
                    identity: person, name: "ends@x.io", state: .active,
                    end: CalendarDay("2026-12-15").map { .after($0) })),
            .account(Account(identity: .foreign("z"), name: "never@x.io", state: .active, end: .never)),
            .group(GroupFact(slug: "payments-live-readers", notation: group)),
            .group(GroupFact(slug: "engineering", notation: nil)),
            .membership(
                Membership(group: "payments-live-readers", notation: group, identity: person, account: "marta@x.io")),
            .roleAssignment(
                RoleAssignment(
                    group: "payments-live-readers", notation: group, role: "reader", scope: "a/live/*/payments")),
            .federatedTrust(
                FederatedTrust(group: "g", notation: nil, issuer: "https://i", subject: "s:t", audience: "a")),
            .eligibility(Eligibility(group: "g", notation: group, identity: person)),
            .credential(Credential(identity: person, id: "k1", createdAt: at, lastUsedAt: nil)),
            .session(Session(identity: person, id: "s1", until: at)),
        ]
    }

    @Test func factsComeBack() throws {
        let facts = try Self.facts()
        #expect(Set(facts.map(\.kind)).count == Fact.Kind.allCases.count)
        for fact in facts { #expect(Fact(json: try JSONParser.parse(fact.json.compactText)) == fact) }
        #expect(Set(facts).count == facts.count && Set(facts.map(\.key)).count == facts.count - 1)
    }

    @Test func aMembershipIsWrittenAsDocumented() throws {
        let text = try Self.facts()[6].json.compactText
        #expect(
            text
                == #"{"kind":"membership","group":"payments-live-readers","notation":"Group(\"payments\", \"live\", \"reader\")","#
                + #""identity":"e-0001","account":"marta@x.io"}"#)
    }

    @Test func brokenFactsAreNil() {
        for json in [
            [:], ["kind": "membership"], ["kind": "moon", "group": "g"], ["kind": "account", "identity": "e-1"],
            ["kind": "account", "identity": "e-1", "account": "a", "state": "asleep"], "fact", nil,
            ["kind": "membership", "group": "g", "identity": "not an id", "account": "a"],
        ] as [JSONValue] {
            #expect(Fact(json: json) == nil)
        }
    }

    private static func causes() throws -> [Cause] {
        let day = try #require(CalendarDay("2026-11-20"))
        return [
            .definition(place), .birthright(rule: "everyone", place), .event(source: "hr", id: "1", type: "left"),
            .snapshot(asOf: at, note: "status"), .grant(id: "g-1", until: at), .ended(day), .notStarted(day),
            .moverLapse(tenant: try #require(Slug("payments")), at: at), .definitionRemoved(note: "gone"),
            .retention(disabledSince: at), .drift,
        ]
    }

    @Test func causesComeBack() throws {
        let causes = try Self.causes()
        for cause in causes {
            #expect(Cause(json: cause.json) == cause)
            #expect(cause.json["text"]?.string == cause.description)
        }
        #expect(Set(causes.map { $0.json["kind"]?.string }).count == causes.count)
        #expect(Cause(json: ["kind": "whim"]) == nil && Cause(json: ["kind": "definition", "file": "a"]) == nil)
    }

    @Test func changesComeBack() throws {
        let target = try #require(Slug("corp"))
        for fact in try Self.facts() {
            let change = Change(
                target: target, operation: .update, lane: .revoke, fact: fact, before: fact, causes: try Self.causes(),
                risk: 20, stage: 2, after: ["corp add account e-1"], isCounted: true, isHeld: true)
            #expect(Change(json: change.json) == change)
            #expect(change.inverse?.inverse?.fact == change.fact)
        }
        #expect(Change(json: ["op": "add"]) == nil)
    }

    @Test func anAccountIsSatisfiedWhateverATargetCannotShow() throws {
        let id = IdentityID.person(try #require(PersonID("e-1")))
        let wanted = Account(identity: id, name: "a@b.io", state: .active, givenName: "Ana", department: "R&D")
        #expect(Account(identity: id, name: "A@B.io", state: .active).satisfies(wanted))
        #expect(Account(identity: id, name: "a@b.io", state: .active, title: "x").satisfies(wanted))
        #expect(!Account(identity: id, name: "a@b.io", state: .disabled).satisfies(wanted))
        #expect(!Account(identity: id, name: "a@b.io", state: .active, department: "Sales").satisfies(wanted))
        #expect(!Account(identity: .foreign("a"), name: "a@b.io", state: .active).satisfies(wanted))
    }
}

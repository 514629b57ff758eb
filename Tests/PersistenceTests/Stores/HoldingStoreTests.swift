import AccessModel
import Persistence
import TestSupport
import Testing

@Suite("Intervals of what was seen")
struct HoldingStoreTests {
    private static func slug(_ text: String) throws -> Slug { try #require(Slug(text)) }
    private static func identity(_ text: String) throws -> IdentityID { try #require(IdentityID(text)) }
    private static func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

    private static func member(_ group: String, _ person: String) throws -> Fact {
        .membership(Membership(group: group, notation: nil, identity: try identity(person), account: person))
    }

    private static func account(_ person: String, _ state: Account.State = .active) throws -> Fact {
        .account(
            Account(
                identity: try identity(person), name: person, state: state, givenName: nil, familyName: nil,
                department: nil, title: nil))
    }

    private static func keys(_ holdings: [Holding]) -> [String] { holdings.map(\.fact.key) }

    private static func holdings(
        _ database: any Database, _ filter: HoldingStore.Filter = .init()
    ) async throws -> [Holding] {
        try await database.read { try HoldingStore($0).holdings(filter) }
    }

    @discardableResult
    private static func observe(
        _ facts: [Fact], _ database: any Database, target: String = "corp", scope: HoldingScope = .everything,
        causes: [Cause]? = nil, at time: Int64
    ) async throws -> HoldingDelta {
        let target = try slug(target)
        return try await database.write { session in
            try HoldingStore(session).observe(
                facts.map { SeenFact($0, causes: causes) }, in: target, scope: scope, at: at(time))
        }
    }

    @Test(arguments: DatabaseDriver.all) func whatIsSeenOpensAndWhatVanishesCloses(_ driver: DatabaseDriver)
        async throws
    {
        try await driver.withSchema { database in
            let ana = try Self.member("g", "e-1")
            let javi = try Self.member("g", "e-2")
            let first = try await Self.observe([javi, ana, ana], database, at: 10)
            #expect(first.opened == [ana, javi] && first.closed.isEmpty)
            #expect(try await Self.observe([ana, javi], database, at: 20).isEmpty)
            let third = try await Self.observe([javi], database, at: 30)
            #expect(third.opened.isEmpty && third.closed == [ana])
            try await Self.observe([ana, javi], database, at: 40)

            let all = try await Self.holdings(database)
            #expect(Self.keys(all) == [ana.key, ana.key, javi.key])
            #expect(all.map(\.from) == [Self.at(10), Self.at(40), Self.at(10)])
            #expect(all.map(\.until) == [Self.at(30), nil, nil])
            for (time, expected) in [
                (Int64(9), []), (10, [ana.key, javi.key]), (29, [ana.key, javi.key]), (30, [javi.key]),
                (40, [ana.key, javi.key]),
            ] {
                let keys = Self.keys(try await Self.holdings(database, .init(at: Self.at(time))))
                #expect(keys == expected, "at \(time)")
            }
            let target = try Self.slug("corp")
            #expect(try await database.read { try HoldingStore($0).lastObserved(target) } == Self.at(40))
        }
    }

    @Test(arguments: DatabaseDriver.all) func anotherStateOrReasonIsAnotherInterval(_ driver: DatabaseDriver)
        async throws
    {
        let grant = Cause.grant(id: "g-1", until: Self.at(99_000))
        try await driver.withSchema { database in
            try await Self.observe([try Self.account("e-1")], database, causes: [.drift], at: 10)
            try await Self.observe([try Self.account("e-1")], database, causes: nil, at: 20)
            try await Self.observe([try Self.account("e-1")], database, causes: [grant], at: 30)
            let delta = try await Self.observe([try Self.account("e-1", .disabled)], database, at: 40)
            #expect(delta.opened == [try Self.account("e-1", .disabled)])
            #expect(delta.closed == [try Self.account("e-1")])
            let all = try await Self.holdings(database)
            #expect(all.map(\.from) == [Self.at(10), Self.at(30), Self.at(40)])
            #expect(all.map(\.until) == [Self.at(30), Self.at(40), nil])
            #expect(all.map(\.causes) == [[.drift], [grant], [grant]])
            #expect(all.last?.fact == (try Self.account("e-1", .disabled)))
        }
    }

    @Test(arguments: DatabaseDriver.all) func aNarrowLookClosesOnlyWhatItLookedAt(_ driver: DatabaseDriver) async throws
    {
        try await driver.withSchema { database in
            let facts = try [
                Self.account("e-1"), Self.account("e-2"), Self.member("a", "e-1"), Self.member("b", "e-1"),
                Self.member("a", "e-2"), Self.member("b", "e-2"),
                .group(GroupFact(slug: "a", notation: nil)), .group(GroupFact(slug: "b", notation: nil)),
                .roleAssignment(RoleAssignment(group: "a", notation: nil, role: "view", scope: "x")),
            ]
            try await Self.observe(facts, database, at: 10)
            let person = HoldingScope.only(identities: [try Self.identity("e-1")], groups: [])
            let gone = try await Self.observe(
                [try Self.account("e-1", .disabled)], database, scope: person, at: 20)
            #expect(
                Set(gone.closed) == Set(try [Self.account("e-1"), Self.member("a", "e-1"), Self.member("b", "e-1")]))
            let group = HoldingScope.only(identities: [], groups: ["a"])
            let emptied = try await Self.observe(
                [.group(GroupFact(slug: "a", notation: nil)), try Self.member("a", "e-3")], database, scope: group,
                at: 30)
            #expect(emptied.closed == [try Self.member("a", "e-2")])
            #expect(emptied.opened == [try Self.member("a", "e-3")])
            // A partial page says that something holds, never that something does not.
            let partial = try await Self.observe(
                [try Self.member("b", "e-2"), try Self.member("b", "e-4")], database, scope: .nothing, at: 40)
            #expect(partial.closed.isEmpty)
            #expect(partial.opened == [try Self.member("b", "e-4")])
            let open = Self.keys(try await Self.holdings(database, .init(isOpen: true)))
            #expect(
                open == [
                    "account e-1", "account e-2", "group a", "group b", "membership a e-3", "membership b e-2",
                    "membership b e-4", "role_assignment a view x",
                ])
        }
    }

    @Test(arguments: DatabaseDriver.all) func targetsDoNotMix(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            let fact = try Self.member("g", "e-1")
            try await Self.observe([fact], database, target: "corp", at: 10)
            try await Self.observe([fact], database, target: "ldap", at: 10)
            try await Self.observe([], database, target: "ldap", at: 20)
            let open = try await Self.holdings(database, .init(isOpen: true))
            #expect(open.map(\.target) == [try Self.slug("corp")])
            let ldap = try Self.slug("ldap")
            #expect(try await Self.holdings(database, .init(target: ldap)).count == 1)
        }
    }

    @Test(arguments: DatabaseDriver.all) func whoAndExplainFindTheirRows(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            let facts = try [Self.member("a", "e-1"), Self.member("b", "e-1"), Self.member("a", "e-2")]
            try await Self.observe(facts + [.group(GroupFact(slug: "a", notation: nil))], database, at: 10)
            let identity = try Self.identity("e-1")
            #expect(
                Self.keys(try await Self.holdings(database, .init(identity: identity)))
                    == ["membership a e-1", "membership b e-1"])
            let members = try await Self.holdings(database, .init(group: "a", kinds: [.membership]))
            #expect(Self.keys(members) == ["membership a e-1", "membership a e-2"])
            let corp = try Self.slug("corp")
            try await database.write { session in
                try HoldingStore(session).close(["membership a e-1", "unknown"], in: corp, at: Self.at(20))
            }
            let open = try await Self.holdings(database, .init(group: "a", isOpen: true))
            #expect(Self.keys(open) == ["group a", "membership a e-2"])
        }
    }

    @Test(arguments: DatabaseDriver.all) func namesThatUnicodeHoldsEqualStayApart(_ driver: DatabaseDriver) async throws
    {
        try await driver.withSchema { database in
            let facts = try ["é", "e\u{301}", "z", "Z", "\u{1F986}", "ﬀ"].map { name in
                try Self.member("g", "foreign:\(name)")
            }
            #expect(try await Self.observe(facts, database, at: 10).opened.count == 6)
            #expect(try await Self.observe(facts.reversed(), database, at: 20).isEmpty)
            #expect(try await Self.observe(Array(facts.dropFirst()), database, at: 30).closed.count == 1)
        }
    }

    @Test(arguments: DatabaseDriver.all) func manyAreCompared(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            let facts = try (0..<20_000).map { try Self.member("g\($0 % 100)", "e-\($0)") }
            #expect(try await Self.observe(facts, database, at: 10).opened.count == 20_000)
            let delta = try await Self.observe(facts.filter { $0.groupSlug != "g7" }, database, at: 20)
            #expect(delta.closed.count == 200 && delta.opened.isEmpty)
            #expect(try await Self.holdings(database, .init(isOpen: true)).count == 19_800)
        }
    }

    @Test(arguments: DatabaseDriver.all) func aClockThatWasSetBackEndsNothingBeforeItBegan(_ driver: DatabaseDriver)
        async throws
    {
        try await driver.withSchema { database in
            try await Self.observe([try Self.member("g", "e-1")], database, at: 100)
            try await Self.observe([], database, at: 50)
            let all = try await Self.holdings(database)
            #expect(all.first?.until == Self.at(100))
        }
    }
}

import AccessModel
import Persistence
import TestSupport
import Testing

@Suite("The small stores")
struct SmallStoreTests {
    private static func slug(_ text: String) throws -> Slug { try #require(Slug(text)) }
    private static func person(_ text: String) throws -> PersonID { try #require(PersonID(text)) }
    private static func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

    @Test(arguments: DatabaseDriver.all) func settings(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            try await database.write { (session) throws in
                let store = SettingsStore(session)
                #expect(try store.value(.origin) == nil)
                try store.set(.origin, to: "a")
                try store.set(.origin, to: "b")
                #expect(try store.value(.origin) == "b")
                try store.remove(.origin)
                #expect(try store.value(.origin) == nil)
                try store.set(.clock, to: "tomorrow")
            }
            #expect(
                try await code { _ = try await database.read { try SettingsStore($0).instant(.clock) } } == .corrupt)
        }
    }

    @Test(arguments: DatabaseDriver.all) func theClockNeverGoesBack(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            for (now, expected) in [(Int64(10), Int64(10)), (20, 20), (15, 20), (21, 21)] {
                let time = try await database.write { try SettingsStore($0).advanceClock(to: Self.at(now)) }
                #expect(time == Self.at(expected))
            }
        }
    }

    @Test(arguments: DatabaseDriver.all) func ofTwoWhoDecideOnOneGenerationOneMay(_ driver: DatabaseDriver) async throws
    {
        try await driver.withSchema { database in
            let seen = try await database.read { try SettingsStore($0).generation() }
            var answers: [Bool] = []
            for _ in 0..<2 {
                answers.append(try await database.write { try SettingsStore($0).advanceGeneration(from: seen) })
            }
            #expect(answers == [true, false])
            try await database.write { (session) throws in try SettingsStore(session).advanceGeneration() }
            let now = try await database.read { try SettingsStore($0).generation() }
            #expect(now == seen + 2)
        }
    }

    @Test(arguments: DatabaseDriver.all) func definitions(_ driver: DatabaseDriver) async throws {
        typealias File = DefinitionStore.File
        let platform = File(path: "platform.yaml", content: Array("organization: x\n".utf8))
        let copy = File(path: "tenants/copy.yaml", content: platform.content)
        let tenant = File(path: "tenants/a.yaml", content: [0, 255, 10])
        try await driver.withSchema { database in
            try await database.write { (session) throws in
                let store = DefinitionStore(session)
                #expect(try store.current() == nil)
                try store.apply("r1", files: [platform, copy], at: Self.at(10), actor: "local:ana")
                try store.apply("r2", files: [tenant, platform], at: Self.at(20), actor: "local:ana")
                try store.apply("r1", files: [platform, copy], at: Self.at(30), actor: "local:eva")
            }
            try await database.read { (session) throws in
                let store = DefinitionStore(session)
                #expect(try store.current() == "r1")
                #expect(try store.files(of: "r1") == [platform, copy])
                #expect(try store.files(of: "r2") == [platform, tenant])
                #expect(try store.files(of: "r3").isEmpty)
                #expect(try store.application(at: Self.at(9)) == nil)
                #expect(try store.application(at: Self.at(29))?.revision == "r2")
                #expect(try store.applications().map(\.actor) == ["local:ana", "local:ana", "local:eva"])
                #expect(try store.digests(of: "r1").count == 2)
                let contents = try session.query("SELECT count(*) FROM definition_contents")
                #expect(try contents.first?.integer(0) == 2)
            }
        }
    }

    @Test(arguments: DatabaseDriver.all) func bindings(_ driver: DatabaseDriver) async throws {
        let payments = try Self.slug("payments")
        func binding(_ address: String, _ person: String, _ time: Int64) throws -> BindingStore.Binding {
            BindingStore.Binding(
                tenant: payments, list: "readers", address: address, person: try Self.person(person),
                firstSeen: Self.at(time))
        }
        let ana = try binding("ana@x.io", "e-1", 10)
        let thief = try binding("ana@x.io", "e-9", 20)
        let javi = try binding("javi@x.io", "e-2", 20)
        let gone = BindingStore.Entry(tenant: payments, list: "readers", address: "ana@x.io")
        try await driver.withSchema { database in
            try await database.write { session in
                try BindingStore(session).insert([ana])
                try BindingStore(session).insert([thief, javi])
            }
            func known(at time: Int64) async throws -> [BindingStore.Binding] {
                try await database.read { try BindingStore($0).bindings(at: Self.at(time)) }
            }
            #expect(try await known(at: 20) == [ana, javi])
            try await database.write { try BindingStore($0).forget([gone], at: Self.at(30)) }
            #expect(try await known(at: 30) == [javi])
            let bearer = try binding("ana@x.io", "e-9", 40)
            try await database.write { try BindingStore($0).insert([bearer]) }
            #expect(try await known(at: 9).isEmpty)
            #expect(try await known(at: 19) == [ana])
            #expect(try await known(at: 29) == [ana, javi])
            #expect(try await known(at: 39) == [javi])
            #expect(try await known(at: 40) == [bearer, javi])
            // What never held leaves no trace.
            try await database.write { try BindingStore($0).forget([gone], at: Self.at(40)) }
            #expect(try await known(at: 40) == [javi])
        }
    }

    @Test func confirmations() async throws {
        let payments = try Self.slug("payments")
        let person = try Self.person("e-1")
        try await withTemporaryDatabase { database in
            try await database.write { session in
                for time in [Int64(5), 9] {
                    try BindingStore(session).confirm(
                        .init(person: person, tenant: payments, confirmedAt: Self.at(time), actor: "local:eva"))
                }
            }
            for (time, confirmed) in [(Int64(4), []), (5, [5]), (8, [5]), (9, [9]), (100, [9])] as [(Int64, [Int64])] {
                let known = try await database.read { try BindingStore($0).confirmations(at: Self.at(time)) }
                #expect(known.map(\.confirmedAt) == confirmed.map(Self.at))
            }
        }
    }

    @Test(arguments: DatabaseDriver.all) func ownership(_ driver: DatabaseDriver) async throws {
        let corp = try Self.slug("corp")
        let ldap = try Self.slug("ldap")
        let person = try Self.person("e-1")
        try await driver.withSchema { database in
            try await database.write { (session) throws in
                let store = OwnershipStore(session)
                try store.own(.group, ["a", "b"], in: corp)
                try store.own(.group, ["b"], in: corp)
                try store.own(.fact, ["role_assignment a view x"], in: ldap)
                try store.disown(.group, ["a", "z"], in: corp)
                try store.setDisabled(person, in: corp, since: Self.at(10))
                try store.setDisabled(person, in: corp, since: Self.at(20))
                try store.setDisabled(person, in: ldap, since: Self.at(30))
                try store.clearDisabled(person, in: ldap)
            }
            try await database.read { (session) throws in
                let store = OwnershipStore(session)
                #expect(try store.owned(.group) == [corp: ["b"]])
                #expect(try store.owned(.fact) == [ldap: ["role_assignment a view x"]])
                #expect(try store.disabledSince() == [corp: [person: Self.at(10)]])
            }
        }
    }

    @Test(arguments: DatabaseDriver.all) func holdsAreDecidedOnceByAnother(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            try await database.write { (session) throws in
                let store = HoldStore(session)
                #expect(try store.open(id: "h-1", kind: "plan", at: Self.at(1), by: "local:ana", body: ["n": 3]))
                #expect(try !store.open(id: "h-1", kind: "other", at: Self.at(2), by: "local:eva", body: [:]))
                try store.open(id: "h-2", kind: "snapshot", at: Self.at(2), by: "local:ana", body: [:])
            }
            func decide(_ id: String, _ state: HoldStore.Hold.State, _ actor: String) async throws -> HoldStore.Decision
            {
                try await database.write { try HoldStore($0).decide(id, state, at: Self.at(5), by: actor) }
            }
            guard case .sameActor = try await decide("h-1", .approved, "local:ana"),
                case .decided(let hold) = try await decide("h-1", .approved, "local:eva"),
                case .already(let same) = try await decide("h-1", .rejected, "local:pau"),
                case .unknown = try await decide("h-9", .approved, "local:eva")
            else {
                Issue.record("a decision was not as it should be")
                return
            }
            #expect(hold == same && hold.decidedBy == "local:eva" && hold.body == ["n": 3] && hold.kind == "plan")
            #expect(try await database.read { try HoldStore($0).holds(.open).map(\.id) } == ["h-2"])
            #expect(try await database.read { try HoldStore($0).holds().map(\.id) } == ["h-1", "h-2"])
        }
    }

    @Test(arguments: DatabaseDriver.all) func removalsOfTheHourAreCounted(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            try await database.write { (session) throws in
                let store = HoldStore(session)
                try store.recordRemovals(["e-1", "e-2"], memberships: ["e-1": 3], scope: "corp", at: Self.at(10))
                try store.recordRemovals(["e-1"], scope: "corp", at: Self.at(20))
                try store.recordRemovals(["e-1"], scope: "people", at: Self.at(20))
            }
            #expect(
                try await database.read { try HoldStore($0).removals(since: Self.at(9)) }
                    == ["corp": ["e-1", "e-2"], "people": ["e-1"]])
            #expect(
                try await database.read { try HoldStore($0).removals(since: Self.at(10)) }
                    == ["corp": ["e-1"], "people": ["e-1"]])
            #expect(
                try await database.read { try HoldStore($0).removedMemberships(since: Self.at(9)) }
                    == ["corp": 3, "people": 0])
            try await database.write { try HoldStore($0).pruneRemovals(until: Self.at(20)) }
            #expect(try await database.read { try HoldStore($0).removals(since: Self.at(0)) }.isEmpty)
        }
    }
}

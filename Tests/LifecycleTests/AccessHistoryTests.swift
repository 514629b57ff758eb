import AccessModel
import Definitions
import Lifecycle
import Persistence
import StrictJSON
import TestSupport
import Testing

/// What is asked about a time is answered from what was on record then, whatever was recorded since.
@Suite struct AccessHistoryTests {
    private let early = Sample.instant("2026-09-01T09:00:00Z")

    private func at(_ day: Int) -> Instant { Sample.instant("2026-11-\(day < 10 ? "0" : "")\(day)T09:00:00Z") }

    /// Ana and Bea; payments lists `ana@mountainlab.io` as a reader.
    private func withPeople(_ body: (Desk) async throws -> Void) async throws {
        try await withTemporaryDatabase { database in
            var builder = OrganizationBuilder()
            builder.tenant("payments", readers: ["ana"])
            let desk = Desk(database: database, organization: builder.organization)
            for name in ["ana", "bea"] {
                try await desk.hear(
                    "joined", name, at: Sample.instant("2026-08-01T09:00:00Z"),
                    [
                        "email": .string("\(name)@mountainlab.io"), "given_name": "A", "family_name": "B",
                        "type": "employee", "start_date": "2026-08-01",
                    ])
            }
            try await body(desk)
        }
    }

    private struct Desk {
        let database: any Database
        let organization: Organization

        func context(_ now: Instant) -> LifecycleContext {
            LifecycleContext(database: database, actor: "local:eva", now: now) { "id" }
        }

        func people(_ now: Instant) -> PeopleDesk {
            PeopleDesk(
                context: context(now), definitions: DefinitionSet(organization: organization, files: []),
                tenants: [Sample.slug("payments")]
            ) { "\($0.count)" }
        }

        func hear(_ type: String, _ name: String, at time: Instant, _ person: JSONValue) async throws {
            let event: JSONValue = [
                "specversion": "1.0", "id": .string("\(type)-\(name)"), "source": "hr",
                "type": .string("io.tenure.identity.\(type)"), "time": .string(time.description),
                "subject": .string("e-\(name)"), "data": ["person": person],
            ]
            _ = try await people(time).accept(event.canonicalBytes)
        }

        func bind(to name: String, at time: Instant) async throws {
            try await database.write { session in
                try BindingStore(session).insert([
                    BindingStore.Binding(
                        tenant: Sample.slug("payments"), list: "readers", address: "ana@mountainlab.io",
                        person: Sample.id("e-\(name)"), firstSeen: time)
                ])
            }
        }

        func forget(at time: Instant) async throws {
            let entry = BindingStore.Entry(
                tenant: Sample.slug("payments"), list: "readers", address: "ana@mountainlab.io")
            try await database.write { try BindingStore($0).forget([entry], at: time) }
        }

        func history(at moment: Instant) -> AccessHistory {
            AccessHistory(
                context: context(Sample.now), definitions: DefinitionSet(organization: organization, files: []),
                abilities: [Sample.slug("corp"): Sample.directory], at: moment)
        }

        func readers(at moment: Instant) async throws -> [String] {
            try await history(at: moment).who("payments/live/reader").members.map(\.identity.description)
        }

        func groups(of name: String, at moment: Instant) async throws -> [String] {
            try await history(at: moment).explain("e-\(name)").items.compactMap(\.fact.groupSlug).sorted()
        }
    }

    @Test func aBindingMadeLaterIsNotInTheAnswer() async throws {
        try await withPeople { desk in
            try await desk.bind(to: "bea", at: at(20))
            #expect(try await desk.readers(at: at(19)) == ["e-ana"])
            #expect(try await desk.readers(at: at(20)) == ["e-bea"])
            #expect(try await desk.groups(of: "bea", at: at(19)).isEmpty)
            #expect(!(try await desk.groups(of: "bea", at: at(20)).isEmpty))
        }
    }

    @Test func aBindingForgottenSinceStillAnswersForItsTime() async throws {
        try await withPeople { desk in
            try await desk.bind(to: "bea", at: at(2))
            try await desk.forget(at: at(10))
            try await desk.bind(to: "ana", at: at(15))
            #expect(try await desk.readers(at: at(5)) == ["e-bea"])
            #expect(try await desk.readers(at: at(16)) == ["e-ana"])
        }
    }

    /// Seen first long before the move, the entry lapses; seen first after it, it does not.
    @Test func whenAnEntryWasSeenFirstIsAsItWasThen() async throws {
        try await withPeople { desk in
            try await desk.bind(to: "ana", at: early)
            try await desk.hear("moved", "ana", at: at(5), ["department": "Data"])
            try await desk.forget(at: at(18))
            try await desk.bind(to: "ana", at: at(18))
            #expect(try await desk.readers(at: at(11)) == ["e-ana"])
            #expect(try await desk.readers(at: at(15)).isEmpty)
            #expect(try await desk.readers(at: at(18)) == ["e-ana"])
        }
    }

    @Test func aLaterConfirmationDoesNotAlterTheAnswer() async throws {
        try await withPeople { desk in
            try await desk.bind(to: "ana", at: early)
            try await desk.hear("moved", "ana", at: at(5), ["department": "Data"])
            #expect(try await desk.readers(at: at(15)).isEmpty)
            _ = try await desk.people(at(20)).confirm("e-ana", tenant: "payments")
            #expect(try await desk.readers(at: at(15)).isEmpty)
            #expect(try await desk.readers(at: at(20)) == ["e-ana"])
            #expect(try await desk.groups(of: "ana", at: at(15)).isEmpty)
            #expect(!(try await desk.groups(of: "ana", at: at(20)).isEmpty))
            // Confirmed once more, the first time still answers for what lay between.
            _ = try await desk.people(Sample.now).confirm("e-ana", tenant: "payments")
            #expect(try await desk.readers(at: at(20)) == ["e-ana"])
        }
    }

    /// A target that was read in the past and since: who was to be in a group and was not seen there then, was not.
    @Test func whatWasNotSeenThenIsToldFromWhatNobodyLookedFor() async throws {
        try await withPeople { desk in
            for day in [10, 20] {
                _ = try await desk.database.write { session in
                    try HoldingStore(session).observe([], in: Sample.slug("corp"), scope: .everything, at: at(day))
                }
            }
            let before = try await desk.history(at: at(9)).who("payments/live/reader").members.first
            let then = try await desk.history(at: at(15)).who("payments/live/reader").members.first
            #expect(before?.isObserved == nil && then?.isObserved == false)
        }
    }
}

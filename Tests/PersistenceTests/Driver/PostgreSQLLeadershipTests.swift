import AccessModel
import Persistence
import TestSupport
import Testing

@Suite("Who leads on PostgreSQL") struct PostgreSQLLeadershipTests {
    @Test func oneLeadsUntilItLetsGo() async throws {
        guard let server = try PostgreSQLServer.shared() else { return }
        let place = try PostgreSQLTestDatabase(on: server)
        // A machine that is out of breath is silent for long.
        let first = try PostgreSQLLeadership(place.address, silence: .hours(1))
        let second = try PostgreSQLLeadership(place.address, silence: .hours(1))
        #expect(try await first.claim())
        #expect(try await !second.claim())
        #expect(try await first.claim(), "who leads may ask again")
        await first.resign()
        #expect(try await second.claim())
        await second.resign()
    }

    @Test func oneWhoseConnectionBrokeLeadsNoMore() async throws {
        guard let server = try PostgreSQLServer.shared() else { return }
        let place = try PostgreSQLTestDatabase(on: server)
        let first = try PostgreSQLLeadership(place.address)
        let second = try PostgreSQLLeadership(place.address)
        #expect(try await first.claim())
        try place.sql(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
        // The second one's connection is gone as well; it asks on a new one.
        #expect(try await leads(second))
        #expect(try await !leads(first))
        await first.resign()
        await second.resign()
    }

    @Test func oneThatIsSilentForTooLongLeadsNoMore() async throws {
        guard let server = try PostgreSQLServer.shared() else { return }
        let place = try PostgreSQLTestDatabase(on: server)
        let sleepy = try PostgreSQLLeadership(place.address, silence: Span(milliseconds: 300))
        let awake = try PostgreSQLLeadership(place.address)
        #expect(try await sleepy.claim())
        let end = ContinuousClock.now + .seconds(30)
        while try await !awake.claim(), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(50)) }
        #expect(try await awake.claim())
        #expect(try await !leads(sleepy))
        await sleepy.resign()
        await awake.resign()
    }

    /// A connection that broke is found out by asking; the next asking is on a new one.
    private func leads(_ leadership: PostgreSQLLeadership) async throws -> Bool {
        do {
            return try await leadership.claim()
        } catch {
            return try await leadership.claim()
        }
    }

    @Test func workersThatAreGoneAreToldFromThoseThatLive() async throws {
        guard let server = try PostgreSQLServer.shared() else { return }
        let place = try PostgreSQLTestDatabase(on: server)
        let database = try await PostgreSQLDatabase.open(place.address)
        let lease = Span(milliseconds: 1)
        let living = try await PostgreSQLPresence.enter(place.address, as: "node-a", leases: lease) {}
        let dying = try await PostgreSQLPresence.enter(place.address, as: "node-b", leases: lease) {}
        let names: Set = ["node-a", "node-b", "node-c"]
        func gone(_ leases: Span) async throws -> Set<String> {
            try await database.read { try PostgreSQLPresence.gone(names, leases: leases, in: $0) }
        }
        #expect(try await gone(lease) == ["node-c"])
        #expect(try await database.read { try PostgreSQLPresence.count(in: $0) } == 2)
        try await living.stay()
        await dying.leave()
        let end = ContinuousClock.now + .seconds(10)
        while try await gone(lease) != ["node-b", "node-c"], ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await gone(lease) == ["node-b", "node-c"])
        // A server that was started a moment ago may have forgotten somebody.
        #expect(try await gone(.hours(1_000)).isEmpty)
        await living.leave()
        await database.close()
    }
}

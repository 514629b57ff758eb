import AccessModel
import Persistence
import Synchronization
import TestSupport
import Testing

@Suite("Workers' presence on PostgreSQL")
struct PostgreSQLPresenceTests {
    /// Enters and says whether it was alone.
    private static func enter(
        _ place: PostgreSQLTestDatabase, leases: Span = Span(milliseconds: 1)
    ) async throws -> (presence: PostgreSQLPresence, wasAlone: Bool) {
        let alone = Mutex(false)
        let presence = try await PostgreSQLPresence.enter(place.address, leases: leases) {
            alone.withLock { $0 = true }
        }
        return (presence, alone.withLock { $0 })
    }

    @Test("only the first is alone, until all have left")
    func alone() async throws {
        guard let server = try PostgreSQLServer.shared() else { return }
        let place = try PostgreSQLTestDatabase(on: server)
        let first = try await Self.enter(place)
        let second = try await Self.enter(place)
        #expect(first.wasAlone && !second.wasAlone)
        await first.presence.leave()
        let third = try await Self.enter(place)
        #expect(!third.wasAlone)
        await second.presence.leave()
        await third.presence.leave()
        let fourth = try await Self.enter(place)
        #expect(fourth.wasAlone)
        await fourth.presence.leave()
        // Another database has workers of its own.
        let elsewhere = try await Self.enter(try PostgreSQLTestDatabase(on: server))
        #expect(elsewhere.wasAlone)
        await elsewhere.presence.leave()
    }

    @Test("one whose connection broke is no longer there")
    func broken() async throws {
        guard let server = try PostgreSQLServer.shared() else { return }
        let place = try PostgreSQLTestDatabase(on: server)
        let dead = try await Self.enter(place)
        try place.sql(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
        let next = try await Self.enter(place)
        #expect(next.wasAlone)
        await next.presence.leave()
        await dead.presence.leave()
    }

    @Test("a server that was started a moment ago may have forgotten somebody")
    func restarted() async throws {
        guard let server = try PostgreSQLServer.shared() else { return }
        let place = try PostgreSQLTestDatabase(on: server)
        let early = try await Self.enter(place, leases: .hours(1_000))
        #expect(!early.wasAlone)
        await early.presence.leave()
    }
}

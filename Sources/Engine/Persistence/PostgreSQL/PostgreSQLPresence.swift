import AccessModel
import PostgreSQLDriver

/// That a worker works on a database, for as long as a connection of its own lives. The server lets go of it when the
/// process dies, however it dies.
///
/// Workers of all nodes share it. Who gets it alone knows that every lease in the database is a dead worker's; but a
/// server that was restarted or took over from another one has forgotten workers that live, so on such a one nobody
/// takes it for granted, and leases end by their time alone.
public struct PostgreSQLPresence: Sendable {
    private static let lock: [SQLValue] = [.integer(0x5445_4E55), .integer(2)]
    private static let places = "($1::int4, $2::int4)"

    private let lane: PostgreSQLLane

    /// Connects and enters.
    ///
    /// - Parameters:
    ///   - leases: How long a lease is at most: for so long a server may have forgotten somebody.
    ///   - ifAlone: Runs before any other worker may begin, if there is surely none.
    public static func enter(
        _ uri: String, leases: Span, settings: PostgreSQLSettings = .init(), ifAlone: () async throws -> Void
    ) async throws -> PostgreSQLPresence {
        let lane = PostgreSQLLane(try PostgreSQLAddress(uri), settings, label: "tenure.postgresql.presence")
        do {
            let isAlone = try await lane.query("SELECT pg_try_advisory_lock\(places)", lock).first?.bool(0) ?? false
            if isAlone, try await remembers(lane, leases) { try await ifAlone() }
            _ = try await lane.query("SELECT pg_advisory_lock_shared\(places)", lock)
            if isAlone { _ = try await lane.query("SELECT pg_advisory_unlock\(places)", lock) }
        } catch {
            await lane.close()
            throw error
        }
        return PostgreSQLPresence(lane: lane)
    }

    /// Whether the server has served alone for longer than any lease lasts.
    private static func remembers(_ lane: PostgreSQLLane, _ leases: Span) async throws -> Bool {
        let rows = try await lane.query(
            """
            SELECT pg_last_wal_receive_lsn() IS NULL
                AND clock_timestamp() - pg_postmaster_start_time() > $1 * interval '1 millisecond'
            """, [.integer(leases.milliseconds)])
        return try rows.first?.bool(0) ?? false
    }

    public func leave() async { await lane.close() }
}

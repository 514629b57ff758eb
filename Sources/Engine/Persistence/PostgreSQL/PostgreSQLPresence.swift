import AccessModel
import PostgreSQLDriver

/// That a worker works on a database, for as long as a connection of its own lives. The server lets go of it when the
/// process dies, however it dies.
///
/// Workers of all nodes share it. Who gets it alone knows that every lease in the database is a dead worker's; and what a
/// worker is called is to be seen by the others for as long as it lives. But a server that was restarted or took over from
/// another one has forgotten workers that live, so on such a one nobody takes it for granted, and leases end by their time
/// alone.
public struct PostgreSQLPresence: Sendable {
    private static let all: [SQLValue] = [.integer(0x5445_4E55), .integer(2)]
    private static let names: Int64 = 0x5445_4E56
    private static let places = "($1::int4, $2::int4)"

    private let lane: PostgreSQLLane
    private let name: [SQLValue]

    /// Connects and enters.
    ///
    /// - Parameters:
    ///   - name: What the worker's leases begin with.
    ///   - leases: How long a lease is at most: for so long a server may have forgotten somebody.
    ///   - ifAlone: Runs before any other worker may begin, if there is surely none.
    public static func enter(
        _ uri: String, as name: String = "", leases: Span, settings: PostgreSQLSettings = .init(),
        ifAlone: () async throws -> Void
    ) async throws -> PostgreSQLPresence {
        let lane = PostgreSQLLane(try PostgreSQLAddress(uri), settings, label: "tenure.postgresql.presence")
        let presence = PostgreSQLPresence(lane: lane, name: [.integer(names), .integer(number(of: name))])
        do {
            let isAlone = try await lane.query("SELECT pg_try_advisory_lock\(places)", all).first?.bool(0) ?? false
            if isAlone, try await remembers(lane, leases) { try await ifAlone() }
            try await presence.stay()
            if isAlone { _ = try await lane.query("SELECT pg_advisory_unlock\(places)", all) }
        } catch {
            await lane.close()
            throw error
        }
        return presence
    }

    /// Enters again where the connection broke in the meantime; what is held already is held once more.
    public func stay() async throws {
        _ = try await lane.query(
            """
            SELECT pg_advisory_lock_shared($1::int4, $2::int4), pg_advisory_lock_shared($3::int4, $4::int4)
            """, Self.all + name)
    }

    public func leave() async { await lane.close() }

    /// Whether the server has served alone for longer than any lease lasts.
    private static func remembers(_ lane: PostgreSQLLane, _ leases: Span) async throws -> Bool {
        try await lane.query(memory, [.integer(leases.milliseconds)]).first?.bool(0) ?? false
    }

    private static let memory = """
        SELECT pg_last_wal_receive_lsn() IS NULL
            AND clock_timestamp() - pg_postmaster_start_time() > $1 * interval '1 millisecond'
        """

    // MARK: Who else is there

    /// How many workers there are.
    public static func count(in session: any SQLSession) throws -> Int { try numbers(in: session).count }

    /// Those of `names` that are surely of no living worker; none where the server may have forgotten somebody.
    ///
    /// Whoever asks must have seen the names in the database before: a worker enters before it writes its name down.
    public static func gone(_ names: Set<String>, leases: Span, in session: any SQLSession) throws -> Set<String> {
        guard !names.isEmpty, try session.query(memory, [.integer(leases.milliseconds)]).first?.bool(0) == true else {
            return []
        }
        let living = try numbers(in: session)
        return names.filter { !living.contains(number(of: $0)) }
    }

    private static func numbers(in session: any SQLSession) throws -> Set<Int64> {
        Set(
            try session.query(
                """
                SELECT DISTINCT CAST(objid AS BIGINT) FROM pg_locks
                WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND CAST(classid AS BIGINT) = $1
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """, [.integer(names)]
            ).map { try $0.integer(0) })
    }

    /// Two names that have one number are taken for one worker, whose leases then end by their time alone.
    private static func number(of name: String) -> Int64 {
        Int64(name.utf8.reduce(into: UInt32(2_166_136_261)) { $0 = ($0 ^ UInt32($1)) &* 16_777_619 } & 0x7FFF_FFFF)
    }
}

import AccessModel
import PostgreSQLDriver

/// Which of the processes on one database does what is to be done once. The server keeps it: it lets go of it as soon as the
/// leader's connection ends, so also when its process is killed, and ends the connection of a leader that has been silent for
/// too long, because it was paused or the network between broke.
///
/// A leader that was paused may still believe that it leads when it wakes up, until it asks. What is decided is safe all the
/// same: of two who decide on the same state of things only one may.
public actor PostgreSQLLeadership {
    private static let lock: [SQLValue] = [.integer(0x5445_4E55), .integer(3)]

    private let lane: PostgreSQLLane
    private let silence: Span

    /// - Parameter silence: After it the server takes a leader for gone.
    public init(
        _ uri: String, silence: Span = .seconds(15), settings: PostgreSQLSettings = .init()
    ) throws(PersistenceError) {
        var settings = settings
        // Whoever cannot ask does not lead; the next asking is soon.
        settings.patience = .zero
        settings.statementTimeout = .seconds(5)
        lane = PostgreSQLLane(try PostgreSQLAddress(uri), settings, label: "tenure.postgresql.leadership")
        self.silence = silence
    }

    /// Whether this process leads from now on. To be asked again and again, well within the time of silence.
    ///
    /// Throws where the server does not answer: then it does not lead.
    public func claim() async throws -> Bool {
        // Who holds the lock is given it once more; on a connection that was made anew it is asked for.
        try await lane.query(
            """
            SELECT pg_try_advisory_lock($1::int4, $2::int4),
                set_config('idle_session_timeout', CAST(CAST($3 AS BIGINT) AS TEXT), false)
            """, Self.lock + [.integer(silence.milliseconds)]
        ).first?.bool(0) ?? false
    }

    /// Lets go of it: another one leads at once.
    public func resign() async { await lane.close() }
}

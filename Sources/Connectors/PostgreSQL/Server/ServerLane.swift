import ConnectorKit
import PostgreSQLDriver

/// One connection and the thread that waits on it. It connects when it is first used, and again after a break.
actor ServerLane {
    enum Kind {
        /// One moment of the catalog.
        case read
        /// Alone among those of Tenure on this database.
        case write
        /// Each statement by itself sees what is: for sessions, which no transaction holds still.
        case look
    }

    private let executor: ConnectionExecutor
    private let settings: PostgreSQLTargetSettings
    private var connection: PostgreSQLConnection?
    private var ownRole: Int64 = 0
    private var isClosed = false

    init(_ settings: PostgreSQLTargetSettings, label: String) {
        executor = ConnectionExecutor(label: label)
        self.settings = settings
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs `body` in a transaction and commits; with an error nothing was done, but for a commit whose answer was lost.
    func transaction<Value: Sendable>(
        _ kind: Kind, _ operation: String,
        _ body: @Sendable (ServerSession) throws(ConnectorError) -> Value
    ) throws(ConnectorError) -> Value {
        try CallDeadline.check(operation)
        let session = try begin(kind, operation)
        do throws(ConnectorError) {
            let value = try body(session)
            if kind == .write { try CallDeadline.check(operation) }
            try session.commit()
            return value
        } catch {
            session.rollBack()
            throw error
        }
    }

    func close() {
        isClosed = true
        connection = nil
    }

    /// A transaction that has just begun. A connection that broke while it was not used is replaced: nothing was done
    /// on it.
    private func begin(_ kind: Kind, _ operation: String) throws(ConnectorError) -> ServerSession {
        if let kept = connection, !kept.isBroken {
            do throws(PostgreSQLFailure) {
                try Self.begin(kind, on: kept)
                return ServerSession(kept, operation: operation, ownRole: ownRole)
            } catch {
                guard error.isBroken else {
                    connection = nil
                    throw ConnectorError(error, operation)
                }
            }
        }
        connection = nil
        guard !isClosed else {
            throw ConnectorError(code: .unreachable, operation: operation, message: "the connector is closed")
        }
        let address = try settings.address()
        do throws(PostgreSQLFailure) {
            let fresh = try PostgreSQLConnection.connect(address, settings.limits)
            ownRole = try Self.enter(fresh)
            try Self.begin(kind, on: fresh)
            connection = fresh
            return ServerSession(fresh, operation: operation, ownRole: ownRole)
        } catch {
            throw ConnectorError(error, operation)
        }
    }

    private static func begin(_ kind: Kind, on connection: PostgreSQLConnection) throws(PostgreSQLFailure) {
        switch kind {
        case .read: try connection.run([.text("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", [])])
        case .look: try connection.run([.text("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", [])])
        case .write:
            try connection.run([
                .text("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", []),
                // Two who change one row of the catalog at the same time are an error there, not a queue.
                .text("SELECT pg_advisory_xact_lock($1::int4, $2::int4)", lock),
            ])
        }
    }

    private static let lock: [SQLValue] = [.integer(0x5445_4E55), .integer(3)]

    /// Looks at who signed in. A superuser is refused: he could do far more than Tenure needs.
    private static func enter(_ connection: PostgreSQLConnection) throws(PostgreSQLFailure) -> Int64 {
        let rows = try connection.run(
            """
            SELECT oid::bigint, rolsuper, set_config('search_path', 'pg_catalog', false) IS NULL
            FROM pg_catalog.pg_roles WHERE rolname = session_user
            """
        ).rows
        guard let row = rows.first, case .integer(let oid) = row.values[0], case .integer(let isSuper) = row.values[1]
        else { throw PostgreSQLFailure(state: "XX000", message: "the server knows no such role", isBroken: true) }
        guard isSuper == 0 else {
            throw PostgreSQLFailure(
                state: "0A000", message: "the connector's role is a superuser; give it what its README lists instead",
                isBroken: true)
        }
        return oid
    }
}

import CPostgreSQL
import Foundation

/// One connection, in pipeline mode, on which no call waits for longer than it is told to.
///
/// It belongs to one thread at a time; that thread waits on the socket.
package final class PostgreSQLConnection {
    let handle: OpaquePointer
    package let address: PostgreSQLAddress
    let settings: PostgreSQLSettings
    var statements = StatementCache()
    /// Goes ahead of the next statement: marks of parts, and what lets go of statements and cursors that are done with.
    package var ahead: [Command] = []
    package private(set) var isBroken = false
    /// Rows that came and went since the connection was made.
    var rows = 0
    /// With so many, plans are of another time.
    private var rowsOfNextPlans = 256

    /// Connects to the first of the address's hosts that lets it in.
    package static func connect(
        _ address: PostgreSQLAddress, _ settings: PostgreSQLSettings
    ) throws(PostgreSQLFailure) -> PostgreSQLConnection {
        var failures: [PostgreSQLFailure] = []
        for keywords in address.alternatives {
            do throws(PostgreSQLFailure) {
                return try PostgreSQLConnection(address, settings, keywords)
            } catch {
                failures.append(error)
            }
        }
        // One that may come back is a reason to try again, whatever the others said.
        throw failures.first(where: \.isTransient) ?? failures.last ?? .broken("the address names no host")
    }

    private init(
        _ address: PostgreSQLAddress, _ settings: PostgreSQLSettings, _ keywords: [PostgreSQLAddress.Keyword]
    ) throws(PostgreSQLFailure) {
        self.address = address
        self.settings = settings
        handle = try Self.start(keywords)
        do {
            try signIn()
            try prepareSession()
        } catch {
            // The initializer failed after `handle` was set, so `deinit` lets go of it.
            throw PostgreSQLFailure(
                state: error.state, message: address.redacted(error.message), isBroken: true)
        }
    }

    deinit { PQfinish(handle) }

    /// Looking a name up is the resolver's, with its own limits of time; nothing else waits here.
    private static func start(_ keywords: [PostgreSQLAddress.Keyword]) throws(PostgreSQLFailure) -> OpaquePointer {
        let names = keywords.map { strdup($0.name) } + [nil]
        let values = keywords.map { strdup($0.value) } + [nil]
        defer { for text in names + values { free(text) } }
        let handle = names.map { UnsafePointer($0) }.withUnsafeBufferPointer { names in
            values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
                PQconnectStartParams(names.baseAddress, values.baseAddress, 0)
            }
        }
        guard let handle else { throw .broken("there is no memory for a connection") }
        // The server's notices are not for this program's standard error.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        // So that a refusal bears its SQLSTATE.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        return handle
    }

    private func signIn() throws(PostgreSQLFailure) {
        let deadline = ContinuousClock.now + settings.connectTimeout
        guard PQstatus(handle) != CONNECTION_BAD else { throw refusal() }
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            switch state {
            case PGRES_POLLING_READING: _ = try wait(for: POLLIN, until: deadline)
            case PGRES_POLLING_WRITING: _ = try wait(for: POLLOUT, until: deadline)
            default: throw refusal()
            }
            state = PQconnectPoll(handle)
        }
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
            throw .broken("the connection takes no pipeline")
        }
    }

    /// Why it could not be made, with the SQLSTATE where the server gave one: `FATAL:  28P01: password ...`.
    private func refusal() -> PostgreSQLFailure {
        let text = String(cString: PQerrorMessage(handle))
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }
        let message = lines.joined(separator: "; ")
        let state = message.firstMatch(of: #/\b[A-Z]+:  ([0-9A-Z]{5}): /#).map { String($0.1) }
        return PostgreSQLFailure(state: state, message: message, isBroken: true)
    }

    private func prepareSession() throws(PostgreSQLFailure) {
        guard PQserverVersion(handle) >= 140_000 else {
            throw PostgreSQLFailure(state: "0A000", message: "the server is older than PostgreSQL 14", isBroken: true)
        }
        let encoding = PQparameterStatus(handle, "server_encoding").map { String(cString: $0) }
        guard encoding == "UTF8" else {
            throw PostgreSQLFailure(
                state: "0A000", message: "the database has the encoding \(encoding ?? "?"); make one with UTF8",
                isBroken: true)
        }
        // What a write returned from is on disk, whatever the server's default is. A statement is planned once, not for
        // each set of values, and never compiled: each costs more than to run it.
        let sql = """
            SELECT set_config('idle_in_transaction_session_timeout', $1, false), set_config('lock_timeout', $2, false),
                set_config('statement_timeout', $3, false), set_config('idle_session_timeout', '0', false),
                set_config('plan_cache_mode', 'force_generic_plan', false), set_config('jit', 'off', false),
                set_config('cursor_tuple_fraction', '1', false), set_config('synchronous_commit',
                    CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
                    ELSE current_setting('synchronous_commit') END, false)
            """
        let limits = [settings.idleTimeout, settings.lockTimeout, settings.statementTimeout]
        _ = try run(sql, limits.map { .text("\($0.milliseconds)ms") })
    }

    /// Whether the plans that the server keeps are to be made anew: it makes each once, also for tables that were empty
    /// then, and would stay with it until it has gathered statistics, which takes it a minute.
    package func outgrewPlans() -> Bool {
        guard rows >= rowsOfNextPlans else { return false }
        rowsOfNextPlans = rows + min(rows, 8_192)
        return true
    }

    /// Waits until the socket is ready for any of `events` and says for which. The connection is broken when it
    /// never is.
    func wait(for events: Int32, until deadline: ContinuousClock.Instant) throws(PostgreSQLFailure) -> Int32 {
        while true {
            let socket = PQsocket(handle)
            guard socket >= 0 else { throw lost("the connection is closed") }
            var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
            let rest = max(0, (deadline - .now).milliseconds + 1)
            let count = poll(&entry, 1, Int32(min(rest, 60_000)))
            if count > 0 { return Int32(entry.revents) }
            if count < 0, errno != EINTR { throw lost(String(cString: strerror(errno))) }
            if count == 0, ContinuousClock.now >= deadline { throw lost("the server did not answer in time") }
        }
    }

    /// Marks the connection as broken. What libpq says of it comes first, if it says anything.
    func lost(_ message: String) -> PostgreSQLFailure {
        isBroken = true
        let said = String(cString: PQerrorMessage(handle)).split(separator: "\n").first.map(String.init)
        return .broken(address.redacted(said ?? message))
    }

    package func markBroken() { isBroken = true }
}

import CPostgreSQL
import Foundation

/// What a statement came to.
package struct StatementResult {
    package var rows: [SQLRow] = []
    /// Rows that were changed.
    package var changed = 0
    /// `INSERT 0 1`, `COMMIT`, ...
    package var tag = ""
    /// Of a description: the types that the server found for the parameters.
    var parameterTypes: [Oid] = []
}

extension PostgreSQLConnection {
    /// What is put into a pipeline.
    package enum Command {
        /// Of no use a second time: `BEGIN`, `COMMIT`, `SAVEPOINT`, a cursor.
        case text(String, [SQLValue])
        case prepare(name: String, sql: String, types: [Oid])
        case describe(name: String)
        case execute(name: String, parameters: [EncodedParameter])
    }

    /// Runs one statement without keeping it prepared.
    package func run(_ sql: String, _ parameters: [SQLValue] = []) throws(PostgreSQLFailure) -> StatementResult {
        try run([.text(sql, parameters)]).first ?? StatementResult()
    }

    /// Sends all commands in one go and returns their results, in one round trip. After one that fails none of the
    /// later ones is run, and its failure is thrown.
    @discardableResult
    package func run(_ commands: [Command]) throws(PostgreSQLFailure) -> [StatementResult] {
        let flight = try fly(commands)
        if let failure = flight.failure { throw failure }
        return flight.results
    }

    /// What came of a pipeline.
    struct Flight {
        /// Of the commands before the one that failed.
        var results: [StatementResult] = []
        var failure: PostgreSQLFailure?
    }

    /// As ``run(_:)``; a failure that leaves the connection whole is in the result. Throws when it is broken.
    func fly(_ commands: [Command]) throws(PostgreSQLFailure) -> Flight {
        guard !isBroken else { throw .broken("the connection is broken") }
        let deadline = ContinuousClock.now + settings.statementTimeout + .seconds(5)
        for command in commands { try send(command) }
        guard PQpipelineSync(handle) == 1 else { throw lost("the connection takes nothing") }
        var flight = Flight()
        for _ in commands {
            do throws(PostgreSQLFailure) {
                flight.results.append(try nextResult(deadline))
            } catch {
                guard !error.isBroken else { throw error }
                flight.failure = flight.failure ?? error
            }
        }
        guard let sync = try rawResult(deadline) else { throw lost("the pipeline lost its order") }
        defer { PQclear(sync) }
        guard PQresultStatus(sync) == PGRES_PIPELINE_SYNC else { throw lost("the pipeline lost its order") }
        return flight
    }

    private func send(_ command: Command) throws(PostgreSQLFailure) {
        let isSent: Int32
        switch command {
        case .text(let sql, let parameters):
            isSent = ParameterList.with(parameters.map { EncodedParameter($0) }) { list in
                PQsendQueryParams(
                    handle, sql, list.count, list.types, list.values, list.lengths, list.formats, 1)
            }
        case .prepare(let name, let sql, let types):
            isSent = PQsendPrepare(handle, name, sql, Int32(types.count), types)
        case .describe(let name): isSent = PQsendDescribePrepared(handle, name)
        case .execute(let name, let parameters):
            isSent = ParameterList.with(parameters) { list in
                PQsendQueryPrepared(handle, name, list.count, list.values, list.lengths, list.formats, 1)
            }
        }
        guard isSent == 1 else { throw lost("the connection takes nothing") }
    }

    /// The result of the next command of the pipeline.
    private func nextResult(_ deadline: ContinuousClock.Instant) throws(PostgreSQLFailure) -> StatementResult {
        var result = StatementResult()
        var failure: PostgreSQLFailure?
        while let raw = try rawResult(deadline) {
            defer { PQclear(raw) }
            do throws(PostgreSQLFailure) {
                try take(raw, into: &result)
            } catch {
                guard !error.isBroken else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return result
    }

    private func take(_ raw: OpaquePointer, into result: inout StatementResult) throws(PostgreSQLFailure) {
        switch PQresultStatus(raw) {
        case PGRES_TUPLES_OK: result.rows = try PostgreSQLRows.decode(raw)
        case PGRES_COMMAND_OK:
            let types = (0..<PQnparams(raw)).map { PQparamtype(raw, $0) }
            if !types.isEmpty { result.parameterTypes = types }
        case PGRES_PIPELINE_ABORTED:
            throw PostgreSQLFailure(state: "25P02", message: "a statement before it failed", isBroken: false)
        case PGRES_FATAL_ERROR: throw failure(raw)
        default: throw lost("the server answered something else")
        }
        result.tag = String(cString: PQcmdStatus(raw))
        result.changed = Int(String(cString: PQcmdTuples(raw))) ?? 0
        rows += result.changed
    }

    /// The server's refusal: its first line and its code. Its details are left out, for they quote values.
    private func failure(_ raw: OpaquePointer) -> PostgreSQLFailure {
        func field(_ code: Character) -> String? {
            guard let ascii = code.asciiValue else { return nil }
            return PQresultErrorField(raw, Int32(ascii)).map { String(cString: $0) }
        }
        guard let state = field("C") else { return lost("the server closed the connection") }
        // Anything worse than an ERROR is the connection's end.
        let isFatal = field("V") != "ERROR"
        if isFatal { markBroken() }
        let message = state.hasPrefix("22") ? "a value is not one that its place takes" : field("M") ?? "it failed"
        return PostgreSQLFailure(state: state, message: address.redacted(message), isBroken: isFatal)
    }

    /// The next result as libpq has it; nil at the end of a command.
    private func rawResult(_ deadline: ContinuousClock.Instant) throws(PostgreSQLFailure) -> OpaquePointer? {
        while true {
            let rest = PQflush(handle)
            guard rest >= 0 else { throw lost("the connection takes nothing") }
            if rest == 0, PQisBusy(handle) == 0 { break }
            let ready = try wait(for: rest == 0 ? POLLIN : POLLIN | POLLOUT, until: deadline)
            // Also what is read makes room: a server that waits for its answers to be taken takes nothing itself.
            if ready & ~POLLOUT != 0, PQconsumeInput(handle) == 0 { throw lost("the server closed the connection") }
        }
        let raw = PQgetResult(handle)
        if raw == nil, PQstatus(handle) == CONNECTION_BAD { throw lost("the server closed the connection") }
        return raw
    }
}

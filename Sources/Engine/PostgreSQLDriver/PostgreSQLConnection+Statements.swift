import CPostgreSQL

extension PostgreSQLConnection {
    /// Runs one prepared statement once for each of `rows`, all in few round trips.
    ///
    /// - Parameter before: Commands that go ahead of it in the same round trip.
    package func execute(
        _ sql: String, _ rows: [[SQLValue]], before: [Command] = []
    ) throws(PostgreSQLFailure) -> [StatementResult] {
        try Self.check(sql, rows)
        var results: [StatementResult] = []
        results.reserveCapacity(rows.count)
        var rest = rows[...]
        var ahead = self.ahead + before
        self.ahead = []
        while let first = rest.first {
            var commands = ahead
            ahead = []
            let plan = plan(sql, first, &commands)
            let skipped = commands.count
            while let row = rest.first, commands.count < skipped + Self.statementsAtOnce {
                guard let parameters = Self.encode(row, plan.types) else { break }
                commands.append(.execute(name: plan.name, parameters: parameters))
                rest = rest.dropFirst()
            }
            let flight = try fly(commands)
            if let described = plan.describedAt, flight.results.count > described {
                let types = flight.results[described].parameterTypes
                let gone = statements.keep(StatementCache.Statement(name: plan.name, types: types), for: sql)
                self.ahead += gone.map { .text("DEALLOCATE \($0)", []) }
            }
            if let failure = flight.failure { throw failure }
            results += flight.results[skipped...]
        }
        return results
    }

    /// The server would take parameters that the text does not name.
    private static func check(_ sql: String, _ rows: [[SQLValue]]) throws(PostgreSQLFailure) {
        let count = SQLParameters.highest(in: sql)
        guard let wrong = rows.first(where: { $0.count != count }) else { return }
        throw PostgreSQLFailure(
            state: "08P01", message: "the statement has \(count) parameters, not \(wrong.count)", isBroken: false)
    }

    /// So few that what waits to be sent stays small.
    private static var statementsAtOnce: Int { 128 }

    private struct Plan {
        let name: String
        let types: [Oid]
        /// Where in the flight the server says what it found; nil for a statement that is known.
        let describedAt: Int?
    }

    /// The statement that takes `row`: the one that is known, or a new one, which is prepared on the way.
    private func plan(_ sql: String, _ row: [SQLValue], _ flight: inout [Command]) -> Plan {
        if let known = statements[sql], Self.encode(row, known.types) != nil {
            return Plan(name: known.name, types: known.types, describedAt: nil)
        }
        let name = statements.newName()
        let types = row.map { PostgreSQLType.of($0) }
        flight.append(.prepare(name: name, sql: sql, types: types))
        flight.append(.describe(name: name))
        return Plan(name: name, types: types, describedAt: flight.count - 1)
    }

    /// Nil when the values are not those of a statement with parameters of `types`.
    private static func encode(_ row: [SQLValue], _ types: [Oid]) -> [EncodedParameter]? {
        guard row.count == types.count else { return nil }
        var parameters: [EncodedParameter] = []
        parameters.reserveCapacity(row.count)
        for (value, type) in zip(row, types) {
            guard let parameter = EncodedParameter(value, as: type) else { return nil }
            parameters.append(parameter)
        }
        return parameters
    }
}

extension PostgreSQLConnection {
    /// `150013` for 15.13.
    package var serverVersion: Int { Int(PQserverVersion(handle)) }
}

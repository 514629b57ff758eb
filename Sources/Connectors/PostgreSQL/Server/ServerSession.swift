import ConnectorKit
import PostgreSQLDriver
import StrictJSON

/// A transaction on the server, for one operation.
///
/// Values go as parameters. Names are quoted by the server itself, with `format`, and only what it gave back becomes part of
/// a statement.
final class ServerSession {
    let operation: String
    /// Of the server: `150013` for 15.13.
    let version: Int
    /// The role that Tenure signs in as.
    let ownRole: Int64
    private let connection: PostgreSQLConnection

    init(_ connection: PostgreSQLConnection, operation: String, ownRole: Int64) {
        self.connection = connection
        self.operation = operation
        self.ownRole = ownRole
        version = connection.serverVersion
    }

    func rows(_ sql: String, _ parameters: [SQLValue] = []) throws(ConnectorError) -> [SQLRow] {
        for case .text(let text) in parameters where text.utf8.contains(0) {
            throw error(.invalid, "a text with a NUL in it has no place in PostgreSQL")
        }
        do throws(PostgreSQLFailure) {
            return try connection.run(sql, parameters).rows
        } catch {
            throw ConnectorError(error, operation)
        }
    }

    /// Runs a statement that takes no parameters: `%I` in `template` is a name, `%L` a literal, `%s` what
    /// ``quoted(_:_:)`` gave back.
    func run(_ template: String, _ arguments: [String]) throws(ConnectorError) {
        _ = try rows(try quoted(template, arguments))
    }

    /// `template` with its arguments put in by the server.
    func quoted(_ template: String, _ arguments: [String]) throws(ConnectorError) -> String {
        let places = arguments.indices.map { "$\($0 + 2)::text" }.joined(separator: ", ")
        let values = ([template] + arguments).map { SQLValue.text($0) }
        guard
            let text = try rows("SELECT format($1::text, VARIADIC ARRAY[\(places)]::text[])", values).first?.text(0)
        else { throw error(.targetFailure, "the server quoted nothing") }
        return text
    }

    /// A list of texts as one parameter, which `json_array_elements_text` takes apart.
    static func list<Texts: Sequence<String>>(_ texts: Texts) -> SQLValue {
        // What has a NUL in it is nowhere on the server.
        .text(JSONValue.array(texts.filter { !$0.utf8.contains(0) }.map(JSONValue.string)).compactText)
    }

    static func list(_ oids: [Int64]) -> SQLValue {
        .text(JSONValue.array(oids.map { .integer($0) }).compactText)
    }

    func error(_ code: ConnectorError.Code, _ message: String) -> ConnectorError {
        ConnectorError(code: code, operation: operation, message: message)
    }

    // MARK: For whoever opened it

    func commit() throws(ConnectorError) {
        do throws(PostgreSQLFailure) {
            guard try connection.run("COMMIT").tag == "COMMIT" else {
                throw PostgreSQLFailure(state: "25P02", message: "the server rolled it back", isBroken: false)
            }
        } catch {
            guard error.isBroken else { throw ConnectorError(error, operation) }
            throw ConnectorError(
                code: .unreachable, operation: operation,
                message: "\(error.message); whether it was committed is not known")
        }
    }

    /// A connection that cannot even do that is given up, and the server undoes it.
    func rollBack() {
        guard !connection.isBroken else { return }
        do throws(PostgreSQLFailure) {
            try connection.run([.text("ROLLBACK", [])])
        } catch {
            connection.markBroken()
        }
    }
}

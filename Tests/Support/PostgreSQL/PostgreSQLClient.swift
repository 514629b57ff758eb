import Foundation

/// A psql that runs its statements one after another: what a person does with a role.
public final class PostgreSQLClient: Sendable {
    private let process: ChildProcess
    private let folder: LDAPFolder

    public init(port: Int, database: String, user: String, password: String, statements: [String]) throws {
        guard let psql = TestSystems.find("psql") else { throw LDAPTool.Failure(description: "psql is missing") }
        folder = try LDAPFolder()
        let output = try folder.write("", to: "out")
        let words = [
            "PGPASSWORD=\(password)", "PGSSLMODE=disable", psql, "-h", "127.0.0.1", "-p", "\(port)", "-U", user, "-d",
            database, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
        ]
        process = try ChildProcess(
            "/usr/bin/env", words + statements.flatMap { ["-c", $0] }, input: nil, output: output, errors: output)
    }

    public var isRunning: Bool { process.isRunning }

    /// What it and the server said until it ended.
    public func end() throws -> String {
        process.wait()
        return try String(contentsOf: folder.url("out"), encoding: .utf8).trimmingCharacters(in: .newlines)
    }
}

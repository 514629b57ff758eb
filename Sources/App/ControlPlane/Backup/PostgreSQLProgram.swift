import Foundation
import Persistence

/// One of PostgreSQL's own programs, run on a database. The password goes by its environment, which nobody else reads.
struct PostgreSQLProgram {
    let name: String
    let address: PostgreSQLAddress

    /// Runs it to its end, and blocks the thread until then.
    ///
    /// - Throws: ``InstallationError`` with what it said, without the password.
    func run(_ arguments: [String]) throws {
        guard let executable = Self.find(name) else {
            throw InstallationError(
                code: .missing, operation: "run \(name)",
                message: "it is not installed; it comes with PostgreSQL's client, and must be as new as the server")
        }
        let target = try address.forPrograms()
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments + ["--dbname=\(target.conninfo)"]
        process.environment = ProcessInfo.processInfo.environment
            .merging(["LC_ALL": "C", "PGCLIENTENCODING": "UTF8"]) { _, own in own }
            .merging(target.environment) { _, own in own }
        let errors = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        // Read to its end first: a program that says much would wait for ever for somebody to read it.
        let said = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let text = String(decoding: said.prefix(4_096), as: UTF8.self).split(whereSeparator: \.isNewline)
            throw InstallationError(
                code: .file, operation: "run \(name)",
                message: address.redacted(text.prefix(4).joined(separator: "; ")))
        }
    }

    private static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

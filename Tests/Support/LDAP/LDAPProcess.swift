import Foundation
import Synchronization

/// A server that a test runs in the foreground; it ends with this value at the latest.
final class LDAPProcess: Sendable {
    private let process: Process
    /// A server that minds its standard input ends when this closes, and so with the tests even if they crash.
    private let input = Pipe()

    init(_ path: String, _ arguments: [String], log: URL) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = input
        if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
        let handle = try FileHandle(forWritingTo: log)
        try handle.seekToEnd()
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
    }

    deinit { end(SIGTERM) }

    var isRunning: Bool { process.isRunning }

    /// Sends the signal to this process alone and waits for its end.
    func end(_ signal: Int32) {
        guard process.isRunning else { return }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
    }

    /// Returns once `isUp` says so; throws when the process has ended or half a minute has passed.
    func wait(log: URL, until isUp: () throws -> Bool) throws {
        let deadline = Date().addingTimeInterval(60)
        while try !isUp() {
            guard process.isRunning, Date() < deadline else {
                let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
                throw LDAPTool.Failure(description: "the server did not come up: \(text.suffix(2_000))")
            }
            usleep(20_000)
        }
    }
}

import Foundation

/// A run of `tenure` that a test looks on, stops and lets go on. It ends with this value at the latest.
public final class TenureRun: Sendable {
    private let process: ChildProcess
    private let files: TemporaryFolder

    init(_ command: TenureCommand, _ arguments: [String]) throws {
        files = try TemporaryFolder()
        try Data().write(to: URL(filePath: files.path("in")))
        process = try command.launch(arguments, streams: files.path)
    }

    deinit { kill() }

    public var isRunning: Bool { process.isRunning }
    public var pid: pid_t { process.pid }

    /// Stops it where it is, as a machine that is out of breath does; returns once it stands still.
    public func pause() async throws {
        process.send(SIGSTOP)
        while isRunning, !isStopped { try await Task.sleep(for: .milliseconds(1)) }
    }

    public func resume() { process.send(SIGCONT) }

    /// Asks it to end.
    public func terminate() { process.send(SIGTERM) }

    /// Ends it at once.
    public func kill() { process.end(SIGKILL) }

    /// Waits for its end.
    public func end(within limit: Duration = .seconds(120)) async throws -> TenureCommand.Outcome {
        let begin = ContinuousClock.now
        while true {
            if let status = process.status {
                return TenureCommand.Outcome(
                    status: status, output: try text("out"), errors: try text("err"),
                    duration: begin.duration(to: .now))
            }
            guard begin.duration(to: .now) < limit else {
                throw TenureCommand.Failure(description: "it did not end within \(limit)")
            }
            try await Task.sleep(for: .milliseconds(4))
        }
    }

    /// Waits until it has said so on standard error.
    public func said(_ text: String, within limit: Duration = .seconds(120)) async throws {
        let end = ContinuousClock.now + limit
        while try !errors().contains(text) {
            guard isRunning, ContinuousClock.now < end else {
                throw TenureCommand.Failure(description: "it did not say `\(text)`, but: \(try errors().suffix(3_000))")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// What it has said so far on standard error.
    public func errors() throws -> String { try text("err") }

    private func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: files.path(name))), as: UTF8.self)
    }

    private var isStopped: Bool {
        guard let stat = FileManager.default.contents(atPath: "/proc/\(process.pid)/stat"),
            let text = String(bytes: stat, encoding: .utf8), let name = text.lastIndex(of: ")")
        else { return false }
        return text[name...].dropFirst(2).first == "T"
    }
}

extension TenureCommand {
    /// Starts it and does not wait for it.
    public func start(_ arguments: [String]) throws -> TenureRun { try TenureRun(self, arguments) }
}

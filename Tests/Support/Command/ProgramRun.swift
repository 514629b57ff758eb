import Foundation

/// A program run to its end, with everything that it said.
///
/// What it says goes to a file, not to a pipe: `Foundation`'s `Process` and `Pipe` leave ends open in what other tests
/// start at the same moment, and would wait for that to end, too.
public struct ProgramRun: Sendable {
    public let status: Int32
    public let output: String

    /// - Parameter limit: It is ended after so long.
    public static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], limit: Duration = .seconds(120)
    ) async throws -> ProgramRun {
        let files = try TemporaryFolder()
        let process = try ChildProcess(
            program, arguments, environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
            input: "/dev/null", output: files.path("said"), errors: files.path("said"))
        let end = ContinuousClock.now + limit
        while process.isRunning, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(4)) }
        let status = process.end(SIGKILL)
        let output = try Data(contentsOf: URL(filePath: files.path("said")))
        return ProgramRun(status: status, output: String(decoding: output, as: UTF8.self))
    }
}

/// A program did not do as it was asked.
public struct ToolFailure: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
}

/// Runs a program to its end, and blocks the thread until then.
public enum CommandLineTool {
    /// Its standard output; nil when it ended with a status that is not accepted, after showing what it complained about.
    public static func run(
        _ program: String, _ arguments: [String], input: [UInt8] = [], accepting: Set<Int32> = [0]
    ) throws -> [UInt8]? {
        guard let path = program.hasPrefix("/") ? program : TestSystems.find(program) else {
            throw ToolFailure(description: "`\(program)` is not installed")
        }
        let files = try TemporaryFolder()
        try Data(input).write(to: URL(filePath: files.path("given")))
        let process = try ChildProcess(
            path, arguments, input: files.path("given"), output: files.path("said"), errors: nil)
        let status = process.wait()
        let said = try Data(contentsOf: URL(filePath: files.path("said")))
        return accepting.contains(status) ? Array(said) : nil
    }
}

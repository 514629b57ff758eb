import Foundation

/// The real `tenure`, run as a user runs it: a process of its own, in a folder, with a state and a clock.
public struct TenureCommand: Sendable {
    /// How a run ended, and all that it said.
    public struct Outcome: Sendable {
        /// The exit status, or 256 and the signal that ended it.
        public let status: Int32
        public let output: String
        public let errors: String
        public let duration: Duration

        public var wasKilled: Bool { status == 256 + SIGKILL }
        public var everything: String { output + errors }
    }

    /// When a run is ended by SIGKILL, as by a power cut.
    public enum Kill: Sendable {
        case after(Duration)
        /// As soon as the condition holds; it is asked about once a millisecond.
        case when(@Sendable () -> Bool)
    }

    /// Where it runs; relative paths start here.
    public let folder: String
    public let executable: String
    public var environment: [String: String]
    private(set) var wrapper: [String] = []
    /// After so long a run is ended and fails its test.
    public var limit: Duration = .seconds(300)

    /// - Parameter name: Of the executable.
    /// - Throws: ``Failure`` if the command was not built.
    public init(in folder: String, named name: String = "tenure") throws {
        executable = try Self.find(name)
        self.folder = folder
        let own = ProcessInfo.processInfo.environment
        environment = own.filter { ["PATH", "HOME", "USER", "TMPDIR", "LD_LIBRARY_PATH"].contains($0.key) }
        environment["TENURE_STATE"] = folder + "/state/tenure.db"
    }

    /// The same, run by another command: its path and the arguments before those of this one's executable.
    public func under(_ wrapper: [String]) -> TenureCommand {
        var command = self
        command.wrapper = wrapper
        return command
    }

    /// Runs it to its end. What it writes goes to files, so that no pipe can make it wait.
    public func run(_ arguments: [String], input: String = "", killed: Kill? = nil) async throws -> Outcome {
        let files = try TemporaryFolder()
        try Data(input.utf8).write(to: URL(filePath: files.path("in")))
        let begin = ContinuousClock.now
        let process = try launch(arguments, streams: files.path)
        defer { process.end(SIGKILL) }
        let status = try await end(of: process, since: begin, killed)
        let duration = begin.duration(to: .now)
        return Outcome(
            status: status, output: try Self.text(files.path("out")), errors: try Self.text(files.path("err")),
            duration: duration)
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// - Parameter streams: The folder of `in`, which is there, and of `out` and `err`, which are made.
    func launch(_ arguments: [String], streams: String) throws -> ChildProcess {
        // `env -C` becomes the command, with the same process id, once it is in the folder.
        try ChildProcess(
            "/usr/bin/env", ["-C", folder] + wrapper + [executable] + arguments, environment: environment,
            input: streams + "/in", output: streams + "/out", errors: streams + "/err")
    }

    private func end(
        of process: ChildProcess, since begin: ContinuousClock.Instant, _ kill: Kill?
    ) async throws -> Int32 {
        while true {
            if let status = process.status { return status }
            let elapsed = begin.duration(to: .now)
            guard elapsed < limit else {
                throw Failure(description: "it did not end within \(limit)")
            }
            switch kill {
            case .after(let delay) where elapsed >= delay: return process.end(SIGKILL)
            case .when(let isTime) where isTime(): return process.end(SIGKILL)
            default: break
            }
            try await Task.sleep(for: .milliseconds(kill == nil ? 4 : 1))
        }
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    /// Beside the test bundle that is running.
    private static func find(_ name: String) throws -> String {
        // An optimised one, for who measures or has long to run.
        let other = ProcessInfo.processInfo.environment["TENURE_TEST_EXECUTABLE"] ?? ""
        if name == "tenure", FileManager.default.isExecutableFile(atPath: other) { return other }
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let candidates = [
            (bundle as NSString).deletingLastPathComponent, TestSystems.packageDirectory + "/.build/debug",
        ]
        for candidate in candidates where FileManager.default.isExecutableFile(atPath: "\(candidate)/\(name)") {
            return "\(candidate)/\(name)"
        }
        throw Failure(description: "`\(name)` is neither in \(candidates.joined(separator: " nor in ")); build it")
    }
}

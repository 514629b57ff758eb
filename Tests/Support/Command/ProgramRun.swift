import Foundation

/// A program run to its end, with everything that it said.
public struct ProgramRun: Sendable {
    public let status: Int32
    public let output: String

    /// - Parameter limit: It is ended after so long.
    public static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], limit: Duration = .seconds(120)
    ) async throws -> ProgramRun {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let watch = Task {
            try await Task.sleep(for: limit)
            kill(process.processIdentifier, SIGKILL)
        }
        let bytes = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let bytes = output.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                continuation.resume(returning: bytes)
            }
        }
        watch.cancel()
        return ProgramRun(status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
    }
}

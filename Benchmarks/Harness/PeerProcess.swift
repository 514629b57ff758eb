import Foundation

/// A peer that runs beside a workload, in a process of its own: a Python script under `Benchmarks/peers`.
struct PeerProcess {
    private static let python = ".build/benchmarks/peers/bin/python3"

    /// Whether `make bench-peers` was run here.
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: python) }

    static let missing = "not installed; `make bench-peers` installs it under .build"

    /// What the script printed.
    ///
    /// - Parameter isQuiet: What it says on standard error is dropped.
    /// - Throws: Where it could not be started, or ended with another status than 0.
    static func output(of script: String, _ arguments: [String], isQuiet: Bool = false) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = ["Benchmarks/peers/\(script)"] + arguments
        process.standardOutput = pipe
        if isQuiet { process.standardError = FileHandle.nullDevice }
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw EnterpriseError(description: "\(script) exited with \(process.terminationStatus)")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

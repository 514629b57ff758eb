import Foundation

/// A planner as somebody would write it in an afternoon: PyYAML's C loader, dictionaries and sets.
enum PythonPlanner {
    private static let name = "PyYAML-C planner"

    /// Runs it over the same files in a process of its own; it reports its own CPU seconds.
    static func reference(_ bench: Bench, _ enterprise: Enterprise) async -> Reference {
        let script = "Benchmarks/peers/pyyaml_planner.py"
        let python = ".build/benchmarks/peers/bin/python3"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            return bench.skip(name, why: "no PyYAML; `make bench-peers` installs it under .build")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "tenure-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try enterprise.write(to: folder)
            let text = try output(python, [script, folder.path])
            guard let seconds = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)), seconds > 0 else {
                return bench.skip(name, why: "it printed `\(text)`")
            }
            return Reference(name, Double(enterprise.membershipCount) / seconds)
        } catch {
            return bench.skip(name, why: "\(error)")
        }
    }

    private static func output(_ command: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: command)
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw EnterpriseError(description: "the peer exited with \(process.terminationStatus)")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

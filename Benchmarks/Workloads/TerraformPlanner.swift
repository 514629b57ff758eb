import Foundation

/// `terraform plan` of one resource a listed membership, read from the same files by `yamldecode`.
///
/// An organisation small enough for it: its time grows faster than what it plans. There is nothing yet of what it plans, so
/// that it has no state to read.
enum TerraformPlanner {
    private static let identities = 200

    static func reference(_ bench: Bench) -> Reference {
        let enterprise = Enterprise(size: identities)
        let name = "terraform plan of \(Figure.grouped(enterprise.membershipCount))"
        guard let terraform = executable else { return bench.skip(name, why: "terraform is not on the path") }
        let folder = FileManager.default.temporaryDirectory.appending(path: "tenure-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try enterprise.write(to: folder)
            try FileManager.default.copyItem(
                at: URL(filePath: "Benchmarks/peers/terraform/main.tf"), to: folder.appending(path: "main.tf"))
            try run(terraform, ["init", "-input=false"], in: folder)
            var seconds: [Double] = []
            for _ in 0..<3 {
                let start = Stopwatch.children.seconds
                try run(terraform, ["plan", "-input=false", "-no-color"], in: folder)
                seconds.append(Stopwatch.children.seconds - start)
            }
            return Reference(name, Double(enterprise.membershipCount) / Samples(seconds).median)
        } catch {
            return bench.skip(name, why: "\(error)")
        }
    }

    private static var executable: String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { "\($0)/terraform" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func run(_ terraform: String, _ arguments: [String], in folder: URL) throws {
        let process = Process()
        process.executableURL = URL(filePath: terraform)
        process.arguments = ["-chdir=\(folder.path)"] + arguments
        // Nothing of its own: neither a configuration of whoever runs this nor a question to its maker's servers.
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "CHECKPOINT_DISABLE": "1"]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw EnterpriseError(description: "`terraform \(arguments[0])` ended with \(process.terminationStatus)")
        }
    }
}

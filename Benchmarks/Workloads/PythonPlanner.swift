import Foundation

/// A planner as somebody would write it in an afternoon: PyYAML's C loader, dictionaries and sets.
enum PythonPlanner {
    private static let name = "PyYAML-C planner"

    /// Runs it over the same files in a process of its own; it reports its own CPU seconds.
    static func reference(_ bench: Bench, _ enterprise: Enterprise) async -> Reference {
        guard PeerProcess.isInstalled else { return bench.skip(name, why: PeerProcess.missing) }
        let folder = FileManager.default.temporaryDirectory.appending(path: "tenure-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try enterprise.write(to: folder)
            let text = try PeerProcess.output(of: "pyyaml_planner.py", [folder.path])
            guard let seconds = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)), seconds > 0 else {
                return bench.skip(name, why: "it printed `\(text)`")
            }
            return Reference(name, Double(enterprise.membershipCount) / seconds)
        } catch {
            return bench.skip(name, why: "\(error)")
        }
    }
}

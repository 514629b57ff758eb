import Foundation
import TestSupport

/// Whether the hook sees what the kernel sees: the same story under both, flushes counted by each.
struct HookCheck: Sendable {
    let world: World
    let story: Story

    /// Nil when they agree, else what each of them counted.
    func disagreement() async throws -> String? {
        guard let strace = TestSystems.find("strace") else { throw TargetTrouble(description: "strace is missing") }
        try world.begin(story)
        let (outcome, trace) = try await world.tell(story, under: strace)
        guard outcome.status == 0 else { throw TargetTrouble(description: "strace: \(outcome.everything)") }
        let calls = ["fsync(", "fdatasync(", "rename(", "unlink("]
        let seen = trace.split(separator: "\n").count { line in
            // `1234 fsync(7) = 0`; what another thread interrupted is finished on a line of its own.
            calls.contains { line.contains(" \($0)") } && !line.contains("ENOENT")
        }
        let counted = world.hookLog.counts[.durable] ?? 0
        return seen == counted ? nil : "strace saw \(seen) durable steps, the hook \(counted)"
    }
}

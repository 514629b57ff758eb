import Foundation
import TestSupport

/// One story, one fault, and what is left of it after somebody told the story again.
struct Trial: Sendable {
    let world: World
    let story: Story
    let fault: Fault

    enum Ending: Sendable {
        /// The story was over before its Nth step.
        case notReached
        case judged(Judgement)
    }

    func run() async throws -> Ending {
        try world.begin(story)
        return fault.action == .stopAfter ? try await paused() : try await broken()
    }

    private func broken() async throws -> Ending {
        let first = try await world.tell(story, with: fault)
        guard world.hookLog.struck != nil else {
            guard first.status == 0 else { throw trouble("without a fault it fails", first) }
            return .notReached
        }
        guard first.wasKilled == fault.action.isDeadly else { throw trouble("it did not end as it was to", first) }
        let second = try await world.tellAgain(story, later: false)
        return .judged(try await judge(second))
    }

    /// The first process wakes up after a second one has done its work.
    private func paused() async throws -> Ending {
        let first = Task { try await world.tell(story, with: fault) }
        guard let process = try await stopped() else {
            let outcome = try await first.value
            guard outcome.status == 0 else { throw trouble("without a fault it fails", outcome) }
            return .notReached
        }
        let second = await result {
            try await world.letTargetSettle()
            return try await world.tellAgain(story, later: true)
        }
        kill(process, SIGCONT)
        // However the first one ends: what it finds is not its work any more.
        _ = try await first.value
        let outcome = try second.get()
        // Paused within a transaction, or with the directory's lock in hand again, it kept everybody else out; whoever
        // is kept out comes back.
        let isKeptOut =
            outcome.status != 0 && ["(busy)", "another process has held"].contains(where: outcome.everything.contains)
        return .judged(try await judge(isKeptOut ? try await world.tellAgain(story, later: true) : outcome))
    }

    private func result<Value>(_ body: () async throws -> Value) async -> Result<Value, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    /// The process, once it is paused; nil when it came to its end before.
    private func stopped() async throws -> Int32? {
        for _ in 0..<20_000 {
            let log = world.hookLog
            if let process = log.struck, Self.isStopped(process) { return process }
            if !log.counts.isEmpty { return nil }
            try await Task.sleep(for: .milliseconds(4))
        }
        throw TargetTrouble(description: "\(story.name), \(fault): it neither ends nor pauses")
    }

    private static func isStopped(_ process: Int32) -> Bool {
        let stat = FileManager.default.contents(atPath: "/proc/\(process)/stat").map {
            String(decoding: $0, as: UTF8.self)
        }
        return stat?.split(separator: ")").last?.hasPrefix(" T") ?? false
    }

    private func judge(_ again: TenureCommand.Outcome) async throws -> Judgement {
        var judgement = try await world.judge(story)
        if again.status != 0 {
            judgement.lost.insert("told again it ends with \(again.status): \(again.everything.suffix(400))", at: 0)
        }
        return judgement
    }

    private func trouble(_ what: String, _ outcome: TenureCommand.Outcome) -> TargetTrouble {
        TargetTrouble(
            description: "\(story.name), \(fault): \(what); it ended with \(outcome.status): \(outcome.everything)")
    }
}

import Foundation
import Synchronization
import TestSupport

/// A server that is killed now and then and started again at once, on the same port and state.
final class KilledServer: Sendable {
    private struct State {
        var run: TenureRun
        var kills = 0
    }

    let port: Int
    private let rehearsal: Rehearsal
    private let clock: RunningClock
    private let state: Mutex<State>

    init(_ rehearsal: Rehearsal, _ clock: RunningClock) async throws {
        self.rehearsal = rehearsal
        self.clock = clock
        port = Int(try LoopbackSocket.freePort())
        state = Mutex(State(run: try Self.start(rehearsal, clock, port)))
        try await isUp()
    }

    var kills: Int { state.withLock { $0.kills } }

    private static func start(_ rehearsal: Rehearsal, _ clock: RunningClock, _ port: Int) throws -> TenureRun {
        var rehearsal = rehearsal
        rehearsal.clock = clock.text
        rehearsal.environment["HR_SECRET"] = HRSender.secret
        let settings = [
            "listen.port=\(port)", "hr.secrets=env:HR_SECRET", "scim.enabled=true", "log.level=warning",
            "limits.requests_per_second=1000000",
        ]
        return try rehearsal.start(["serve"] + settings.flatMap { ["--set", $0] })
    }

    private var run: TenureRun { state.withLock { $0.run } }

    private func isUp() async throws { try await run.said("ends on SIGINT") }

    /// Kills it and starts the next one.
    ///
    /// - Parameter early: So long after it was started the next one is killed, too, whether it is up or not.
    func kill(early: Duration?) async throws {
        run.kill()
        let next = try Self.start(rehearsal, clock, port)
        state.withLock { state in
            state.run = next
            state.kills += 1
        }
        if let early {
            try await Task.sleep(for: early)
            return try await kill(early: nil)
        }
        try await isUp()
    }

    /// What it complained of since it was started last.
    func errors() throws -> String { try run.errors() }

    func stop() async throws -> TenureCommand.Outcome {
        run.terminate()
        return try await run.end(within: .seconds(120))
    }
}

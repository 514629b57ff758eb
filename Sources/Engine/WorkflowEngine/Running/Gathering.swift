import Persistence
import Synchronization

/// Requests of many callers that are answered together: those that are made while others are being answered wait, and
/// the next round takes them all. One transaction serves a round.
///
/// Nobody waits for company: a request that comes alone is answered alone, at once.
final class Gathering<Request: Sendable, Answer: Sendable>: Sendable {
    /// Answers a round, each request by itself. Throws when the round as a whole came to nothing.
    typealias Work = @Sendable ([Request]) async throws -> [Result<Answer, any Error>]

    private struct Asked {
        let request: Request
        let caller: CheckedContinuation<Answer, any Error>
    }

    private struct State {
        var waiting: [Asked] = []
        var isAtWork = false
    }

    /// Requests of one round at most, so that the first is not kept waiting by the last.
    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Waits for the answer, also where the caller's task is cancelled: what is to be written down will be.
    ///
    /// - Parameter work: The same for every request.
    func ask(_ request: Request, _ work: @escaping Work) async throws -> Answer {
        try await withCheckedThrowingContinuation { caller in
            let isFirst = state.withLock { state in
                defer { state.isAtWork = true }
                state.waiting.append(Asked(request: request, caller: caller))
                return !state.isAtWork
            }
            if isFirst { Task { await workOff(work) } }
        }
    }

    private func workOff(_ work: Work) async {
        // Whoever is about to ask at this moment need not wait for the round after.
        await Task.yield()
        while let round = nextRound() { await answer(round, work) }
    }

    /// Nil when nobody waits: then the next request begins anew.
    private func nextRound() -> [Asked]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isAtWork = false
                return nil
            }
            let round = Array(state.waiting.prefix(limit))
            state.waiting.removeFirst(round.count)
            return round
        }
    }

    private func answer(_ round: [Asked], _ work: Work) async {
        do {
            let answers = try await work(round.map(\.request))
            for (asked, answer) in zip(round, answers) { asked.caller.resume(with: answer) }
        } catch {
            // One request's trouble is not another's. What may have been committed is not tried again.
            let isOver = (error as? PersistenceError)?.code == .unavailable
            guard round.count > 1, !isOver else {
                for asked in round { asked.caller.resume(throwing: error) }
                return
            }
            for asked in round { await answer([asked], work) }
        }
    }
}

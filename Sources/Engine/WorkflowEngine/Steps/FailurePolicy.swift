import AccessModel
import ConnectorKit

/// What becomes of a step after something went wrong. Pure.
struct FailurePolicy {
    struct Decision: Hashable {
        let state: StepState
        /// Nil when nobody tries again without being told to.
        let nextAttemptAt: Instant?
        let problem: StepProblem
        /// Whether a person is to be told now, for the first time.
        let isNewlyStalled: Bool
    }

    let backoff: Backoff
    let maximumAttempts: Int

    /// The target refused, failed, or did not answer.
    func failed(_ step: ClaimedStep, _ error: ConnectorError, now: Instant, random: Double) -> Decision {
        // Without an answer the change may have happened.
        let next: StepState = error.code == .unreachable || step.origin == .uncertain ? .uncertain : .pending
        return decide(
            step, StepProblem(error), next: next, isHopeless: !error.isRetryable, retryAfter: error.retryAfter,
            now: now, random: random)
    }

    /// The target said yes, and reading back does not show it.
    func notSeen(_ step: ClaimedStep, now: Instant, random: Double) -> Decision {
        decide(step, .notSeen, next: .pending, isHopeless: false, retryAfter: nil, now: now, random: random)
    }

    /// Reading back failed or proved nothing; the step stays as it is, and is read again.
    func unread(
        _ step: ClaimedStep, from state: StepState, reason: String, retryAfter: Span?, now: Instant, random: Double
    ) -> Decision {
        let count = (step.problem?.readBacks ?? 0) + 1
        var problem = StepProblem(code: "unread", message: reason, readBacks: count)
        problem.isStalled = count >= maximumAttempts
        return Decision(
            state: state == .applied ? .applied : .uncertain,
            nextAttemptAt: now + backoff.delay(afterAttempt: count, retryAfter: retryAfter, random: random),
            problem: problem, isNewlyStalled: problem.isStalled && step.problem?.isStalled != true)
    }

    private func decide(
        _ step: ClaimedStep, _ problem: StepProblem, next: StepState, isHopeless: Bool, retryAfter: Span?,
        now: Instant, random: Double
    ) -> Decision {
        var problem = problem
        problem.isStalled = isHopeless || step.attempt >= maximumAttempts && wasLastOfSeries(step)
        // A leaver's step is never given up: whoever is told, it goes on.
        let givesUp = problem.isStalled && step.kind != .leaver
        if step.kind == .leaver, step.problem?.isStalled == true { problem.isStalled = true }
        let delay = backoff.delay(
            afterAttempt: isHopeless ? .max : step.attempt, retryAfter: retryAfter, random: random)
        return Decision(
            state: givesUp ? .stalled : next, nextAttemptAt: givesUp ? nil : now + delay, problem: problem,
            isNewlyStalled: problem.isStalled && step.problem?.isStalled != true)
    }

    /// A person's retry grants a further series of attempts; they are counted on.
    private func wasLastOfSeries(_ step: ClaimedStep) -> Bool {
        step.kind == .leaver || step.attempt % maximumAttempts == 0
    }
}

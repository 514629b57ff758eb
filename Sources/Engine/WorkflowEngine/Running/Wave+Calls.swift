import AccessModel
import ConnectorKit

extension Wave {
    /// What reading back before sending leaves.
    struct ReadFirst {
        var toSend: [ClaimedStep] = []
        /// Steps that were to be sent, and need not or cannot be.
        var running: [SettledStep] = []
        /// Steps that the target had accepted already.
        var applied: [SettledStep] = []
    }

    /// Looks at what may hold already: what was sent and not answered is not sent again blindly.
    func readBackFirst(_ steps: [ClaimedStep]) async -> ReadFirst {
        var result = ReadFirst()
        let doubtful = steps.filter { $0.origin != .pending }
        result.toSend = steps.filter { $0.origin == .pending }
        guard !doubtful.isEmpty else { return result }
        for (step, finding) in zip(doubtful, await readBack(doubtful)) {
            switch (step.origin, finding) {
            case (.applied, _): result.applied.append(SettledStep(step: step, outcome: .readBack(finding)))
            case (_, .holds): result.running.append(SettledStep(step: step, outcome: .arrived))
            case (_, .missing): result.toSend.append(step)
            case (_, .underway), (_, .unread):
                result.running.append(SettledStep(step: step, outcome: .readBack(finding)))
            }
        }
        return result
    }

    /// What became of sending a step.
    struct SentStep: Sendable {
        enum Answer: Sendable {
            case accepted(Receipt)
            case failed(ConnectorError)
            case notSent(reason: String, until: Instant)
            case lapsed
        }

        let step: ClaimedStep
        let answer: Answer

        var isAccepted: Bool { if case .accepted = answer { true } else { false } }
        /// Whether the target was told.
        var wasCalled: Bool {
            switch answer {
            case .accepted, .failed: true
            case .notSent, .lapsed: false
            }
        }
    }

    /// Looks at whether what the target accepted holds there: that and its answer are written down together.
    func readBack(_ sent: [SentStep]) async throws -> [SettledStep] {
        let accepted = sent.filter(\.isAccepted).map(\.step)
        var findings: [Finding] = []
        if !accepted.isEmpty {
            try await world.crashPoint(.beforeReadBack)
            // Also by a worker that is told to stop: what it has told a target it finishes.
            findings = await Task { await readBack(accepted) }.value
            try await world.crashPoint(.afterReadBack)
        }
        var rest = findings.makeIterator()
        return sent.map { sent in
            let outcome: StepOutcome =
                switch sent.answer {
                case .accepted(let receipt):
                    .accepted(receipt, rest.next() ?? .unread(reason: "it was not read back", retryAfter: nil))
                case .failed(let error): .failed(error)
                case .notSent(let reason, let until): .notSent(reason: reason, until: until)
                case .lapsed: .lapsed
                }
            return SettledStep(step: sent.step, outcome: outcome)
        }
    }

    /// One observation for all of them; a finding for each, in order.
    func readBack(_ steps: [ClaimedStep]) async -> [Finding] {
        guard world.has(.readBack) else { return steps.map { _ in .holds } }
        let scope = ReadBack.scope(of: steps.lazy.map(\.change))
        let operation = "read \(target.name) back"
        func unread(_ reason: String, _ retryAfter: Span?) -> [Finding] {
            steps.map { _ in .unread(reason: reason, retryAfter: retryAfter) }
        }
        do {
            guard case .go = try await gate.enter(lane.lane) else {
                return unread("\(operation): the target does not answer at the moment", nil)
            }
        } catch {
            return unread("\(operation): stopped", nil)
        }
        let deadline = world.clock.now() + world.settings.callTimeout
        let answer = await BoundedCall.run(operation, until: deadline, clock: world.clock) { [target] in
            do throws(ConnectorError) {
                return .success(try await target.connector.observe(scope))
            } catch {
                return .failure(error)
            }
        }
        switch answer {
        case .failure(let error):
            await gate.leave(error)
            return unread(error.description, error.retryAfter)
        case .success(let observation):
            await gate.leave(nil)
            let seen = ReadBack(observation)
            return steps.map { step in
                switch seen.finding(of: step.change) {
                case .holds: .holds
                case .missing: .missing
                case .underway(let asked): .underway(asked)
                case .unknown(let reason): .unread(reason: "\(operation): \(reason)", retryAfter: nil)
                }
            }
        }
    }

    /// Sends the changes, as many at once as the target takes.
    func send(_ steps: [ClaimedStep], until leaseEnd: Instant) async throws -> [SentStep] {
        guard !steps.isEmpty else { return [] }
        return try await withThrowingTaskGroup(of: SentStep.self) { group in
            var rest = steps.makeIterator()
            var sent: [SentStep] = []
            sent.reserveCapacity(steps.count)
            for _ in 0..<max(1, target.concurrency) {
                guard let step = rest.next() else { break }
                group.addTask { SentStep(step: step, answer: try await send(step, until: leaseEnd)) }
            }
            while let done = try await group.next() {
                sent.append(done)
                guard let step = rest.next() else { continue }
                group.addTask { SentStep(step: step, answer: try await send(step, until: leaseEnd)) }
            }
            return sent
        }
    }

    private func send(_ step: ClaimedStep, until leaseEnd: Instant) async throws -> SentStep.Answer {
        try await world.crashPoint(.beforeApply)
        do {
            guard case .go = try await gate.enter(lane.lane) else {
                return .notSent(
                    reason: "the target does not answer at the moment", until: await gate.reopening(lane.lane))
            }
        } catch {
            // Handed back, so that nobody waits for the lease to run out.
            return .notSent(reason: "its worker stops", until: world.clock.now())
        }
        // Asked last of all: what waited in a queue, or for a target, may be wanted no more.
        if step.change.hasLapsed(at: world.clock.now()) {
            await gate.leaveUnused()
            return .lapsed
        }
        let deadline = world.clock.now() + world.settings.callTimeout
        guard deadline < leaseEnd else {
            // Begun now, it could still be under way when another worker has taken the step.
            await gate.leaveUnused()
            return .notSent(reason: "the lease is nearly over", until: world.clock.now())
        }
        switch await call(step, until: deadline) {
        case .success(let receipt):
            await gate.leave(nil)
            try await world.crashPoint(.afterApply)
            return .accepted(receipt)
        case .failure(let error):
            await gate.leave(error)
            try await world.crashPoint(.afterApply)
            return .failed(error)
        }
    }
}

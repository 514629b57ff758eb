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
            case (.applied, _): result.applied.append(SettledStep(step: step, outcome: finding.outcome))
            case (_, .holds): result.running.append(SettledStep(step: step, outcome: .arrived))
            case (_, .missing): result.toSend.append(step)
            case (_, .unread): result.running.append(SettledStep(step: step, outcome: finding.outcome))
            }
        }
        return result
    }

    enum Finding: Sendable {
        case holds, missing
        case unread(reason: String, retryAfter: Span?)

        var outcome: StepOutcome {
            switch self {
            case .holds: .holds
            case .missing: .notSeen
            case .unread(let reason, let retryAfter): .unread(reason: reason, retryAfter: retryAfter)
            }
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
                case .unknown(let reason): .unread(reason: "\(operation): \(reason)", retryAfter: nil)
                }
            }
        }
    }

    /// Sends the changes, as many at once as the target takes.
    func send(_ steps: [ClaimedStep], until leaseEnd: Instant) async throws -> [SettledStep] {
        guard !steps.isEmpty else { return [] }
        return try await withThrowingTaskGroup(of: SettledStep.self) { group in
            var rest = steps.makeIterator()
            var settled: [SettledStep] = []
            settled.reserveCapacity(steps.count)
            for _ in 0..<max(1, target.concurrency) {
                guard let step = rest.next() else { break }
                group.addTask { SettledStep(step: step, outcome: try await send(step, until: leaseEnd)) }
            }
            while let done = try await group.next() {
                settled.append(done)
                guard let step = rest.next() else { continue }
                group.addTask { SettledStep(step: step, outcome: try await send(step, until: leaseEnd)) }
            }
            return settled
        }
    }

    private func send(_ step: ClaimedStep, until leaseEnd: Instant) async throws -> StepOutcome {
        try await world.crashPoint(.beforeApply)
        guard case .go = try await gate.enter(lane.lane) else {
            return .notSent(reason: "the target does not answer at the moment", until: await gate.reopening(lane.lane))
        }
        let deadline = world.clock.now() + world.settings.callTimeout
        guard deadline < leaseEnd else {
            // Begun now, it could still be under way when another worker has taken the step.
            await gate.leaveUnused()
            return .notSent(reason: "the lease is nearly over", until: world.clock.now())
        }
        let answer = await BoundedCall.run(step.change.id, until: deadline, clock: world.clock) { [target] in
            let context = ApplyContext(
                idempotencyKey: step.idempotencyKey, fencingToken: step.fence, attempt: step.attempt)
            do throws(ConnectorError) {
                return .success(try await target.connector.apply(step.change, context: context))
            } catch {
                return .failure(error)
            }
        }
        switch answer {
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

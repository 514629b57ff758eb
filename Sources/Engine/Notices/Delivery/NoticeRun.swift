import AccessModel
import AuditTrail
import Definitions
import Persistence

/// One run over the outbox.
struct NoticeRun {
    let delivery: NoticeDelivery
    /// When it stops.
    let end: ContinuousClock.Instant
    private(set) var summary = NoticeDelivery.Summary()
    private var senders: [String: Result<any NoticeSender, NoticeFailure>] = [:]
    /// Channels that are in trouble: the rest of what they are to carry waits.
    private var resting: Set<String> = []

    /// Less than this is no time to begin anything in.
    private static let shortest = Duration.milliseconds(100)
    /// How much longer than its own time an attempt stays its taker's.
    private static let slack = Span.seconds(60)

    init(delivery: NoticeDelivery, end: ContinuousClock.Instant) {
        self.delivery = delivery
        self.end = end
    }

    private var timeLeft: Duration { ContinuousClock.now.duration(to: end) }

    mutating func go(concurrency: Int) async throws {
        guard try await isAnythingDue() else { return }
        try await route()
        while timeLeft > Self.shortest {
            let taken = try await claim(limit: max(1, concurrency))
            guard !taken.isEmpty else { return }
            let limit = min(timeLeft, Self.longestTimeout(delivery.definitions))
            try await settle(await attempt(taken, limit: Span(milliseconds: limit.wholeMilliseconds)))
        }
    }

    func close() async {
        for sender in senders.values {
            if case .success(let sender) = sender { await sender.close() }
        }
    }

    // MARK: Outbox

    private func isAnythingDue() async throws -> Bool {
        let now = delivery.now()
        return try await delivery.database.read { session in
            try NoticeOutbox(session).nextDue().map { $0 <= now } ?? false
        }
    }

    private func route() async throws {
        let (definitions, now, limit) = (delivery.definitions, delivery.now(), 256)
        var count = limit
        while count == limit, timeLeft > Self.shortest {
            let wanted = try await delivery.database.read { session in
                try NoticeOutbox(session).due(at: now, limit: limit).reduce(into: Set()) { $0.formUnion($1.people) }
            }
            let people = wanted.isEmpty ? [:] : try await delivery.people(wanted)
            count = try await delivery.database.write { session in
                let outbox = NoticeOutbox(session)
                try outbox.prune(before: now - NoticeDelivery.kept)
                return try outbox.route(definitions, people: people, known: wanted, at: now, limit: limit)
            }
        }
    }

    private func claim(limit: Int) async throws -> [NoticeOnItsWay] {
        let (now, resting) = (delivery.now(), resting)
        let longest = Span(milliseconds: Self.longestTimeout(delivery.definitions).wholeMilliseconds)
        return try await delivery.database.write { session in
            try NoticeOutbox(session).claim(at: now, until: now + longest + Self.slack, limit: limit, without: resting)
        }
    }

    private static func longestTimeout(_ definitions: NoticeDefinitions) -> Duration {
        .milliseconds(definitions.channels.map(\.timeout).max()?.milliseconds ?? 20_000)
    }

    // MARK: Sending

    private struct Attempt: Sendable {
        let delivery: NoticeOnItsWay
        let failure: NoticeFailure?
    }

    private mutating func attempt(_ taken: [NoticeOnItsWay], limit: Span) async -> [Attempt] {
        let work = taken.map { ($0, sender(of: $0), min(limit, timeout(of: $0))) }
        return await withTaskGroup(of: Attempt.self) { group in
            for (delivery, sender, limit) in work {
                group.addTask {
                    do throws(NoticeFailure) {
                        try await Self.send(delivery, by: try sender.get(), limit: limit)
                        return Attempt(delivery: delivery, failure: nil)
                    } catch {
                        return Attempt(delivery: delivery, failure: error)
                    }
                }
            }
            var attempts: [Attempt] = []
            for await attempt in group { attempts.append(attempt) }
            return attempts
        }
    }

    private func timeout(of taken: NoticeOnItsWay) -> Span {
        delivery.definitions.channels.first { $0.name.text == taken.channel }?.timeout ?? .seconds(20)
    }

    private mutating func sender(of taken: NoticeOnItsWay) -> Result<any NoticeSender, NoticeFailure> {
        if let known = senders[taken.channel] { return known }
        let made: Result<any NoticeSender, NoticeFailure>
        if let channel = delivery.definitions.channels.first(where: { $0.name.text == taken.channel }) {
            do throws(NoticeFailure) {
                made = .success(try delivery.make(channel))
            } catch {
                made = .failure(error)
            }
        } else {
            made = .failure(
                NoticeFailure("notices.yaml has no channel `\(taken.channel)` any more", isFinal: true))
        }
        senders[taken.channel] = made
        return made
    }

    /// Ends when its time is over, whatever the sender waits for.
    private static func send(
        _ delivery: NoticeOnItsWay, by sender: any NoticeSender, limit: Span
    ) async throws(NoticeFailure) {
        let failure = await withTaskGroup(of: NoticeFailure?.self) { group in
            group.addTask {
                do throws(NoticeFailure) {
                    try await sender.send(delivery, limit: limit)
                    return nil
                } catch {
                    return error
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: .milliseconds(limit.milliseconds))
                    return NoticeFailure("no answer within \(limit)", isOfChannel: true)
                } catch {
                    return NoticeFailure("cancelled")
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if let failure { throw failure }
    }

    // MARK: What came of it

    private mutating func settle(_ attempts: [Attempt]) async throws {
        let now = delivery.now()
        let outcomes = attempts.map { outcome(of: $0, at: now) }
        try await delivery.database.transact { session, records in
            let outbox = NoticeOutbox(session)
            for outcome in outcomes {
                let isOurs = try outbox.settle(
                    outcome.delivery, outcome.state, next: outcome.next, problem: outcome.problem)
                if isOurs, let record = outcome.record(at: now) { records.append(record) }
            }
        }
        for (attempt, outcome) in zip(attempts, outcomes) { count(attempt, outcome) }
    }

    private struct Outcome: Sendable {
        let delivery: NoticeOnItsWay
        let state: NoticeOnItsWay.State
        var next: Instant?
        var problem: String?

        func record(at now: Instant) -> Record? {
            let context = RecordContext(at: now, actor: "tenure", subject: delivery.notice.about)
            let told = ToldNotice(
                id: delivery.notice.id, kind: delivery.notice.kind.rawValue, channel: delivery.channel,
                recipient: delivery.recipient.isEmpty ? nil : delivery.recipient, attempts: delivery.attempts)
            switch state {
            case .waiting: return nil
            case .delivered: return .noticeDelivered(context, told)
            case .givenUp: return .noticeGivenUp(context, told, problem: problem ?? "")
            }
        }
    }

    private func outcome(of attempt: Attempt, at now: Instant) -> Outcome {
        let sent = attempt.delivery
        guard let failure = attempt.failure else { return Outcome(delivery: sent, state: .delivered) }
        let problem = String(failure.message.onOneLine.prefix(500))
        guard !failure.isFinal, now < sent.giveUpAt else {
            return Outcome(delivery: sent, state: .givenUp, problem: problem)
        }
        let delay = NoticeRetry.delay(after: sent.attempts, asked: failure.retryAfter, chance: delivery.chance())
        return Outcome(delivery: sent, state: .waiting, next: min(now + delay, sent.giveUpAt), problem: problem)
    }

    private mutating func count(_ attempt: Attempt, _ outcome: Outcome) {
        switch outcome.state {
        case .delivered: summary.delivered += 1
        case .waiting: summary.failed += 1
        case .givenUp: summary.givenUp += 1
        }
        guard let failure = attempt.failure else { return }
        summary.problems[attempt.delivery.channel] = failure.message
        if failure.isOfChannel { resting.insert(attempt.delivery.channel) }
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        max(1, components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
    }
}

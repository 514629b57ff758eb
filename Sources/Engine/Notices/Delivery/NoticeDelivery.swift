import AccessModel
import AuditTrail
import ConnectorKit
import Definitions
import Persistence

/// Takes notices out of the outbox and tells them, a few at a time and for a stated time. What is not told then stays
/// for the next run; nothing but the outbox and the log is written, and no lock is held while anything is sent.
public struct NoticeDelivery: Sendable {
    /// What a run came to.
    public struct Summary: Hashable, Sendable {
        public var delivered = 0
        /// Will be tried again.
        public var failed = 0
        public var givenUp = 0
        /// The last thing that went wrong, by channel.
        public var problems: [String: String] = [:]

        public init() {}

        /// How far these have come.
        public init(of deliveries: [NoticeOnItsWay]) {
            for delivery in deliveries {
                switch delivery.state {
                case .delivered: delivered += 1
                case .waiting: failed += 1
                case .givenUp: givenUp += 1
                }
                if delivery.state != .delivered, let problem = delivery.problem {
                    problems[delivery.channel] = problem
                }
            }
        }
    }

    /// Makes the sender of a channel.
    typealias Making = @Sendable (NoticeChannel) throws(NoticeFailure) -> any NoticeSender

    /// How long what came to an end is kept beside the log.
    static let kept = Span.days(30)

    let database: any Database
    let definitions: NoticeDefinitions
    let people: NoticePeople
    let now: @Sendable () -> Instant
    let make: Making
    let chance: @Sendable () -> Double

    init(
        database: any Database, definitions: NoticeDefinitions, people: @escaping NoticePeople,
        now: @escaping @Sendable () -> Instant, chance: @escaping @Sendable () -> Double, make: @escaping Making
    ) {
        self.database = database
        self.definitions = definitions
        self.people = people
        self.now = now
        self.make = make
        self.chance = chance
    }

    /// - Parameters:
    ///   - baseDirectory: What relative paths of secrets and authorities start from.
    ///   - now: Of the wall.
    public init(
        database: any Database, definitions: NoticeDefinitions, organization: Slug, baseDirectory: String,
        people: @escaping NoticePeople, now: @escaping @Sendable () -> Instant
    ) {
        let senders = NoticeSenders(organization: organization, definitions: definitions, base: baseDirectory, now: now)
        self.init(
            database: database, definitions: definitions, people: people, now: now,
            chance: { Double.random(in: 0..<1) },
            make: { channel throws(NoticeFailure) in try senders.make(channel) })
    }

    /// Tells what is due, until nothing is, or `budget` is over. What other processes have in hand is theirs.
    ///
    /// - Throws: What the database throws. That a notice could not be told is in the summary.
    public func run(budget: Span, concurrency: Int = 4) async throws -> Summary {
        var run = NoticeRun(delivery: self, end: ContinuousClock.now + .milliseconds(budget.milliseconds))
        do {
            try await run.go(concurrency: concurrency)
            await run.close()
            return run.summary
        } catch {
            await run.close()
            throw error
        }
    }
}

import AccessModel
import AuditTrail
import Definitions
import Persistence
import Planning
import Policies
import StrictJSON

/// Decides again what was decided: recorded requests by what was seen of them then, recorded plans by their changes, the
/// definitions and the people of that time. Reads, and writes nothing.
public struct PolicyReplay: Sendable {
    public struct Outcome: Sendable {
        /// What opens up first.
        public let flips: [PolicyFlip]
        /// How many decisions were made again.
        public let decided: Int
        /// Plans of which some questions are not on record, and how many.
        public let unknown: [Unknown]
        /// Records that hold a question this version does not understand, and why.
        public let unreadable: [String]
    }

    /// Questions that cannot be decided again, since nothing is known of them but that they were.
    public struct Unknown: Hashable, Sendable {
        /// When the plan was decided.
        public let at: Instant
        public let plan: String
        public let questions: Int
    }

    /// Makes an organisation of the files of definitions that were applied; nil where this version does not take them.
    public typealias Reading = @Sendable ([DefinitionStore.File], _ revision: String) -> Organization?

    private let context: LifecycleContext
    private let abilities: [Slug: TargetAbilities]
    private let read: Reading

    public init(context: LifecycleContext, abilities: [Slug: TargetAbilities], read: @escaping Reading) {
        self.context = context
        self.abilities = abilities
        self.read = read
    }

    /// - Parameter since: Decisions of this time and later; nil: all.
    public func run(_ policies: PolicySet, since: Instant?) async throws -> Outcome {
        try await context.database.read { session in
            var filter = AuditLog.Filter()
            filter.since = since
            filter.types = [RecordType.policyDecided, .planDecided, .changePlanned].map(\.rawValue)
            var work = Work(
                session: session, policies: policies, abilities: abilities, read: read,
                timelines: try PeopleArchive(session).timelines())
            try AuditLog(session).forEachEntry(filter) { try work.take($0) }
            try work.finishPlan()
            return Outcome(
                flips: work.flips.sorted(by: PolicyFlip.precedes), decided: work.decided, unknown: work.unknown,
                unreadable: work.unreadable)
        }
    }

    /// One walk through the log.
    private struct Work {
        /// The changes of one decision about a plan.
        private struct RecordedPlan {
            let at: Instant
            var changes: [Change] = []
            /// Of which something was said: they are recorded with all that was seen of them.
            var known: Set<String> = []
            /// Of a plan that was decided, and not only carried on: its hash, how many questions were not kept, and the changes
            /// that its reasons name.
            var hash: String?
            var omitted = 0
            var named: Set<String> = []
        }

        let session: any SQLSession
        let policies: PolicySet
        let abilities: [Slug: TargetAbilities]
        let read: Reading
        let timelines: [PersonTimeline]
        private(set) var flips: [PolicyFlip] = []
        private(set) var decided = 0
        private(set) var unknown: [Unknown] = []
        private(set) var unreadable: [String] = []
        private var plan: RecordedPlan?
        private var organization: (revision: String, read: Organization?)?

        init(
            session: any SQLSession, policies: PolicySet, abilities: [Slug: TargetAbilities],
            read: @escaping Reading, timelines: [PersonTimeline]
        ) {
            self.session = session
            self.policies = policies
            self.abilities = abilities
            self.read = read
            self.timelines = timelines
        }

        mutating func take(_ entry: Entry) throws {
            let record = entry.record
            switch record.known {
            case .policyDecided:
                if let decision = record.body["detail"]?["decision"] { again([decision], nil, entry) }
            case .planDecided:
                try finishPlan()
                plan = RecordedPlan(at: record.at)
                plan?.hash = record.body["hash"]?.string
                plan?.omitted = record.body["omitted"]?.integer.map { Int(clamping: $0) } ?? 0
                for reason in record.body["reasons"]?.array ?? [] {
                    plan?.named.formUnion((reason["changes"]?.array ?? []).compactMap(\.string))
                }
                again(record.body["decisions"], record.body["others"], entry)
            case .changePlanned:
                guard let change = record.body["change"].flatMap({ Change(json: $0) }) else { return }
                if plan?.at != record.at {
                    try finishPlan()
                    plan = RecordedPlan(at: record.at)
                }
                plan?.changes.append(change)
            default: break
            }
        }

        private mutating func again(_ whole: JSONValue?, _ others: JSONValue?, _ entry: Entry) {
            var read: [DecidedQuestion] = []
            var problems: [String] = []
            RecordedReview.read(
                whole: whole, others: others, { read.append($0) },
                unreadable: { problems.append("record \(entry.seq): \($0)") })
            unreadable += problems
            for before in read {
                plan?.known.insert(before.about)
                let after = policies.decide(before.question, external: ExternalAnswers(before.external))
                decided += 1
                add(
                    PolicyFlip(
                        at: entry.record.at, about: before.about, question: before.question, before: before.verdict,
                        by: before.by, after: after))
            }
        }

        private mutating func add(_ flip: PolicyFlip?) {
            if let flip { flips.append(flip) }
        }

        /// Asks about the changes of which nothing was said: they were allowed.
        mutating func finishPlan() throws {
            if let plan { note(plan) }
            guard let recorded = plan, !recorded.changes.isEmpty, let organization = try organization(at: recorded.at)
            else {
                plan = nil
                return
            }
            plan = nil
            let days = DayBoundaries(timezone: organization.platform.timezone) ?? .utc
            let people = Set(recorded.changes.compactMap { $0.identity?.person })
            let states = timelines.filter { people.contains($0.id) }.compactMap { $0.state(at: recorded.at, in: days) }
            let world = PolicyWorld(
                PlanningInput(
                    organization: organization, roster: Roster(states), recorded: RecordedState(),
                    abilities: abilities, now: recorded.at))
            let rebuilt = Plan(
                hash: "", changes: recorded.changes, blastRadius: BlastRadius(of: recorded.changes),
                definitionsRevision: organization.revision, plannedAt: recorded.at, notes: [])
            decided += recorded.changes.count { !recorded.known.contains($0.id) }
            for decision in policies.review(rebuilt, world: world).decisions
            where !recorded.known.contains(decision.change) {
                add(
                    PolicyFlip(
                        at: recorded.at, about: decision.change, question: decision.question, before: .allowed,
                        by: [], after: decision.decision))
            }
        }

        /// What was spoken of, or planned, and is neither kept as a question nor recorded as a change that ran.
        private mutating func note(_ plan: RecordedPlan) {
            guard let hash = plan.hash else { return }
            let told = plan.known.union(plan.changes.map(\.id))
            let missing = max(plan.named.subtracting(told).count, plan.omitted)
            if missing > 0 { unknown.append(Unknown(at: plan.at, plan: hash, questions: missing)) }
        }

        private mutating func organization(at moment: Instant) throws -> Organization? {
            let store = DefinitionStore(session)
            guard let revision = try store.application(at: moment)?.revision else { return nil }
            if let organization, organization.revision == revision { return organization.read }
            let read = read(try store.files(of: revision), revision)
            organization = (revision, read)
            if read == nil { unreadable.append("definitions \(revision): this version does not take them any more") }
            return read
        }
    }
}

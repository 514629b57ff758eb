import AccessModel
import ConnectorKit
import Definitions
import Persistence
import Planning
import Policies
import WorkflowEngine

/// The organisation's files, read and free of errors.
public struct DefinitionSet: Sendable {
    public let organization: Organization
    /// As they were read; kept when they are applied, so that the record can be asked about them later.
    public let files: [DefinitionStore.File]
    /// What everything is decided by while these are in force.
    public let policies: PolicySet

    /// - Parameter policies: the organisation's, compiled; left out they are compiled here, and where they cannot be,
    ///   nothing that grants is allowed.
    public init(organization: Organization, files: [DefinitionStore.File], policies: PolicySet? = nil) {
        self.organization = organization
        self.files = files
        self.policies = policies ?? PolicySet.compile(organization).set ?? .closed
    }

    public var revision: String { organization.revision }
}

/// What was found when everything was looked at: the plan, what policy says of it, and all that it rests on.
public struct Survey: Sendable {
    public let definitions: DefinitionSet
    public let roster: Roster
    public let outcome: PlanningOutcome
    /// Where windows should be seen.
    let windows: WindowPlan
    /// What policy makes of it.
    public let review: PlanReview
    public var judgement: Judgement { review.judgement }
    /// The one person that it is narrowed to.
    public let person: PersonID?
    /// Of what the record said when it was taken.
    let moment: Moment

    /// When the record was read, by what had changed in it.
    struct Moment: Sendable {
        /// See ``SettingsStore/generation()``.
        let generation: Int64
        let changes: SettingsStore.Changes
        /// By a clock that goes on while a process is paused.
        let readAt = ContinuousClock.now

        /// So old may be what is known of people where somebody is heard of all the time; a process that was paused for
        /// longer looks again.
        static let oldest = Duration.seconds(60)

        init(_ session: any SQLSession) throws {
            let settings = SettingsStore(session)
            generation = try settings.generation()
            changes = try settings.changes()
        }

        /// Takes the turn to decide; false where what was seen then no longer stands.
        ///
        /// - Parameter news: Whether people may have been heard of since: it is then as if that came a moment later. What
        ///   anybody decided since still counts.
        func takeTurn(in session: any SQLSession, despite news: Bool) throws -> Bool {
            let settings = SettingsStore(session)
            if try settings.advanceGeneration(from: generation) { return true }
            guard news, ContinuousClock.now - readAt < Self.oldest,
                try settings.changes().decided == changes.decided
            else { return false }
            try settings.advanceGeneration()
            return true
        }
    }
    /// What cases had on its way before the targets were looked at: it may have arrived since.
    let underway: [Workflow.Underway]
    let sights: [TargetObserver.Sight]
    let targets: [ConnectedTarget]

    public var plan: Plan { outcome.plan }

    /// Lets go of the targets that it looked at.
    public func close() async {
        for target in targets { await target.close() }
    }

    /// A target that could not be read; what is known of it is from the record.
    public struct UnreadTarget: Hashable, Sendable {
        public let target: Slug
        public let problem: ConnectorError
    }

    public var unread: [UnreadTarget] {
        sights.compactMap { sight in sight.problem.map { UnreadTarget(target: sight.target, problem: $0) } }
    }
}

import AccessModel
import CEL
import Definitions
import Planning

/// The organisation, its people and their access at one moment: what questions are made of.
///
/// A value like the rest: the same world gives the same questions.
public struct PolicyWorld: Sendable {
    public let input: PlanningInput
    let index: PlanningIndex?
    let days: DayBoundaries
    let liveTiers: Set<Slug>
    /// The rules of separation by the slug of each group that they name.
    let separations: [String: [SeparationRule]]

    /// - Parameter index: of the same input, where there is one already; it spares making it for every person.
    public init(_ input: PlanningInput, index: PlanningIndex? = nil) {
        self.input = input
        self.index = index
        let platform = input.organization.platform
        days = DayBoundaries(timezone: platform.timezone) ?? .utc
        liveTiers = Set(platform.tiers.lazy.filter(\.isLive).map(\.name))
        var separations: [String: [SeparationRule]] = [:]
        for rule in platform.separations {
            for group in rule.groups { separations[group, default: []].append(rule) }
        }
        self.separations = separations
    }

    /// A world in which nobody is known.
    public init(_ organization: Organization, now: Instant) {
        self.init(
            PlanningInput(
                organization: organization, roster: Roster([]), recorded: RecordedState(), abilities: [:], now: now))
    }

    public var organization: Organization { input.organization }
    /// A clock that was set ahead brings no hour nearer that a policy waits for.
    public var now: Instant { input.vouched }
}

// MARK: - Questions

extension PolicyWorld {
    /// Whether `asked` may be had. `requester` is who asks: the person themselves, unless somebody asks for them.
    public func request(_ asked: AskedWindow, by requester: PersonID? = nil) -> PolicyQuestion {
        question(.request, asked, isEmergency: false, requester: requester, approver: nil)
    }

    /// Whether somebody may break the glass for `asked`.
    public func breakGlass(_ asked: AskedWindow) -> PolicyQuestion {
        question(.breakGlass, asked, isEmergency: true, requester: nil, approver: nil)
    }

    /// Whether `approver` may approve `asked`.
    ///
    /// - Parameter isEligible: whether they are one of those who were asked to; see ``approvers(for:group:requester:)``.
    public func approval(
        of asked: AskedWindow, requestedBy requester: PersonID? = nil, by approver: PersonID, isEligible: Bool
    ) -> PolicyQuestion {
        question(
            .approval, asked, isEmergency: false, requester: requester,
            approver: PolicyAttributes.record(
                PolicyAttributes.approver,
                subjectValues(.person(approver), groups: []).merging(["eligible": .bool(isEligible)]) { $1 }))
    }

    /// Whether a membership may stand in a review.
    public func review(_ identity: IdentityID, in group: Group, causes: [Cause]) -> PolicyQuestion {
        let held = groups(of: identity, without: group)
        return PolicyQuestion(
            .review,
            [
                .subject: .record(subject(identity, groups: held)), .group: .record(groupRecord(group)),
                .cause: .record(causeRecord(causes)), .platform: .record(platformRecord(group, held: held)),
                .now: .timestamp(CELTimestamp(clamping: now)),
                .risk: .int(Int64(RiskScore.of(group, in: organization))),
            ])
    }

    /// Whether somebody may have any access at all.
    public func person(_ person: PersonID) -> PolicyQuestion {
        self.person(person, groups: groups(of: .person(person), without: nil))
    }

    /// The same of somebody as they are, before anything follows from it: of their groups nothing is known.
    func person(_ state: PersonState) -> PolicyQuestion {
        PolicyQuestion(
            .person,
            [
                .subject: .record(subject(state)), .now: .timestamp(CELTimestamp(clamping: now)),
            ])
    }

    func person(_ person: PersonID, groups: [String]) -> PolicyQuestion {
        PolicyQuestion(
            .person,
            [
                .subject: .record(subject(.person(person), groups: groups)),
                .now: .timestamp(CELTimestamp(clamping: now)),
            ])
    }

    private func question(
        _ kind: PolicyQuestion.Kind, _ asked: AskedWindow, isEmergency: Bool, requester: PersonID?,
        approver: CELRecord?
    ) -> PolicyQuestion {
        let held = groups(of: .person(asked.person), without: asked.group)
        let start = asked.start ?? now
        let request = PolicyAttributes.record(
            PolicyAttributes.request,
            [
                "id": .string(asked.id), "reason": .string(asked.reason),
                "duration": .duration(CELDuration(clamping: asked.duration)),
                "start": .timestamp(CELTimestamp(clamping: start)),
                "until": .timestamp(CELTimestamp(clamping: start + asked.duration)), "emergency": .bool(isEmergency),
                "extension": .bool(asked.isExtension),
            ])
        // Broken glass is reviewed, and keeps nobody from what is theirs.
        let beside = asked.beside.filter { grant in
            !grant.isEmergency && grant.group != asked.group && grant.from < start + asked.duration
                && start < grant.until
        }
        let apart = held + beside.map { organization.slug(of: $0.group) }
        let subject = subject(.person(asked.person), groups: held)
        let requester = requester.map { $0 == asked.person ? subject : self.subject(.person($0), groups: []) }
        var values: [PolicyAttributes.Root: CELValue] = [
            .subject: .record(subject), .group: .record(groupRecord(asked.group)), .request: .record(request),
            .requester: .record(requester ?? subject), .platform: .record(platformRecord(asked.group, held: apart)),
            .now: .timestamp(CELTimestamp(clamping: now)),
            .risk: .int(
                Int64(RiskScore.of(asked.group, in: organization) + (isEmergency ? RiskScore.emergency : 0))),
        ]
        values[.approver] = approver.map { .record($0) }
        return PolicyQuestion(kind, values)
    }
}

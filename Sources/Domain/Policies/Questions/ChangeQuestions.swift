import AccessModel
import CEL
import Definitions
import Planning

/// Makes a question of each change of one plan; what many of them have in common is made once.
struct ChangeQuestions {
    private let world: PolicyWorld
    private let plan: CELValue
    private let now: CELValue
    private let lostAdmins: [String: Set<PersonID>]
    /// The slugs that people should be in; empty where no policy asks for them.
    private let groups: [PersonID: [String]]
    /// The slugs of groups that people are in because they broke the glass.
    private let emergencies: [PersonID: Set<String>]
    private var lastGroup: (group: Group, record: CELValue)?
    private var lastSubject: (identity: IdentityID, group: String?, record: CELValue)?
    private var targets: [Slug: CELValue] = [:]

    /// - Parameter groups: the slugs that people should be in; empty where no policy asks for them.
    init(_ world: PolicyWorld, _ plan: Plan, groups: [PersonID: [String]]) {
        self.world = world
        self.groups = groups
        self.plan = .record(Self.record(of: plan))
        now = .timestamp(CELTimestamp(clamping: world.now))
        lostAdmins = plan.blastRadius.lastAdmins
        emergencies = Dictionary(
            world.input.grants.filter(\.isEmergency).map { ($0.person, [world.organization.slug(of: $0.group)]) },
            uniquingKeysWith: { $0.union($1) })
        for target in world.organization.targets {
            targets[target.name] = .record(PolicyAttributes.record(of: target))
        }
    }

    private static func record(of plan: Plan) -> CELRecord {
        let blast = plan.blastRadius
        var people = Set<PersonID>()
        for change in plan.changes where change.operation == .remove {
            if let person = change.identity?.person { people.insert(person) }
        }
        let counts: [String: Int] = [
            "adds": blast.adds, "removes": blast.removes, "updates": blast.updates, "identities": blast.identities,
            "groups": blast.groups, "targets": blast.targets, "score": blast.score, "people_removed": people.count,
        ]
        return PolicyAttributes.record(PolicyAttributes.plan, counts.mapValues { .int(Int64($0)) })
    }

    mutating func question(_ change: Change) -> PolicyQuestion {
        var activation = CELActivation(PolicyAttributes.environment)
        for root in PolicyAttributes.Root.allCases { activation[root.rawValue] = PolicyAttributes.standard(root) }
        func set(_ root: PolicyAttributes.Root, _ value: CELValue?) {
            if let value { activation[root.rawValue] = value }
        }
        let held = heldGroups(change)
        set(.subject, change.identity.map { subject($0, held, change.fact.groupSlug) })
        set(.group, group(change.fact))
        set(.target, targets[change.target])
        set(.change, .record(record(change)))
        set(.cause, .record(world.causeRecord(change.causes)))
        set(.plan, plan)
        set(.platform, .record(platform(change, held)))
        set(.now, now)
        set(.risk, .int(Int64(RiskScore.of(change, in: world.organization))))
        return PolicyQuestion(.change, activation: activation)
    }

    private func heldGroups(_ change: Change) -> [String] {
        guard !groups.isEmpty, let person = change.identity?.person else { return [] }
        return (groups[person] ?? []).filter { $0 != change.fact.groupSlug }
    }

    private mutating func subject(_ identity: IdentityID, _ held: [String], _ group: String?) -> CELValue {
        if let last = lastSubject, last.identity == identity, last.group == group || groups.isEmpty {
            return last.record
        }
        let record = CELValue.record(world.subject(identity, groups: held))
        lastSubject = (identity, group, record)
        return record
    }

    private mutating func group(_ fact: Fact) -> CELValue? {
        guard let group = fact.notation else {
            // A group by birthright has a name and no more.
            return fact.groupSlug.map {
                .record(PolicyAttributes.record(PolicyAttributes.group, ["slug": .string($0)]))
            }
        }
        if let last = lastGroup, last.group == group { return last.record }
        let record = CELValue.record(world.groupRecord(group))
        lastGroup = (group, record)
        return record
    }

    private func platform(_ change: Change, _ held: [String]) -> CELRecord {
        guard case .membership(let membership) = change.fact else { return world.platformRecord(nil, held: []) }
        // Broken glass is reviewed: separation of duties stops neither it, nor what the person has beside it.
        guard let broken = change.identity?.person.flatMap({ emergencies[$0] }) else {
            return world.platformRecord(membership.notation, held: held)
        }
        let isOnlyThat = change.causes.allSatisfy { if case .grant = $0 { true } else { false } }
        let apart = isOnlyThat && broken.contains(membership.group) ? [] : held.filter { !broken.contains($0) }
        return world.platformRecord(membership.notation, held: apart)
    }

    private func record(_ change: Change) -> CELRecord {
        let hasWindow = change.causes.contains { if case .grant = $0 { true } else { false } }
        let takesOver = change.operation == .update && change.before.map { $0.identity != change.identity } ?? false
        return PolicyAttributes.record(
            PolicyAttributes.change,
            [
                "operation": .string(change.operation.rawValue), "lane": .string(change.lane.rawValue),
                "kind": .string(change.fact.kind.rawValue), "standing": .bool(!hasWindow),
                "counted": .bool(change.isCounted), "held": .bool(change.isHeld),
                "last_admin": .bool(!lostAdmins.isEmpty && takesLastAdmin(change)), "takes_over": .bool(takesOver),
            ])
    }

    /// Whether it takes one of those out of a tenant's tier without whom nobody is left who may be its admin.
    private func takesLastAdmin(_ change: Change) -> Bool {
        guard change.lane == .revoke, case .membership(let membership) = change.fact, let group = membership.notation,
            let person = membership.identity.person
        else { return false }
        let isOther = change.causes.contains { cause in
            switch cause {
            case .grant, .retention, .drift: true
            default: false
            }
        }
        guard !isOther else { return false }
        let admin = Group(tenant: group.tenant, tier: group.tier, role: .admin)
        return lostAdmins[world.organization.slug(of: admin)]?.contains(person) ?? false
    }
}

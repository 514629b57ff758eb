import AccessModel
import Definitions
import Planning

/// What should hold, said a second time: slowly, with dictionaries of strings, and from FORMATS alone.
struct Oracle {
    let input: PlanningInput
    /// `target|key` -> causes as text.
    private(set) var desired: [String: Set<String>] = [:]
    /// Those that only entries in error stand behind.
    private(set) var hard: Set<String> = []

    private struct Entry {
        let unit: String
        let list: String
        let listed: ListedPerson
        /// Role and tier of a core group.
        let core: Group?
    }

    private struct Standing {
        let person: Person
        let isKept: Bool
    }

    init(_ input: PlanningInput) {
        self.input = input
        for target in input.organization.targets { collect(target) }
    }

    private var tiers: [TierDefinition] { input.organization.platform.tiers }

    private func isLive(_ tier: Slug) -> Bool { tiers.contains { $0.name == tier && $0.isLive } }

    // MARK: Lists

    private func entries() -> [Entry] {
        var all: [Entry] = []
        for tenant in input.organization.tenants {
            for (list, people) in [
                ("admins", tenant.admins), ("contributors", tenant.contributors), ("readers", tenant.readers),
            ] {
                all += people.map { Entry(unit: tenant.name.text, list: list, listed: $0, core: nil) }
            }
        }
        for core in input.organization.core.groups {
            all += core.members.map {
                Entry(unit: core.group.tenant.text, list: slug(core.group), listed: $0, core: core.group)
            }
        }
        return all
    }

    private func standing(_ entry: Entry) -> Standing? {
        let states = input.roster.states
        let here = states.filter { state in
            let bears = state.person.addresses.contains { $0.folded == entry.listed.email.folded }
            return bears && state.presence != .left && !isEnded(state)
        }
        let key = RecordedState.EntryKey(
            tenant: slugOf(entry.unit), list: entry.list, address: entry.listed.email.folded)
        let binding = input.recorded.bindings[key]
        var isKept = false
        let chosen: PersonState?
        if let binding {
            chosen = states.first { $0.person.id == binding.person }
            isKept = here.contains { $0.person.id != binding.person }
        } else {
            chosen = here.count == 1 ? here[0] : nil
        }
        guard let chosen, chosen.isActive else { return nil }
        let isInside = input.organization.platform.domains.contains(
            String(entry.listed.email.folded.split(separator: "@")[1]))
        if chosen.person.kind == .service || (chosen.person.kind != .external && !isInside) {
            guard binding != nil else { return nil }
            isKept = true
        }
        if let binding, hasLapsed(chosen, binding, slugOf(entry.unit)) { return nil }
        return Standing(person: chosen.person, isKept: isKept)
    }

    private func isEnded(_ state: PersonState) -> Bool {
        if case .ended = state.presence { true } else { false }
    }

    private func hasLapsed(_ state: PersonState, _ binding: RecordedState.Binding, _ tenant: Slug) -> Bool {
        let rule = input.organization.platform.mover
        return state.moves.contains { move in
            let age = move.effective.milliseconds - binding.firstSeen.milliseconds
            guard age > rule.fresh.milliseconds else { return false }
            if let confirmed = input.recorded.confirmations[state.person.id]?[tenant], confirmed >= move.effective {
                return false
            }
            return move.effective.milliseconds + rule.grace.milliseconds <= input.now.milliseconds
        }
    }

    private func slugOf(_ text: String) -> Slug { Slug(text) ?? input.organization.platform.organization }

    private func slug(_ group: Group) -> String {
        if input.organization.platform.naming.crossTierReaders, group.role == .reader {
            return "\(group.tenant)-readers"
        }
        let plural = group.role == .operator ? "operator" : "\(group.role.rawValue)s"
        return "\(group.tenant)-\(group.tier)-\(plural)"
    }

    // MARK: Groups

    private struct Place {
        let group: Group
        let sectors: [Slug]
        let standingContributors: Bool
    }

    private func places() -> [Place] {
        var all: [Place] = []
        for tenant in input.organization.tenants {
            for tier in tiers {
                let sectors = tenant.sectors.filter { name in
                    input.organization.platform.sectors.contains {
                        $0.name == name && ($0.tiers == nil || $0.tiers?.contains(tier.name) == true)
                    }
                }
                if sectors.isEmpty { continue }
                let stands = !tier.isLive && tenant.standingContributorTiers.contains(tier.name)
                for role in Role.allCases {
                    all.append(
                        Place(
                            group: Group(tenant: tenant.name, tier: tier.name, role: role), sectors: sectors,
                            standingContributors: stands))
                }
            }
        }
        for sector in input.organization.platform.sectors where sector.isCore {
            for tier in tiers where sector.tiers?.contains(tier.name) ?? true {
                for role in Role.allCases {
                    all.append(
                        Place(
                            group: Group(tenant: sector.name, tier: tier.name, role: role), sectors: [sector.name],
                            standingContributors: false))
                }
            }
        }
        return all
    }

    // MARK: Facts

    private mutating func put(_ target: Slug, _ key: String, _ cause: Cause, isKept: Bool = false) {
        desired["\(target)|\(key)", default: []].insert(cause.description)
        if !isKept { hard.insert("\(target)|\(key)") }
    }

    private mutating func collect(_ target: TargetDefinition) {
        guard let abilities = input.abilities[target.name] else { return }
        let kinds = abilities.kinds
        for place in places() {
            let sectors = place.sectors.filter {
                target.covers.covers(sector: $0, tier: place.group.tier, tenant: place.group.tenant)
            }
            if sectors.isEmpty { continue }
            let cause = Cause.definition(definitionPlace(of: place.group))
            if kinds.contains(.group) {
                put(target.name, "group \(slug(place.group))", cause)
                if kinds.contains(.membership) { collectMembers(place, target, abilities) }
            }
            for sector in sectors where kinds.contains(.roleAssignment) {
                let scope =
                    "\(sector)/\(place.group.tier)/\(target.covers.region == .ignored ? "*" : "\(target.covers.region)")/\(place.group.tenant)"
                put(
                    target.name, "role_assignment \(slug(place.group)) \(place.group.role.rawValue) \(scope)", cause)
            }
            if kinds.contains(.federatedTrust), place.group.role == .operator {
                for workload in workloads(place.group) {
                    put(
                        target.name,
                        "federated_trust \(slug(place.group)) \(workload.issuer) \(workload.subject) "
                            + workload.audience, .definition(workload.place))
                }
            }
        }
        collectBirthright(target, kinds)
    }

    private func definitionPlace(of group: Group) -> SourceLocation {
        if let tenant = input.organization.tenants.first(where: { $0.name == group.tenant }) { return tenant.place }
        if let core = input.organization.core.groups.first(where: { $0.group == group }) { return core.place }
        return input.organization.platform.sectors.first { $0.name == group.tenant }?.place
            ?? SourceLocation(file: "?", line: 0, column: 0)
    }

    private func workloads(_ group: Group) -> [Workload] {
        (input.organization.tenants.flatMap(\.workloads) + input.organization.core.groups.flatMap(\.workloads)).filter {
            $0.tenant == group.tenant && $0.tier == group.tier
        }
    }

    private mutating func collectMembers(_ place: Place, _ target: TargetDefinition, _ abilities: TargetAbilities) {
        let group = place.group
        func member(_ identity: String, _ cause: Cause, isKept: Bool = false) -> [(String, Cause, Bool)] {
            var facts = [("membership \(slug(group)) \(identity)", cause, isKept)]
            if abilities.kinds.contains(.account) { facts.append(("account \(identity)", cause, isKept)) }
            return facts
        }
        var found: [(String, Cause, Bool)] = []
        for entry in entries() where entry.unit == group.tenant.text {
            guard let standing = standing(entry), isIn(entry, place) else { continue }
            found += member(standing.person.id.text, .definition(entry.listed.place), isKept: standing.isKept)
        }
        for grant in input.grants where grant.group == group && !input.recorded.lostGrants.contains(grant.id) {
            guard grant.from <= input.now, input.now < grant.until, mayHold(grant) else { continue }
            found += member(grant.person.text, .grant(id: grant.id, until: grant.until))
        }
        if group.role == .operator, abilities.holdsWorkloadMembers {
            for workload in workloads(group) {
                found += member(workload.identity.description, .definition(workload.place))
            }
        }
        for (key, cause, isKept) in found { put(target.name, key, cause, isKept: isKept) }
    }

    private func isIn(_ entry: Entry, _ place: Place) -> Bool {
        if let core = entry.core { return place.group.role == .reader && core.tier == place.group.tier }
        switch place.group.role {
        case .reader: return true
        case .contributor: return place.standingContributors && entry.list != "readers"
        default: return false
        }
    }

    private func mayHold(_ grant: Grant) -> Bool {
        entries().contains { entry in
            guard entry.unit == grant.group.tenant.text, standing(entry)?.person.id == grant.person else {
                return false
            }
            if let core = entry.core {
                guard core.tier == grant.group.tier else { return false }
                return grant.group.role == .admin
                    ? core.role == .admin
                    : grant.group.role == .contributor && [.admin, .contributor].contains(core.role)
            }
            switch grant.group.role {
            case .admin: return entry.list == "admins"
            case .contributor: return entry.list != "readers" || !isLive(grant.group.tier)
            default: return false
            }
        }
    }

    private mutating func collectBirthright(_ target: TargetDefinition, _ kinds: Set<Fact.Kind>) {
        for rule in input.organization.birthright {
            let cause = Cause.birthright(rule: rule.name, rule.place)
            let groups = kinds.contains(.group) ? rule.groups.filter { $0.target == target.name } : []
            for group in groups { put(target.name, "group \(group.name)", cause) }
            for state in input.roster.states where state.isActive && matches(rule, state.person) {
                if kinds.contains(.account), rule.accounts.contains(target.name) || !groups.isEmpty {
                    put(target.name, "account \(state.person.id)", cause)
                }
                for group in groups { put(target.name, "membership \(group.name) \(state.person.id)", cause) }
            }
        }
    }

    private func matches(_ rule: BirthrightRule, _ person: Person) -> Bool {
        for condition in rule.match {
            let value =
                switch condition.attribute {
                case .type: person.kind.rawValue
                case .department: person.department
                case .title: person.title
                case .location: person.location
                }
            if !condition.values.contains(value) { return false }
        }
        return true
    }
}

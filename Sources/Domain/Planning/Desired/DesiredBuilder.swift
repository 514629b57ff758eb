import AccessModel
import Definitions

/// Gathers what should hold, row by row.
struct DesiredBuilder {
    private let input: PlanningInput
    private let index: PlanningIndex
    private let organization: OrganizationIndex
    private var scope: [UInt32]?
    private var tenants: TenantScope?
    /// Whether a tenant's or core sector's entries and windows count here; nil: all do.
    private var counts: ((Slug) -> Bool)?
    /// Person and entry, for entries that count; sorted.
    private var places: [UInt64] = []
    private var keptEntries = Set<UInt32>()
    private var memberships: [[FactTable.Row]]
    private var accounts: [[FactTable.Row]]
    // Of each target, taken out of its layout once: what follows asks for them a million times.
    private let slotsOfGroups: [[UInt32]]
    private let holdsMemberships: [Bool]
    private let holdsAccounts: [Bool]
    private var notes: [PlanNote] = []
    private var upkeep = Upkeep()
    private var lapses: [UInt64: EntryResolution.Lapse] = [:]
    private var nextChange: Instant?
    /// Of changed tenants: whom their entries mean, whether they count or not.
    private var concerned = Set<UInt32>()
    /// How many of the entries that were read have a binding.
    private var boundEntries = 0

    init(_ input: PlanningInput, index: PlanningIndex, narrowedTo people: Set<PersonID>?) {
        self.input = input
        self.index = index
        organization = index.organization
        scope = people?.compactMap { input.roster.index(of: $0).map(UInt32.init) }.sorted()
        memberships = Array(repeating: [], count: index.layouts.count)
        accounts = memberships
        slotsOfGroups = index.layouts.map(\.slotOfGroup)
        holdsMemberships = index.layouts.map { $0.holds(.membership) }
        holdsAccounts = index.layouts.map { $0.holds(.account) }
    }

    /// `counts` leaves out what tenants and core sectors say for which it is false; it goes with a narrowing to people.
    static func build(
        _ input: PlanningInput, index: PlanningIndex, narrowedTo people: Set<PersonID>?,
        counting counts: ((Slug) -> Bool)? = nil
    ) -> DesiredState {
        var builder = DesiredBuilder(input, index: index, narrowedTo: people)
        builder.counts = counts
        builder.readEntries()
        builder.addStanding()
        builder.addGrants()
        builder.addBirthright()
        if people == nil {
            builder.addWorkloads()
            builder.forgetBindings()
            builder.notes += index.layouts.flatMap(\.notes)
        }
        builder.addTimes()
        return builder.finish()
    }

    /// What changed tenants make their groups hold, and of the accounts what they and birthright say.
    static func build(_ input: PlanningInput, changedIn index: RevisedIndex) -> DesiredState {
        build(input, index: index.changed, tenants: TenantScope(index))
    }

    /// The same of one of the two sides, as the organisation `index` has it.
    static func build(_ input: PlanningInput, index: PlanningIndex, tenants: TenantScope) -> DesiredState {
        var builder = DesiredBuilder(input, index: index, narrowedTo: nil)
        builder.tenants = tenants
        builder.counts = { tenants.names.contains($0) }
        builder.readEntries()
        builder.scope = builder.peopleConcerned()
        builder.addStanding()
        builder.addGrants()
        builder.addBirthright()
        builder.addWorkloads()
        builder.forgetBindingsOfTenants()
        builder.notes += index.layouts.flatMap(\.notes)
        builder.addTimes()
        return builder.finish()
    }

    // MARK: Entries

    private mutating func readEntries() {
        let resolver = EntryResolver(index: organization, input: input)
        if let scope {
            for person in scope {
                for entry in entries(of: person) { read(entry, with: resolver, only: person) }
            }
        } else {
            for entry in organization.entries.indices { read(UInt32(entry), with: resolver, only: nil) }
        }
        places.sort()
    }

    /// Those that bear one of the person's addresses, and those that were applied for the person.
    private func entries(of person: UInt32) -> [UInt32] {
        let person = input.roster.states[Int(person)].person
        let listed = person.addresses.flatMap { organization.entries(bearing: $0) }
        let bound = index.bindings[person.id].compactMap { organization.entry(for: $0) }
        let all = Set(listed + bound).sorted()
        guard let counts else { return all }
        return all.filter { counts(organization.units[Int(organization.entries[Int($0)].unit)].name) }
    }

    /// Those whom the tenants list or listed, or who have a window in one of their groups; sorted.
    private func peopleConcerned() -> [UInt32] {
        var people = concerned
        if let previous = index.previous?.organization {
            let resolver = EntryResolver(index: previous, input: input)
            for entry in previous.entries.indices {
                if let person = resolver.resolve(UInt32(entry)).person { people.insert(person) }
            }
        }
        for grant in input.grants where counts?(grant.group.tenant) ?? true {
            if let person = input.roster.index(of: grant.person) { people.insert(UInt32(person)) }
        }
        return people.sorted()
    }

    private mutating func read(_ entry: UInt32, with resolver: EntryResolver, only: UInt32?) {
        let resolution = resolver.resolve(entry)
        if resolution.isBound { boundEntries += 1 }
        if let only, resolution.person != only { return }
        notes += resolution.notes
        guard let person = resolution.person else { return }
        if tenants != nil { concerned.insert(person) }
        if resolution.isNew {
            upkeep.bindingsToRecord[organization.key(of: Int(entry))] = RecordedState.Binding(
                person: input.roster.states[Int(person)].person.id, firstSeen: input.now)
        }
        if let lapse = resolution.lapse {
            consider(lapse.at)
            if lapse.at <= input.now { lapses[packed(person, organization.entries[Int(entry)].unit)] = lapse }
        }
        guard resolution.counts else { return }
        places.append(packed(person, entry))
        if resolution.isKeptOnly { keptEntries.insert(entry) }
    }

    private mutating func addStanding() {
        for place in places {
            let kind: CauseID.Kind = keptEntries.contains(place.low) ? .keptEntry : .entry
            for group in organization.standingGroups(of: Int(place.low)) {
                add(group: group, identity: place.high, cause: CauseID(kind, place.low))
            }
        }
    }

    private mutating func add(group: UInt32, identity: UInt32, cause: CauseID) {
        for number in slotsOfGroups.indices {
            let slot = slotsOfGroups[number][Int(group)]
            if slot != TargetLayout.noSlot { add(slot: slot, identity: identity, cause: cause, target: number) }
        }
    }

    private mutating func add(slot: UInt32, identity: UInt32, cause: CauseID, target: Int) {
        guard holdsMemberships[target] else { return }
        memberships[target].append(FactTable.Row(key: packed(slot, identity), cause: cause))
        guard holdsAccounts[target] else { return }
        // One entry stands in the groups of several tiers, one after the other.
        if let last = accounts[target].last, last.key == UInt64(identity), last.cause == cause { return }
        accounts[target].append(FactTable.Row(key: UInt64(identity), cause: cause))
    }

    // MARK: Windows

    private mutating func addGrants() {
        for (number, grant) in input.grants.enumerated() {
            if let counts, !counts(grant.group.tenant) { continue }
            guard input.now < grant.until, !input.recorded.lostGrants.contains(grant.id),
                let person = input.roster.index(of: grant.person).map(UInt32.init), isInScope(person)
            else { continue }
            guard grant.from <= input.now else {
                consider(grant.from)
                continue
            }
            guard input.roster.states[Int(person)].isActive, let group = organization.groupIndices[grant.group],
                isEligible(person, for: group)
            else {
                upkeep.lostGrants.append(grant.id)
                continue
            }
            consider(grant.until)
            add(group: group, identity: person, cause: CauseID(.grant, UInt32(number)))
        }
    }

    private func isEligible(_ person: UInt32, for group: UInt32) -> Bool {
        let start = places.partitioningIndex { $0 >= packed(person, 0) }
        return places[start...].lazy.prefix { $0.high == person }.contains { place in
            organization.isEligible(organization.entries[Int(place.low)], for: group)
        }
    }

    private func isInScope(_ person: UInt32) -> Bool {
        guard let scope else { return true }
        let index = scope.partitioningIndex { $0 >= person }
        return index < scope.count && scope[index] == person
    }

    // MARK: Birthright and workloads

    private mutating func addBirthright() {
        if let scope {
            for person in scope { addBirthright(of: person) }
        } else {
            for person in input.roster.states.indices { addBirthright(of: UInt32(person)) }
        }
    }

    private mutating func addBirthright(of number: UInt32) {
        guard input.roster.states[Int(number)].isActive else { return }
        for rule in organization.rules.indices
        where organization.rules[rule].matches(input.roster.states[Int(number)].person) {
            let cause = CauseID(.rule, UInt32(rule))
            for target in index.layouts.indices {
                if index.layouts[target].accountRules[rule] {
                    accounts[target].append(FactTable.Row(key: UInt64(number), cause: cause))
                }
                for slot in index.layouts[target].baselineSlots[rule] where tenants == nil {
                    add(slot: slot, identity: number, cause: cause, target: target)
                }
            }
        }
    }

    private mutating func addWorkloads() {
        for (number, workload) in organization.workloads.enumerated() {
            let group = Group(tenant: workload.tenant, tier: workload.tier, role: .operator)
            guard let group = organization.groupIndices[group] else { continue }
            let identity = UInt32(input.roster.states.count + number)
            for (target, layout) in index.layouts.enumerated() where layout.abilities.holdsWorkloadMembers {
                let slot = layout.slotOfGroup[Int(group)]
                guard slot != TargetLayout.noSlot else { continue }
                add(slot: slot, identity: identity, cause: CauseID(.workload, UInt32(number)), target: target)
            }
        }
    }

    // MARK: What is to be recorded, and when to look again

    private mutating func forgetBindings() {
        // An entry a binding: then nothing of what is recorded is left over, and none need be looked up.
        guard boundEntries != input.recorded.bindings.count else { return }
        let gone = input.recorded.bindings.keys.filter { organization.entry(for: $0) == nil }
        upkeep.bindingsToForget = gone.sorted()
    }

    private mutating func forgetBindingsOfTenants() {
        guard let previous = index.previous?.organization else { return }
        let keys = previous.entries.indices.map { previous.key(of: $0) }
        upkeep.bindingsToForget = keys.filter {
            input.recorded.bindings[$0] != nil && organization.entry(for: $0) == nil
        }.sorted()
    }

    private mutating func addTimes() {
        if let scope {
            for person in scope { consider(input.roster.states[Int(person)].nextChange) }
        } else {
            for person in input.roster.states.indices { consider(input.roster.states[person].nextChange) }
        }
    }

    private mutating func consider(_ moment: Instant?) {
        guard let moment, moment > input.now else { return }
        nextChange = min(nextChange ?? moment, moment)
    }

    private consuming func finish() -> DesiredState {
        upkeep.lostGrants.sort()
        return DesiredState(
            index: index, input: input, scope: scope, tenants: tenants,
            tables: zip(memberships, accounts).map {
                DesiredState.TargetTable(memberships: FactTable($0), accounts: FactTable($1))
            },
            notes: notes, upkeep: upkeep, nextChange: nextChange, lapses: lapses)
    }
}

extension BirthrightRule {
    /// Whether every condition holds for the person; values are compared as bytes.
    func matches(_ person: Person) -> Bool {
        match.allSatisfy { condition in
            let value: String =
                switch condition.attribute {
                case .type: person.kind.rawValue
                case .department: person.department
                case .title: person.title
                case .location: person.location
                }
            return condition.values.contains { $0.utf8.elementsEqual(value.utf8) }
        }
    }
}

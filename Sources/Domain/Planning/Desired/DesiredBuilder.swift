import AccessModel
import Definitions

/// Gathers what should hold, row by row.
struct DesiredBuilder {
    let input: PlanningInput
    let index: PlanningIndex
    let organization: OrganizationIndex
    private var scope: [UInt32]?
    private(set) var tenants: TenantScope?
    /// Whether a tenant's or core sector's entries and windows count here; nil: all do.
    private var counts: ((Slug) -> Bool)?
    private var keptEntries = Set<UInt32>()
    /// Who has a window, and of them the entries that count.
    private let holders: Set<UInt32>
    private var entriesOfHolders: [UInt32: [UInt32]] = [:]
    private var memberships: [KeyedRows<CauseID>]
    private var accounts: [KeyedRows<CauseID>]
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
        holders = Set(input.grants.compactMap { input.roster.index(of: $0.person).map(UInt32.init) })
        memberships = Array(repeating: KeyedRows(), count: index.layouts.count)
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
        builder.addGrants()
        builder.addBirthright()
        builder.noteStays()
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
        guard let scope else {
            reserveRows()
            for unit in organization.units { read(unit, with: resolver) }
            return
        }
        var places: [UInt64] = []
        for person in scope {
            for entry in entries(of: person) {
                let resolution = resolver.resolve(entry)
                if resolution.isBound { boundEntries += 1 }
                guard resolution.person == person, take(resolution, of: entry) else { continue }
                places.append(packed(person, entry))
            }
        }
        let byUnit = Dictionary(grouping: places) { organization.entries.unit(Int($0.low)) }
        for (unit, places) in byUnit { addStanding(places, in: organization.units[Int(unit)]) }
    }

    private mutating func reserveRows() {
        let standing = organization.units.reduce(0) { $0 + $1.standing.reduce(0) { $0 + $1.entries.count } }
        let people = input.roster.states.count
        for target in memberships.indices {
            if holdsMemberships[target] { memberships[target].reserve(standing) }
            if holdsAccounts[target] { accounts[target].reserve(organization.entries.count + people) }
        }
    }

    /// Those that bear one of the person's addresses, and those that were applied for the person.
    private func entries(of person: UInt32) -> [UInt32] {
        let person = input.roster.states[Int(person)].person
        let listed = person.addresses.flatMap { organization.entries(bearing: $0) }
        let bound = index.bindings[person.id].compactMap { organization.entry(for: $0) }
        let all = Set(listed + bound).sorted()
        guard let counts else { return all }
        return all.filter { counts(organization.units[Int(organization.entries.unit(Int($0)))].name) }
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

    private mutating func read(_ unit: IndexedUnit, with resolver: EntryResolver) {
        var places: [UInt64] = []
        places.reserveCapacity(unit.entries.count)
        for list in organization.entries.lists[unit.lists] {
            let bound = input.recorded.bindings.list(organization.listName(list.kind), of: unit.name)
            for number in list.people.indices {
                let entry = UInt32(list.first + number)
                if let person = resolver.usual(list.people[number].email, bound) {
                    boundEntries += 1
                    if tenants != nil { concerned.insert(person) }
                    places.append(packed(person, entry))
                    continue
                }
                let resolution = resolver.resolve(entry)
                if resolution.isBound { boundEntries += 1 }
                if take(resolution, of: entry), let person = resolution.person { places.append(packed(person, entry)) }
            }
        }
        places.sort()
        addStanding(places, in: unit)
    }

    /// Writes down what a resolution says; whether its person stands by the entry now.
    private mutating func take(_ resolution: EntryResolution, of entry: UInt32) -> Bool {
        notes += resolution.notes
        guard let person = resolution.person else { return false }
        if tenants != nil { concerned.insert(person) }
        if resolution.isNew {
            upkeep.bindingsToRecord[organization.key(of: Int(entry))] = RecordedState.Binding(
                person: input.roster.ids[Int(person)], firstSeen: input.now)
        }
        if let lapse = resolution.lapse {
            consider(lapse.at)
            if lapse.at <= input.now { lapses[packed(person, organization.entries.unit(Int(entry)))] = lapse }
        }
        if resolution.counts, resolution.isKeptOnly { keptEntries.insert(entry) }
        return resolution.counts
    }

    /// `places`: person and entry, of entries that count.
    private mutating func addStanding(_ places: [UInt64], in unit: IndexedUnit) {
        if !holders.isEmpty {
            for place in places where holders.contains(place.high) {
                entriesOfHolders[place.high, default: []].append(place.low)
            }
        }
        for target in slotsOfGroups.indices where holdsMemberships[target] {
            let standing = unit.standing.filter { slotsOfGroups[target][Int($0.group)] != TargetLayout.noSlot }
            for group in standing {
                let slot = slotsOfGroups[target][Int(group.group)]
                for place in places where group.entries.contains(Int(place.low)) {
                    memberships[target].append(packed(slot, place.high), cause(of: place.low))
                }
            }
            guard holdsAccounts[target] else { continue }
            for place in places where standing.contains(where: { $0.entries.contains(Int(place.low)) }) {
                accounts[target].append(UInt64(place.high), cause(of: place.low))
            }
        }
    }

    private func cause(of entry: UInt32) -> CauseID {
        CauseID(!keptEntries.isEmpty && keptEntries.contains(entry) ? .keptEntry : .entry, entry)
    }

    private mutating func add(group: UInt32, identity: UInt32, cause: CauseID) {
        for number in slotsOfGroups.indices {
            let slot = slotsOfGroups[number][Int(group)]
            if slot != TargetLayout.noSlot { add(slot: slot, identity: identity, cause: cause, target: number) }
        }
    }

    private mutating func add(slot: UInt32, identity: UInt32, cause: CauseID, target: Int) {
        guard holdsMemberships[target] else { return }
        memberships[target].append(packed(slot, identity), cause)
        if holdsAccounts[target] { accounts[target].append(UInt64(identity), cause) }
    }

    // MARK: Windows

    private mutating func addGrants() {
        for (number, grant) in input.grants.enumerated() {
            if let counts, !counts(grant.group.tenant) { continue }
            guard input.now < grant.until, !input.recorded.lostGrants.contains(grant.id),
                let person = input.roster.index(of: grant.person).map(UInt32.init), isInScope(person)
            else { continue }
            // A window to come is lost like an open one: who comes back in time asks anew.
            guard input.roster.traits[Int(person)].contains(.active),
                !grant.isVoid(for: input.roster.states[Int(person)]),
                let group = organization.groupIndices[grant.group],
                grant.isEmergency
                    ? organization.organization.mayBreakGlass(grant.person, grant.group, input.roster)
                    : isEligible(person, for: group)
            else {
                upkeep.lostGrants.append(grant.id)
                continue
            }
            guard grant.hasBegun(by: input.vouched) else {
                consider(grant.from)
                continue
            }
            consider(grant.until)
            add(group: group, identity: person, cause: CauseID(.grant, UInt32(number)))
        }
    }

    private func isEligible(_ person: UInt32, for group: UInt32) -> Bool {
        entriesOfHolders[person, default: []].contains { entry in
            organization.isEligible(organization.entries[Int(entry)], for: group)
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
        guard input.roster.traits[Int(number)].contains(.active) else { return }
        for rule in organization.rules.indices
        where organization.rules[rule].match.isEmpty || organization.rules[rule].matches(Int(number), of: input.roster)
        {
            let cause = CauseID(.rule, UInt32(rule))
            for target in index.layouts.indices {
                if index.layouts[target].accountRules[rule] {
                    accounts[target].append(UInt64(number), cause)
                }
                for slot in index.layouts[target].baselineSlots[rule] where tenants == nil {
                    add(slot: slot, identity: number, cause: cause, target: target)
                }
            }
        }
    }

    private mutating func addWorkloads() {
        for (number, workload) in organization.workloads.enumerated() {
            guard !workload.isOver(at: input.now) else { continue }
            consider(workload.end?.at)
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
        let gone = input.recorded.bindings.filter { organization.entry(for: $0.key) == nil }
        upkeep.bindingsToForget = gone.map(\.key).sorted()
    }

    private mutating func forgetBindingsOfTenants() {
        guard let previous = index.previous?.organization else { return }
        var gone: [RecordedState.EntryKey] = []
        for entry in previous.entries.indices {
            let key = previous.key(of: entry)
            if input.recorded.bindings[key] != nil, organization.entry(for: key) == nil { gone.append(key) }
        }
        upkeep.bindingsToForget = gone.sorted()
    }

    /// Whose last day the organisation's ceiling or a policy brings forward, or has.
    private mutating func noteStays() {
        if let scope {
            for number in scope { noteStay(Int(number)) }
        } else {
            for number in input.roster.traits.indices { noteStay(number) }
        }
    }

    private mutating func noteStay(_ number: Int) {
        guard input.roster.traits[number].contains(.stayIsLimited) else { return }
        let state = input.roster.states[number]
        guard state.isActive || state.isOutByLimit, let stay = state.stayEnd else { return }
        let days = "\(stay.limit.days) day\(stay.limit.days == 1 ? "" : "s")"
        let rule =
            stay.limit.policy.map { "policy `\($0)` allows \(days)" }
            ?? "the ceiling for \(state.person.kind.rawValue) is \(days)"
        let named = state.person.endDate.map { "HR names \($0)" } ?? "HR names none"
        let presence = state.isActive ? "is here until \(stay.lastDay) at the latest" : "was here until \(stay.lastDay)"
        notes.append(
            PlanNote(
                severity: .note, code: "stay-capped", message: "\(state.person.id) \(presence): \(rule); \(named)"))
    }

    private mutating func addTimes() {
        consider(input.roster.nextArrival)
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

    private mutating func finish() -> DesiredState {
        upkeep.lostGrants.sort()
        let tables = index.layouts.indices.map { target in
            DesiredState.TargetTable(
                memberships: FactTable(Self.taken(from: &memberships[target])),
                accounts: FactTable(Self.taken(from: &accounts[target])))
        }
        return DesiredState(
            index: index, input: input, scope: scope, tenants: tenants, tables: tables, notes: notes, upkeep: upkeep,
            nextChange: nextChange, lapses: lapses)
    }

    /// So that nobody else holds the rows, and they are sorted where they are.
    private static func taken(from rows: inout KeyedRows<CauseID>) -> KeyedRows<CauseID> {
        defer { rows = KeyedRows() }
        return rows
    }
}

extension BirthrightRule {
    /// Whether every condition holds for somebody in a roster; values are compared as bytes.
    func matches(_ number: Int, of roster: Roster) -> Bool {
        match.allSatisfy { condition in
            let value: String =
                switch condition.attribute {
                case .type: roster.states[number].person.kind.rawValue
                case .department: roster.states[number].person.department
                case .title: roster.states[number].person.title
                case .location: roster.states[number].person.location
                }
            return condition.values.contains { $0.utf8.elementsEqual(value.utf8) }
        }
    }
}

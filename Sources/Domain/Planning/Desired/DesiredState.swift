import AccessModel
import Definitions

/// What should hold: for every target the facts, each with all of its causes.
///
/// It keeps numbers; facts are made when somebody asks for them.
public struct DesiredState: Sendable {
    let index: PlanningIndex
    let input: PlanningInput
    /// Nil: everybody. Else where in the roster the people are whom it is about, sorted.
    let scope: [UInt32]?
    /// Nil unless it is about changed tenants; ``scope`` then holds the people concerned.
    let tenants: TenantScope?
    /// One a target, in the organisation's order.
    let tables: [TargetTable]
    public let notes: [PlanNote]
    /// What entries and windows leave to be recorded; the observations add to it.
    let upkeep: Upkeep
    public let nextChange: Instant?
    /// Entries that stopped counting after a move: person and unit -> when and why.
    let lapses: [UInt64: EntryResolution.Lapse]

    /// What one target should hold.
    struct TargetTable: Sendable {
        /// ``packed(_:_:)`` slot and identity.
        let memberships: FactTable
        /// Identity.
        let accounts: FactTable
    }

    /// The number of an identity: people by their place in the roster, workloads after them.
    func number(of identity: IdentityID) -> UInt32? {
        switch identity {
        case .person(let id): input.roster.index(of: id).map(UInt32.init)
        case .workload:
            index.organization.workload(identity).map { UInt32(input.roster.states.count) + $0 }
        case .foreign: nil
        }
    }

    func identity(_ number: UInt32) -> IdentityID {
        isPerson(number)
            ? .person(input.roster.ids[Int(number)])
            : index.organization.workloads[Int(number) - input.roster.states.count].identity
    }

    func isPerson(_ number: UInt32) -> Bool { Int(number) < input.roster.ids.count }

    /// Costs a copy of all that is known of the person; what is asked for everybody asks the roster's columns.
    func person(_ number: UInt32) -> PersonState? { isPerson(number) ? input.roster.states[Int(number)] : nil }

    /// Whether the identity is a person who is active.
    func isActive(_ number: UInt32) -> Bool {
        isPerson(number) && input.roster.traits[Int(number)].contains(.active)
    }

    /// The workload that an identity is declared as.
    func workload(_ identity: IdentityID) -> Workload? {
        guard case .workload = identity else { return nil }
        return index.organization.workload(identity).map { index.organization.workloads[Int($0)] }
    }

    /// Whether all that a role or a trust is pinned for are workloads whose time is over.
    func isOver(_ pin: TargetLayout.Pinned) -> Bool {
        pin.causes.allSatisfy { cause in
            cause.kind == .workload && index.organization.workloads[cause.number].isOver(at: input.now)
        }
    }

    /// Whether an account that is seen is as the identity's should be.
    func isSatisfied(_ number: UInt32, by seen: Account) -> Bool {
        guard isPerson(number) else { return seen.satisfies(account(number)) }
        return seen.satisfies(input.roster, Int(number))
    }

    /// The account that an identity should have.
    func account(_ number: UInt32) -> Account {
        guard let person = person(number)?.person else {
            let identity = identity(number)
            return Account(identity: identity, name: identity.description, state: .active)
        }
        func text(_ value: String) -> String? { value.isEmpty ? nil : value }
        return Account(
            identity: .person(person.id), name: person.email.text, state: .active, givenName: text(person.givenName),
            familyName: text(person.familyName), department: text(person.department), title: text(person.title),
            end: input.roster.states[Int(number)].accountEnd)
    }

    func membership(_ key: UInt64, in layout: TargetLayout) -> Membership {
        let slot = layout.slots[Int(key.high)]
        return Membership(
            group: slot.slug, notation: slot.notation, identity: identity(key.low),
            account: isPerson(key.low)
                ? input.roster.states[Int(key.low)].person.email.text : identity(key.low).description)
    }

    func cause(_ id: CauseID) -> Cause {
        let organization = index.organization
        switch id.kind {
        case .entry, .keptEntry: return .definition(organization.entries[id.number].place)
        case .rule:
            let rule = organization.rules[id.number]
            return .birthright(rule: rule.name, rule.place)
        case .grant:
            let grant = input.grants[id.number]
            return .grant(id: grant.id, until: grant.until)
        case .workload: return .definition(organization.workloads[id.number].place)
        case .group: return .definition(organization.groups[id.number].place)
        case .read: return .definition(organization.reads[id.number].read.place)
        }
    }

    /// In the order of their places, each once.
    func causes(_ ids: some Collection<CauseID>) -> [Cause] {
        if ids.count == 1, let only = ids.first { return [cause(only)] }
        var causes: [Cause] = []
        for id in ids.sorted() {
            let cause = cause(id)
            if !causes.contains(cause) { causes.append(cause) }
        }
        return causes
    }
}

extension DesiredState {
    /// Whether it is about a group's members and roles, and not only about people.
    func isAbout(group slug: @autoclosure () -> String?) -> Bool {
        if let tenants { tenants.covers(slug: slug()) } else { scope == nil }
    }

    /// Entries that were seen for the first time, and whom they mean: what an apply records of them.
    public var bindingsToRecord: [RecordedState.EntryKey: RecordedState.Binding] { upkeep.bindingsToRecord }

    /// All facts of all targets, by target and kind: groups, accounts, memberships, then roles and trusts. Of a state
    /// that was narrowed to people, their accounts and memberships alone.
    public var facts: [DesiredFact] {
        zip(index.layouts, tables).flatMap { layout, table in facts(layout, table) }
    }

    private func facts(_ layout: TargetLayout, _ table: TargetTable) -> [DesiredFact] {
        let name = layout.target.name
        var facts: [DesiredFact] = []
        if scope == nil, layout.holds(.group) {
            facts += layout.slots.map { slot in
                let group = GroupFact(slug: slot.slug, notation: slot.notation)
                return DesiredFact(target: name, fact: .group(group), causes: causes(slot.causes))
            }
        }
        facts += table.accounts.keys.indices.map { row in
            DesiredFact(
                target: name, fact: .account(account(table.accounts.keys[row].low)),
                causes: causes(table.accounts.causes(at: row)), isKeptOnly: table.accounts.isKeptOnly(at: row))
        }
        facts += table.memberships.keys.indices.map { row in
            DesiredFact(
                target: name, fact: .membership(membership(table.memberships.keys[row], in: layout)),
                causes: causes(table.memberships.causes(at: row)), isKeptOnly: table.memberships.isKeptOnly(at: row))
        }
        if scope == nil {
            facts += layout.pinned.filter { !isOver($0) }.map {
                DesiredFact(target: name, fact: $0.fact, causes: causes($0.causes))
            }
        }
        return facts
    }
}

extension Account {
    /// ``satisfies(_:)`` for the active account of somebody in a roster, without making it.
    fileprivate func satisfies(_ roster: Roster, _ number: Int) -> Bool {
        func agree(_ seen: String?, _ wanted: String) -> Bool { seen == nil || wanted.isEmpty || seen == wanted }
        guard state == .active, case .person(let id) = identity, id == roster.ids[number] else { return false }
        let wanted = roster.states[number].person.email
        return (name == wanted.text || name.lowercased() == wanted.text.lowercased())
            && agree(givenName, roster.states[number].person.givenName)
            && agree(familyName, roster.states[number].person.familyName)
            && agree(department, roster.states[number].person.department)
            && agree(title, roster.states[number].person.title)
            && ends(as: roster.states[number].accountEnd)
    }
}

extension PersonState {
    /// With the last day that HR names, or the organisation's limit before it.
    fileprivate var accountEnd: Account.End? { (stayEnd?.lastDay ?? person.endDate).map { .after($0) } }
}

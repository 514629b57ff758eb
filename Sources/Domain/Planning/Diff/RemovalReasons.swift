import AccessModel
import Definitions

/// Why what was seen is not desired any more.
struct RemovalReasons {
    private let state: DesiredState
    /// What the definitions before would desire, for the people concerned.
    private let previous: DesiredState?
    /// Of each target, its number in the definitions before.
    private let previousTargets: [Int?]
    /// Windows that have closed, and open ones that no longer count.
    private var windows: [Window: [Grant]] = [:]

    private struct Window: Hashable {
        let person: PersonID
        let group: Group
    }

    struct Reason {
        let cause: Cause
        let isCounted: Bool
    }

    init(_ state: DesiredState, drafts: [ChangeDraft]) {
        self.state = state
        let asksForPeople = state.index.previous != nil || !state.input.grants.isEmpty
        let people = asksForPeople ? Self.people(losing: drafts, state) : []
        if let previous = state.index.previous, drafts.contains(where: { $0.loss != nil }) {
            var input = state.input
            input.organization = previous.organization.organization
            let index = PlanningIndex(previous: previous, bindings: state.index.bindings)
            self.previous =
                if let tenants = state.tenants {
                    DesiredBuilder.build(input, index: index, tenants: tenants)
                } else {
                    Planner.desired(input, narrowedTo: people, index: index)
                }
        } else {
            previous = nil
        }
        let names = previous?.index.layouts.map(\.target.name) ?? []
        previousTargets = state.index.layouts.map { names.firstIndex(of: $0.target.name) }
        for grant in state.input.grants where people.contains(grant.person) {
            windows[Window(person: grant.person, group: grant.group), default: []].append(grant)
        }
    }

    /// The active ones who lose something.
    private static func people(losing drafts: [ChangeDraft], _ state: DesiredState) -> Set<PersonID> {
        var people = Set<PersonID>()
        for number in drafts.indices where drafts[number].loss != nil {
            if let person = drafts[number].identity, state.isActive(person) {
                people.insert(state.input.roster.ids[Int(person)])
            }
        }
        return people
    }

    func reason(for draft: ChangeDraft) -> Reason {
        if let number = draft.identity, state.isPerson(number) {
            guard state.isActive(number) else { return presence(state.input.roster.states[Int(number)], draft) }
            let found = draft.loss == .account ? account(draft, number) : membership(draft, number)
            if let found { return found }
        }
        return ownerless(draft)
    }

    private func presence(_ person: PersonState, _ draft: ChangeDraft) -> Reason {
        if person.isOutByLimit {
            let isSudden = state.input.endedByNewLimits.contains(person.person.id) || isHeldStill(draft)
            return Reason(cause: person.presenceCause, isCounted: isSudden)
        }
        guard case .snapshot(let asOf, _) = person.presenceCause else {
            return Reason(cause: person.presenceCause, isCounted: false)
        }
        let isReleased = state.input.recorded.releasedPeople[person.person.id]?.contains(asOf) ?? false
        return Reason(cause: person.presenceCause, isCounted: !isReleased)
    }

    // MARK: Memberships of active people

    private func membership(_ draft: ChangeDraft, _ number: UInt32) -> Reason? {
        let notation = draft.fact.notation
        let id = state.input.roster.ids[Int(number)]
        let grants = windows.isEmpty ? [] : notation.flatMap { windows[Window(person: id, group: $0)] } ?? []
        if let closed = grants.filter({ $0.until <= state.input.now }).max(by: { $0.until < $1.until }) {
            return Reason(cause: .grant(id: closed.id, until: closed.until), isCounted: false)
        }
        if !state.lapses.isEmpty, let notation, let unit = state.index.organization.unit(named: notation.tenant),
            let lapse = state.lapses[packed(number, unit)]
        {
            return Reason(cause: .moverLapse(tenant: notation.tenant, at: lapse.at), isCounted: lapse.isSudden)
        }
        if let slug = draft.fact.groupSlug, let gone = previousCauses(draft.target, slug: slug, number) {
            return Reason(cause: gone, isCounted: true)
        }
        if let notation, let gone = goneEntry(of: id, in: notation.tenant) { return gone }
        if let lost = grants.first {
            let note = "\(id) is no longer eligible for the window \(lost.id)"
            return Reason(cause: .definitionRemoved(note: note), isCounted: true)
        }
        guard notation == nil, let slug = draft.fact.groupSlug else { return nil }
        let layout = state.index.layouts[draft.target]
        guard let slot = layout.slot(ofSlug: slug), layout.baselineSlots.contains(where: { $0.contains(slot) }) else {
            return nil
        }
        return word(about: number)
    }

    private func goneEntry(of person: PersonID, in tenant: Slug) -> Reason? {
        // A whole plan has looked for the bindings without an entry already.
        if state.scope == nil, state.upkeep.bindingsToForget.isEmpty { return nil }
        let gone = state.index.bindings.keys(of: person, in: tenant).first {
            state.index.organization.entry(for: $0) == nil
        }
        guard let gone else { return nil }
        let note = "`\(gone.address)` is no longer in \(gone.list) of \(gone.tenant)"
        return Reason(cause: .definitionRemoved(note: note), isCounted: true)
    }

    private func previousCauses(_ target: Int, slug: String, _ number: UInt32) -> Cause? {
        guard let previous, let before = previousTargets[target],
            let slot = previous.index.layouts[before].slot(ofSlug: slug),
            let row = previous.tables[before].memberships.index(of: packed(slot, number))
        else { return nil }
        return gone(previous, previous.tables[before].memberships.causes(at: row))
    }

    private func gone(_ previous: DesiredState, _ causes: ArraySlice<CauseID>) -> Cause {
        let texts = previous.causes(causes).prefix(3).map(\.description).joined(separator: ", ")
        return .definitionRemoved(note: "no longer in the definitions; was \(texts)")
    }

    // MARK: Accounts of active people

    private func account(_ draft: ChangeDraft, _ number: UInt32) -> Reason? {
        if let previous, let before = previousTargets[draft.target],
            let row = previous.tables[before].accounts.index(of: UInt64(number))
        {
            return Reason(cause: gone(previous, previous.tables[before].accounts.causes(at: row)), isCounted: true)
        }
        return state.index.layouts[draft.target].accountRules.contains(true) ? word(about: number) : nil
    }

    /// A rule is there and does not match a person of whom HR said something new: it matched before that word.
    private func word(about number: UInt32) -> Reason? {
        let person = state.input.roster.states[Int(number)]
        let words = [person.moves.last, person.profileChange].compactMap(\.self)
        return words.max { $0.effective < $1.effective }.map { Reason(cause: $0.cause, isCounted: $0.cause.isSnapshot) }
    }

    // MARK: The rest

    private func ownerless(_ draft: ChangeDraft) -> Reason {
        if let day = lastDay(draft.fact) { return Reason(cause: .ended(day), isCounted: false) }
        // Nobody wanted it at any time; what a policy holds back all the same stays held.
        if isAstray(draft) { return Reason(cause: .drift, isCounted: isHeldStill(draft)) }
        if isHeldStill(draft) {
            return Reason(
                cause: .definitionRemoved(note: "no longer in the definitions; held since"), isCounted: true)
        }
        guard let slug = draft.fact.groupSlug, draft.loss != .ofStranger else {
            return workload(draft) ?? Reason(cause: .drift, isCounted: false)
        }
        if draft.loss == .ofGroup || state.index.layouts[draft.target].slot(ofSlug: slug) == nil {
            let note = "what the definitions had of `\(slug)` is no longer in them"
            return Reason(cause: .definitionRemoved(note: note), isCounted: true)
        }
        return workload(draft) ?? Reason(cause: .drift, isCounted: false)
    }

    /// Whether nobody has decided yet on a hold that it is in.
    private func isHeldStill(_ draft: ChangeDraft) -> Bool {
        let held = state.input.recorded.heldChanges
        return !held.isEmpty && held.contains(draft.id(in: state.index.layouts[draft.target].target.name))
    }

    /// Of the workload that a fact is about, if its time is over.
    private func lastDay(_ fact: Fact) -> CalendarDay? {
        if let identity = fact.identity {
            return state.workload(identity).flatMap { $0.isOver(at: state.input.now) ? $0.end?.lastDay : nil }
        }
        guard case .federatedTrust(let trust) = fact, let group = trust.notation else { return nil }
        return state.index.organization.workloads.first { workload in
            workload.tenant == group.tenant && workload.tier == group.tier && workload.issuer == trust.issuer
                && workload.subject == trust.subject && workload.audience == trust.audience
                && workload.isOver(at: state.input.now)
        }?.end?.lastDay
    }

    /// Whether no definition ever puts its holder there: a stranger, or a workload among others than the operators of its own
    /// place.
    private func isAstray(_ draft: ChangeDraft) -> Bool {
        switch (draft.fact, draft.fact.identity) {
        case (.membership, .foreign?): true
        case (.membership(let membership), .workload(let tenant, let tier, _)?):
            membership.notation.map { $0 != Group(tenant: tenant, tier: tier, role: .operator) } ?? false
        case (.roleAssignment(let assignment), _): assignment.group.hasPrefix("foreign:")
        default: false
        }
    }

    /// A workload of this name cannot be told from one that never was, but Tenure alone makes such identities.
    private func workload(_ draft: ChangeDraft) -> Reason? {
        guard case .workload = draft.fact.identity else { return nil }
        return Reason(
            cause: .definitionRemoved(note: "no definition has \(draft.fact.identity.map { "\($0)" } ?? "it") there"),
            isCounted: true)
    }
}

extension Cause {
    var isSnapshot: Bool {
        if case .snapshot = self { true } else { false }
    }
}

extension EntryResolution.Lapse {
    /// Whether a snapshot brought it about without its being known the day before.
    var isSudden: Bool { cause.isSnapshot && at < move + .days(1) }
}

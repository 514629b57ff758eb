import AccessModel
import Definitions

/// Decides whom an entry of a list means, as FORMATS says under "Who" and "Movers".
struct EntryResolver {
    let index: OrganizationIndex
    let input: PlanningInput
    private let domains: Set<String>
    private let domainSuffixes: [[UInt8]]

    init(index: OrganizationIndex, input: PlanningInput) {
        self.index = index
        self.input = input
        domains = Set(index.organization.platform.domains.map(foldedASCII))
        domainSuffixes = domains.map { Array("@\($0)".utf8) }
    }

    private func isInDomain(_ email: EmailAddress) -> Bool { domainSuffixes.contains { email.ends(in: $0) } }

    /// The person, where all is as it nearly always is: it was applied for who bears the address alone, is active, may
    /// stand in lists and never moved. Nil where there is more to find out; ``resolve(_:)`` then says what.
    func usual(_ email: EmailAddress, _ bound: BoundList) -> UInt32? {
        guard !input.roster.sharesAddresses, let binding = bound[email.folded],
            let person = input.roster.index(of: binding.person), isUsual(person, email),
            bears(person, email)
        else { return nil }
        return UInt32(person)
    }

    /// Whether it is the person's own address, as it is written. Looked at where it stands: its text is nowhere near, and
    /// counting a reference to it would wait for that too.
    private func bears(_ person: Int, _ email: EmailAddress) -> Bool {
        input.roster.states.withUnsafeBufferPointer { $0[person].person.email.text == email.text }
    }

    /// Active, never moved, and allowed to stand in a list under that address.
    private func isUsual(_ person: Int, _ email: EmailAddress) -> Bool {
        let traits = input.roster.traits[person]
        return traits.contains(.active) && traits.isDisjoint(with: [.service, .hasMoved])
            && (traits.contains(.external) || isInDomain(email))
    }

    func resolve(_ number: UInt32) -> EntryResolution {
        let entry = index.entries[Int(number)]
        let binding = input.recorded.bindings[index.key(of: Int(number))]
        var resolution = EntryResolution()
        if let binding {
            resolution.isBound = true
            resolveBound(entry, to: binding.person, &resolution)
        } else {
            resolveUnbound(entry, &resolution)
        }
        guard let person = resolution.person, !isUsual(Int(person), entry.email) else { return resolution }
        check(entry, input.roster.states[Int(person)], isBound: binding != nil, &resolution)
        if let binding, !input.roster.states[Int(person)].moves.isEmpty {
            judgeStaleness(entry, input.roster.states[Int(person)], firstSeen: binding.firstSeen, &resolution)
        }
        return resolution
    }

    // MARK: Whom it means

    private func resolveBound(_ entry: IndexedEntry, to id: PersonID, _ resolution: inout EntryResolution) {
        guard let bound = input.roster.index(of: id).map(UInt32.init) else {
            note(&resolution, .error, "unknown-person", entry) {
                "it was applied for \(id), whom HR does not know any more"
            }
            return
        }
        resolution.person = bound
        resolution.counts = true
        // Nearly always: the one who bears it is the one whom it was applied for.
        if !input.roster.sharesAddresses, input.roster.states[Int(bound)].person.email == entry.email { return }
        let bearers = input.roster.indices(bearing: entry.email).map(UInt32.init)
        let others = bearers.filter { $0 != bound && !hasLeft($0) }
        let bears = bearers.contains(bound)
        if let other = others.first {
            resolution.isKeptOnly = true
            let isShared = bears && !hasLeft(bound)
            let code = isShared ? "ambiguous-person" : "rebound-address"
            note(&resolution, .error, code, entry) {
                "it was applied for \(named(bound)) and \(isShared ? "also " : "now ")leads to \(named(other)); "
                    + "write the address of the person who is meant"
            }
        } else if !bears {
            let email = input.roster.states[Int(bound)].person.email
            note(&resolution, .warning, "changed-address", entry) {
                "\(named(bound)) now has the address `\(email)`; the access stays, write the new address"
            }
        }
    }

    private func resolveUnbound(_ entry: IndexedEntry, _ resolution: inout EntryResolution) {
        if let only = input.roster.index(ofOnlyBearerOf: entry.email) {
            // One who left too is bound, so that the address gives nothing to a later bearer.
            resolution.person = only
            resolution.counts = true
            resolution.isNew = true
            return
        }
        let bearers = input.roster.indices(bearing: entry.email).map(UInt32.init)
        let present = bearers.filter { !hasLeft($0) }
        switch (present.count, bearers.count) {
        case (1, _):
            resolution.person = present[0]
        case (0, 0):
            note(&resolution, .error, "unknown-person", entry) { "nobody of that address is known from HR" }
            return
        case (0, _):
            note(&resolution, .warning, "inactive-person", entry) { "all who bore that address have left" }
            return
        default:
            note(&resolution, .error, "ambiguous-person", entry) {
                "\(present.map(named).joined(separator: " and ")) bear that address; write one that only one bears"
            }
            return
        }
        resolution.counts = true
        resolution.isNew = true
    }

    private func hasLeft(_ person: UInt32) -> Bool {
        switch input.roster.states[Int(person)].presence {
        case .left, .ended: true
        case .active, .notStarted, .suspended, .compromised: false
        }
    }

    // MARK: Whether it counts

    private func check(
        _ entry: IndexedEntry, _ state: PersonState, isBound: Bool, _ resolution: inout EntryResolution
    ) {
        func refuse(_ code: String, _ message: () -> String) {
            note(&resolution, .error, code, entry, message)
            resolution.isNew = false
            resolution.isKeptOnly = true
            if !isBound { resolution.counts = false }
        }
        if state.person.kind == .service {
            refuse("service-in-list") {
                "\(state.person.id) is a service; services stand in no list, give it accounts by birthright"
            }
        } else if state.person.kind != .external, !isInDomain(entry.email) {
            refuse("foreign-domain") {
                "its domain is none of the organisation's (\(domains.sorted().joined(separator: ", "))), and "
                    + "\(state.person.id) is not external"
            }
        }
        guard !state.isActive else { return }
        resolution.counts = false
        guard !resolution.isKeptOnly else { return }
        note(&resolution, .warning, "inactive-person", entry) {
            "\(state.person.id) \(presence(state)) and holds nothing"
        }
    }

    private func presence(_ state: PersonState) -> String {
        switch state.presence {
        case .active: "is active"
        case .notStarted(let day): "starts on \(day)"
        case .suspended: "is suspended"
        case .left: "has left"
        case .compromised: "is locked out after a compromise"
        case .ended(let day): "ended on \(day)"
        }
    }

    private func judgeStaleness(
        _ entry: IndexedEntry, _ state: PersonState, firstSeen: Instant, _ resolution: inout EntryResolution
    ) {
        let tenant = index.units[Int(entry.unit)].name
        let rule = index.organization.platform.mover
        let confirmed = input.recorded.confirmations[state.person.id]?[tenant]
        // Moves come oldest first, and the oldest that makes it stale lapses first.
        let staling = state.moves.first { move in
            firstSeen + rule.fresh < move.effective && (confirmed.map { $0 < move.effective } ?? true)
        }
        guard let staling else { return }
        let lapse = staling.effective + rule.grace
        resolution.lapse = EntryResolution.Lapse(at: lapse, move: staling.effective, cause: staling.cause)
        guard resolution.counts else { return }
        let confirm = "`tenure people confirm \(state.person.id) \(tenant)` keeps it"
        if lapse <= input.now {
            resolution.counts = false
            note(&resolution, .note, "lapsed", entry, since: lapse) {
                "stale since the move of \(state.person.id) at \(staling.effective), lapsed at \(lapse); \(confirm)"
            }
        } else {
            note(&resolution, .note, "will-lapse", entry) {
                "stale since the move of \(state.person.id) at \(staling.effective), will lapse at \(lapse); \(confirm)"
            }
        }
    }

    // MARK: Words

    private func named(_ person: UInt32) -> String {
        let person = input.roster.states[Int(person)].person
        return "\(person.id) (\(person.displayName))"
    }

    private func note(
        _ resolution: inout EntryResolution, _ severity: PlanNote.Severity, _ code: String, _ entry: IndexedEntry,
        since: Instant? = nil, _ message: () -> String
    ) {
        let place = "`\(entry.email)` in \(index.listName(entry.list)) of \(index.units[Int(entry.unit)].name)"
        resolution.notes.append(
            PlanNote(
                severity: severity, code: code, message: "\(place): \(message())", place: entry.place, since: since))
    }
}

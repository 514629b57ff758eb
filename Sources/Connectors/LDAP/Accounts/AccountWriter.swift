import AccessModel

/// What a writer did.
struct WriteOutcome: Sendable {
    var effect: Receipt.Effect
    /// The entry that it was done to; directories log by that.
    var dn: String?
    var note: String

    static func held(_ note: String, dn: String? = nil) -> WriteOutcome {
        WriteOutcome(effect: .alreadyHeld, dn: dn, note: note)
    }

    static func applied(_ note: String, dn: String) -> WriteOutcome {
        WriteOutcome(effect: .applied, dn: dn, note: note)
    }
}

/// Makes, changes and deletes accounts.
struct AccountWriter {
    let session: DirectorySession
    let passwords: @Sendable () -> SecretText
    var layout: DirectoryLayout { session.layout }
    var reader: AccountReader { AccountReader(session: session) }

    /// Makes the person have one account, as wanted.
    ///
    /// Where two entries hold one id, all of them are disabled if that is wanted, and anything else is refused until a
    /// person has cleared it up: a leaver is out of both, and no access goes to the wrong one.
    func put(_ wanted: Account, replacing before: Account?, mayCreate: Bool) throws(LDAPFailure) -> WriteOutcome {
        let person = try Self.person(wanted)
        let entries = try reader.find([person])
        if entries.count > 1 {
            guard wanted.state == .disabled else { throw Self.ambiguous(person, entries) }
            return try disable(entries)
        }
        if let entry = entries.first { return try adjust(entry, to: wanted, person) }
        if case .foreign(let name)? = before?.identity { return try takeOver(name, for: wanted, person) }
        if mayCreate { return try create(wanted, person) }
        guard wanted.state == .disabled else {
            throw .refused(.conflict, "no account holds the id `\(person)` any more")
        }
        return .held("no account holds the id, so none is active")
    }

    /// Deletes the person's account and its memberships.
    func remove(_ account: Account) throws(LDAPFailure) -> WriteOutcome {
        guard case .person(let person) = account.identity else {
            throw .refused(.invalid, "only accounts of people are deleted, `\(account.identity)` is none")
        }
        let entries = try reader.find([person])
        guard let entry = entries.first else { return .held("no account holds the id") }
        guard entries.count == 1 else { throw Self.ambiguous(person, entries) }
        // A name that groups still hold would pass its memberships on to the next entry of that name.
        let groups = GroupWriter(session: session)
        for group in try GroupReader(session: session).groups(with: entry.dn) {
            _ = try groups.takeOut(entry.dn, of: group.dn)
        }
        do {
            try session.ldap.delete(entry.dn)
        } catch  where error.resultCode == .noSuchObject {
            return .held("the account went meanwhile", dn: entry.dn)
        }
        return .applied("deleted", dn: entry.dn)
    }

    private func disable(_ entries: [PersonEntry]) throws(LDAPFailure) -> WriteOutcome {
        let active = entries.filter { $0.account.state == .active }
        for entry in active { try session.ldap.modify(entry.dn, AccountState(layout).change(of: entry, to: .disabled)) }
        guard let first = active.first else { return .held("all \(entries.count) entries with this id are disabled") }
        return .applied("disabled \(active.count) entries with this id", dn: first.dn)
    }

    /// Gives an account of others the person's id. It must be one, have no id, and bear the name.
    private func takeOver(_ name: String, for wanted: Account, _ person: PersonID) throws(LDAPFailure) -> WriteOutcome {
        let found = try reader.find(names: [name]).filter { $0.identity == .foreign($0.account.name) }
        guard let entry = found.first else {
            throw .refused(.conflict, "no account without an id is called `\(name)` any more")
        }
        guard found.count == 1, entry.complaint == nil else {
            throw .refused(.invalid, "`\(name)` does not name exactly one account that is free to be taken over")
        }
        try session.ldap.modify(entry.dn, [.set(layout.idAttribute, person.text)])
        guard let owned = try reader.find([person]).first else {
            throw .refused(.conflict, "`\(entry.dn)` was given the id and is not found by it")
        }
        var outcome = try adjust(owned, to: wanted, person)
        outcome.effect = .applied
        outcome.note = "took over an account that was there"
        return outcome
    }

    // MARK: Checks

    static func ambiguous(_ person: PersonID, _ entries: [PersonEntry]) -> LDAPFailure {
        let names = entries.map { "`\($0.dn)`" }.joined(separator: ", ")
        return .refused(.invalid, "\(entries.count) entries hold the id `\(person)`: \(names); leave it in one")
    }

    /// The person of an account whose texts can all be written.
    private static func person(_ account: Account) throws(LDAPFailure) -> PersonID {
        guard case .person(let person) = account.identity else {
            throw .refused(.invalid, "only people have accounts here, `\(account.identity)` is none")
        }
        let texts = [account.name, account.givenName, account.familyName, account.department, account.title]
        for text in texts.compactMap(\.self)
        where text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw .refused(
                .invalid, "an attribute of `\(person)` holds a control character; a directory shows text only")
        }
        guard !account.name.isEmpty else { throw .refused(.invalid, "`\(person)` has no name to sign in with") }
        return person
    }

    /// Two accounts of one name would be two people who are taken for one another.
    func requireFree(_ name: String, for entry: PersonEntry?) throws(LDAPFailure) {
        guard let other = try reader.other(than: entry, named: name) else { return }
        throw .refused(.conflict, "`\(other.dn)` bears the name `\(name)`; free it there first")
    }
}

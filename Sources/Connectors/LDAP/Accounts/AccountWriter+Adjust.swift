import AccessModel

extension AccountWriter {
    /// Changes what differs. Disabling comes first and alone, so that nothing that may be wrong with a name or an
    /// attribute holds it up; enabling comes last.
    func adjust(_ entry: PersonEntry, to wanted: Account, _ person: PersonID) throws(LDAPFailure) -> WriteOutcome {
        var done: [String] = []
        let state = AccountState(layout).change(of: entry, to: wanted.state)
        if wanted.state == .disabled, !state.isEmpty {
            try session.ldap.modify(entry.dn, state)
            done.append("disabled")
        }
        var dn = entry.dn
        let changes = try attributeChanges(entry, wanted, person)
        if !changes.isEmpty {
            dn = try write(changes, to: entry)
            done.append("changed \(changes.map(\.attribute).joined(separator: ", "))")
        }
        if let moved = try move(dn, to: wanted.state) {
            dn = moved
            done.append("moved")
        }
        if wanted.state == .active, !state.isEmpty {
            try session.ldap.modify(dn, state)
            done.append("enabled")
        }
        return done.isEmpty ? .held("it is so already", dn: dn) : .applied(done.joined(separator: "; "), dn: dn)
    }

    private func attributeChanges(
        _ entry: PersonEntry, _ wanted: Account, _ person: PersonID
    ) throws(LDAPFailure) -> [Modification] {
        var changes: [Modification] = []
        let seen = entry.account
        func differ(_ wanted: String?, _ seen: String?) -> Bool {
            wanted.map { !$0.utf8.elementsEqual((seen ?? "").utf8) } ?? false
        }
        let stale = layout.loginAttributes.filter {
            entry.attributes.text($0)?.lowercased() != wanted.name.lowercased()
        }
        if !stale.isEmpty {
            try requireFree(wanted.name, for: entry)
            changes += stale.map { .set($0, wanted.name) }
        }
        if differ(wanted.givenName, seen.givenName) { changes.append(.set("givenName", wanted.givenName)) }
        if differ(wanted.familyName, seen.familyName) { changes.append(.set("sn", familyName(wanted, person))) }
        if !changes.isEmpty, differ(wanted.givenName, seen.givenName) || differ(wanted.familyName, seen.familyName) {
            let shown = Account(
                identity: wanted.identity, name: wanted.name, state: wanted.state,
                givenName: wanted.givenName ?? seen.givenName, familyName: wanted.familyName ?? seen.familyName)
            changes.append(.set(layout.displayAttribute, displayName(shown)))
        }
        if differ(wanted.department, seen.department) {
            changes.append(.set(layout.departmentAttribute, wanted.department))
        }
        if differ(wanted.title, seen.title) { changes.append(.set("title", wanted.title)) }
        return changes
    }

    /// Writes the changes, by another name where one of them is part of the name. Hands back the name it then has.
    private func write(_ changes: [Modification], to entry: PersonEntry) throws(LDAPFailure) -> String {
        var rest = changes
        var relative = entry.name.relative
        for (index, assertion) in relative.enumerated() {
            let type = DistinguishedName.canonicalType(assertion.type)
            guard let at = rest.firstIndex(where: { DistinguishedName.canonicalType($0.attribute) == type }),
                let value = rest[at].values.first
            else { continue }
            relative[index] = DistinguishedName.Assertion(type: assertion.type, value: value)
            rest.remove(at: at)
        }
        var dn = entry.dn
        if rest.count < changes.count {
            dn = try rename(dn, to: entry.name.parent.child(relative), keepsParent: true)
        }
        if !rest.isEmpty { try session.ldap.modify(dn, rest) }
        return dn
    }

    /// To the place that the state asks for, if there is one; nil if it is there.
    private func move(_ dn: String, to state: Account.State) throws(LDAPFailure) -> String? {
        guard let disabled = layout.disabled, let name = DistinguishedName(dn),
            name.isWithin(disabled) != (state == .disabled)
        else { return nil }
        let parent = state == .disabled ? disabled : layout.people
        return try rename(dn, to: parent.child(name.relative), keepsParent: false)
    }

    /// Renames, and sees to it that groups follow: Active Directory does that itself, OpenLDAP only with an overlay.
    private func rename(
        _ old: String, to new: DistinguishedName, keepsParent: Bool
    ) throws(LDAPFailure) -> String {
        let groups = layout.flavor == .openLDAP ? try GroupReader(session: session).groups(with: old) : []
        try session.ldap.rename(
            old, to: DistinguishedName.text(of: new.relative), under: keepsParent ? nil : new.parent.description)
        let writer = GroupWriter(session: session)
        for group in groups {
            _ = try writer.putIn(new.description, to: group.dn)
            _ = try writer.takeOut(old, of: group.dn)
        }
        return new.description
    }

    // MARK: Texts

    func familyName(_ account: Account, _ person: PersonID) -> String? {
        let text = account.familyName ?? ""
        // The schema of OpenLDAP wants one of everyone.
        return text.isEmpty && layout.flavor == .openLDAP ? person.text : text
    }

    func displayName(_ account: Account) -> String {
        let name = [account.givenName, account.familyName].compactMap(\.self).filter { !$0.isEmpty }
        return name.isEmpty ? account.name : name.joined(separator: " ")
    }
}

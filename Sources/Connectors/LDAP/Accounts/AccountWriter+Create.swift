import AccessModel

extension AccountWriter {
    /// Makes the account in one request, with its state.
    func create(_ wanted: Account, _ person: PersonID) throws(LDAPFailure) -> WriteOutcome {
        try requireFree(wanted.name, for: nil)
        let dn = layout.name(of: person, isDisabled: wanted.state == .disabled).description
        var refusal: LDAPFailure?
        for short in shortNames(person) {
            do {
                try session.ldap.add(dn, attributes(wanted, person, short: short))
                return .applied("made, \(wanted.state.rawValue)", dn: dn)
            } catch  where error.resultCode == .entryAlreadyExists {
                // Another node may have been faster, or an answer was lost.
                if let entry = try reader.find([person]).first { return try adjust(entry, to: wanted, person) }
                if try session.ldap.entry(dn, attributes: ["1.1"]) != nil {
                    throw .refused(.invalid, "`\(dn)` is there already, without the id `\(person)`")
                }
                refusal = error
            }
        }
        throw refusal ?? .refused(.targetFailure, "the account could not be made")
    }

    private func attributes(_ wanted: Account, _ person: PersonID, short: String?) -> [Modification] {
        var values: [(String, String?)] = [
            (layout.idAttribute, person.text), ("givenName", wanted.givenName), ("sn", familyName(wanted, person)),
            (layout.displayAttribute, displayName(wanted)), ("title", wanted.title),
            (layout.departmentAttribute, wanted.department),
            (layout.stateAttribute, AccountState(layout).initial(wanted.state)),
        ]
        values += layout.loginAttributes.map { ($0, wanted.name) }
        if let short { values.append(("sAMAccountName", short)) }
        let name = layout.name(of: person, isDisabled: wanted.state == .disabled)
        for assertion in name.relative
        where !values.contains(where: { $0.0.lowercased() == assertion.type.lowercased() }) {
            values.append((assertion.type, person.text))
        }
        var all = [Modification(.add, "objectClass", layout.personClasses)]
        for case (let attribute, let value?) in values where !value.isEmpty {
            all.append(Modification(.add, attribute, [value]))
        }
        if layout.flavor == .activeDirectory {
            all.append(Modification(.add, "unicodePwd", bytes: [GeneratedPassword.encoded(passwords())]))
        }
        return all
    }

    /// What Active Directory signs in with besides: 20 characters, unique in the domain, never changed. The id itself,
    /// or where that will not do, what is left of it and a checksum of the whole.
    private func shortNames(_ person: PersonID) -> [String?] {
        guard layout.flavor == .activeDirectory else { return [nil] }
        let id = person.text
        let checksum = id.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let digits = String(checksum, radix: 16)
        let derived = "\(id.prefix(11))-\(String(repeating: "0", count: 8 - digits.count))\(digits)"
        return id.utf8.count <= 20 && !id.hasSuffix(".") ? [id, derived] : [derived]
    }
}

import AccessModel

/// Makes and deletes groups, and puts people in and takes them out, one member at a time.
struct GroupWriter {
    let session: DirectorySession
    private var layout: DirectoryLayout { session.layout }
    private var reader: GroupReader { GroupReader(session: session) }
    private var accounts: AccountReader { AccountReader(session: session) }

    // MARK: Groups

    func add(_ slug: String) throws(LDAPFailure) -> WriteOutcome {
        try checkName(slug)
        if let group = try reader.group(slug) { return .held("it is there", dn: group.dn) }
        let dn = layout.groups.child([.init("cn", slug)]).description
        do {
            try session.ldap.add(dn, attributes(slug))
        } catch  where error.resultCode == .entryAlreadyExists {
            if let group = try reader.group(slug) { return .held("it is there", dn: group.dn) }
            throw .refused(.invalid, "`\(slug)` is taken by an entry that is not a group under `\(layout.groups)`")
        }
        return .applied("made", dn: dn)
    }

    func remove(_ slug: String) throws(LDAPFailure) -> WriteOutcome {
        guard let group = try reader.group(slug) else { return .held("no such group") }
        do {
            try session.ldap.delete(group.dn)
        } catch  where error.resultCode == .noSuchObject {
            return .held("it went meanwhile", dn: group.dn)
        }
        return .applied("deleted", dn: group.dn)
    }

    private func attributes(_ slug: String) -> [Modification] {
        var all = [Modification(.add, "objectClass", layout.groupClasses), Modification(.add, "cn", [slug])]
        switch layout.flavor {
        case .openLDAP:
            if let placeholder = layout.placeholder {
                all.append(Modification(.add, "member", [placeholder.description]))
            }
        case .activeDirectory:
            // Global, security.
            all += [Modification(.add, "sAMAccountName", [slug]), Modification(.add, "groupType", ["-2147483646"])]
        }
        return all
    }

    private func checkName(_ slug: String) throws(LDAPFailure) {
        let forbidden = Set("\"/\\[]:;|=,+*?<>@".unicodeScalars)
        let isClean = slug.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 0x20 && scalar.value != 0x7F
                && (layout.flavor == .openLDAP || !forbidden.contains(scalar))
        }
        guard isClean, !slug.isEmpty, slug.utf8.count <= 64, slug.first != " ", slug.last != " " else {
            throw .refused(.invalid, "`\(slug)` cannot be the name of a group here")
        }
    }

    // MARK: Members

    func add(_ membership: Membership) throws(LDAPFailure) -> WriteOutcome {
        guard case .person(let person) = membership.identity else {
            throw .refused(.invalid, "only people are put into groups here, `\(membership.identity)` is none")
        }
        guard let group = try reader.group(membership.group) else {
            throw .refused(.missingDependency, "there is no group `\(membership.group)`")
        }
        let entries = try accounts.find([person])
        guard let entry = entries.first else {
            throw .refused(.missingDependency, "no account holds the id `\(person)`")
        }
        guard entries.count == 1 else { throw AccountWriter.ambiguous(person, entries) }
        let isNew = try putIn(entry.dn, to: group.dn)
        return isNew ? .applied("added", dn: group.dn) : .held("a member already", dn: group.dn)
    }

    /// Takes out every entry of the identity, however many hold its id or bear its name.
    func remove(_ membership: Membership) throws(LDAPFailure) -> WriteOutcome {
        guard let group = try reader.group(membership.group) else { return .held("no such group") }
        var removed = 0
        for member in try members(of: group.slug, membership.identity) where try takeOut(member, of: group.dn) {
            removed += 1
        }
        return removed > 0 ? .applied("removed", dn: group.dn) : .held("no member", dn: group.dn)
    }

    private func members(of slug: String, _ identity: IdentityID) throws(LDAPFailure) -> [String] {
        switch identity {
        case .person(let person): return try accounts.find([person]).map(\.dn)
        case .workload: return []
        case .foreign:
            let groups = try reader.find([slug])
            let people = try accounts.find(groups.flatMap(\.members).compactMap { DistinguishedName($0) })
            let resolver = MemberResolver(people, layout)
            return groups.flatMap { group in
                group.members.filter { resolver.membership(of: $0, in: group)?.identity == identity }
            }
        }
    }

    /// Whether the member was not there before.
    func putIn(_ member: String, to group: String) throws(LDAPFailure) -> Bool {
        do {
            try session.ldap.modify(group, [Modification(.add, "member", [member])])
            return true
        } catch {
            // What says "already" differs from server to server; the group itself is asked.
            guard !session.ldap.isBroken, try reader.holds(group, member) else { throw error }
            return false
        }
    }

    /// Whether the member was there before.
    func takeOut(_ member: String, of group: String) throws(LDAPFailure) -> Bool {
        do {
            try delete(member, from: group)
            return true
        } catch {
            guard !session.ldap.isBroken, try !reader.holds(group, member) else { throw error }
            return false
        }
    }

    private func delete(_ member: String, from group: String) throws(LDAPFailure) {
        let removal = Modification(.delete, "member", [member])
        do {
            try session.ldap.modify(group, [removal])
        } catch {
            // A group that others made may lose its last member only for another one.
            guard error.resultCode == .objectClassViolation, let placeholder = layout.placeholder else { throw error }
            try session.ldap.modify(group, [removal, Modification(.add, "member", [placeholder.description])])
        }
    }
}

import AccessModel
import ConnectorKit

extension IdentityCenter {
    public func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        let operation = "observe \(settings.store)"
        do throws(ConnectorError) {
            switch scope {
            case .everything: return try await observeAll(operation)
            case .only(let identities, let names, let groups):
                return try await observe(identities, names, groups, operation)
            }
        } catch {
            // What was read so far is not told from what was not: none of it is shown.
            guard error.code == .incomplete else { throw error }
            return Observation(facts: [], completeness: .partial(reason: error.message))
        }
    }

    private func observeAll(_ operation: String) async throws(ConnectorError) -> Observation {
        let (store, assignments, accounts) = (store, assignments, settings.accounts)
        var seen = IdentityCenterObservation(mapping, settings)
        let users = try await store.users(operation)
        let groups = try await store.groups(operation)
        let memberships = try await groups.concurrentMap(limit: 4) { group throws(ConnectorError) in
            try await store.memberships(ofGroup: group.id, operation)
        }
        seen.add(users: users, areShown: true, members: Set(memberships.flatMap { $0 }.map(\.user)))
        let sets = try await sets.all(operation)
        seen.add(sets: sets)
        seen.findings += try await self.sets.findings(sets, operation)
        let pairs = accounts.flatMap { account in sets.map { (account.id, $0.arn) } }
        let held = try await pairs.concurrentMap(limit: 4) { pair throws(ConnectorError) in
            try await assignments.all(in: pair.0, of: pair.1, operation)
        }.flatMap { $0 }
        let byGroup = Dictionary(grouping: held.filter { $0.kind == .group }, by: \.principal)
        try await proveWhole(seen, memberships.flatMap { $0 }, groups, Set(byGroup.keys), operation)
        seen.noteDirect(held.filter { $0.kind == .user })
        for (group, members) in zip(groups, memberships) {
            seen.add(group, members: members)
            seen.add(byGroup[group.id] ?? [], of: group)
        }
        seen.noteOrphans(byGroup, groups)
        return seen.finish()
    }

    /// Pages say nothing of how many there are. Whoever is in a group, and whatever group holds something, must have been
    /// among those listed, or be gone by now.
    ///
    /// - Throws: `incomplete` for one that is there and was not listed.
    private func proveWhole(
        _ seen: IdentityCenterObservation, _ memberships: [StoreMembership], _ groups: [StoreGroup],
        _ holders: Set<String>, _ operation: String
    ) async throws(ConnectorError) {
        func unlisted(_ what: String, _ id: String) -> ConnectorError {
            ConnectorError(
                code: .incomplete, operation: operation, message: "the \(what) \(id) is there, and was not listed")
        }
        for id in Set(memberships.map(\.user)).sorted() where !seen.knows(id) {
            guard try await store.user(id, operation) == nil else { throw unlisted("user", id) }
        }
        let known = Set(groups.map(\.id))
        for id in holders.sorted() where !known.contains(id) {
            guard try await store.group(id, operation) == nil else { throw unlisted("group", id) }
        }
    }

    private func observe(
        _ identities: Set<IdentityID>, _ names: Set<String>, _ slugs: Set<String>, _ operation: String
    ) async throws(ConnectorError) -> Observation {
        let (store, assignments) = (store, assignments)
        var seen = IdentityCenterObservation(mapping, settings)
        let users = try await users(identities, names, operation)
        let held = try await users.concurrentMap(limit: 4) { user throws(ConnectorError) in
            try await store.memberships(ofUser: user.id, operation)
        }.flatMap { $0 }
        seen.add(users: users, areShown: true, members: Set(held.map(\.user)))
        let groups = try await slugs.sorted().concurrentMap(limit: 4) { slug throws(ConnectorError) in
            try await store.group(named: slug, operation)
        }.compactMap { $0 }
        let members = try await groups.concurrentMap(limit: 4) { group throws(ConnectorError) in
            try await store.memberships(ofGroup: group.id, operation)
        }
        let known = Set(users.map(\.id))
        let others = Set(members.flatMap { $0 }.map(\.user)).subtracting(known).sorted()
        let more = try await others.concurrentMap(limit: 4) { id throws(ConnectorError) in
            try await store.user(id, operation)
        }.compactMap { $0 }
        seen.add(users: more, areShown: false)
        if !groups.isEmpty { seen.add(sets: try await sets.all(operation)) }
        for (group, members) in zip(groups, members) {
            seen.add(group, members: members)
            seen.add(try await assignments.all(of: .group, group.id, operation), of: group)
        }
        try await add(held, besides: Set(groups.map(\.id)), to: &seen, operation)
        return seen.finish()
    }

    /// Memberships of the people who are asked for, in groups that are not.
    private func add(
        _ held: [StoreMembership], besides known: Set<String>, to seen: inout IdentityCenterObservation,
        _ operation: String
    ) async throws(ConnectorError) {
        let store = store
        let memberships = held.filter { !known.contains($0.group) }
        let groups = try await Set(memberships.map(\.group)).sorted().concurrentMap(limit: 4) {
            id throws(ConnectorError) in
            try await store.group(id, operation)
        }.compactMap { $0 }
        let names = Dictionary(groups.map { ($0.id, $0.name) }) { first, _ in first }
        for membership in memberships {
            if let slug = names[membership.group] { seen.add(membership, of: slug) }
        }
    }

    private func users(
        _ identities: Set<IdentityID>, _ names: Set<String>, _ operation: String
    ) async throws(ConnectorError) -> [StoreUser] {
        let wanted = Set(names.map(foldedASCII))
        // Nothing finds such a user but reading all of them.
        if settings.users == .verify, settings.externalIDIssuer == nil, !identities.isEmpty {
            return try await store.users(operation).filter { user in
                identities.contains(mapping.identity(of: user)) || wanted.contains(foldedASCII(user.name))
            }
        }
        let byIdentity = try await identities.sorted().concurrentMap(limit: 4) { identity throws(ConnectorError) in
            try await self.user(of: identity, operation)
        }
        let byName = try await names.sorted().concurrentMap(limit: 4) { name throws(ConnectorError) in
            // A user without an address goes by its user name.
            let user = try await self.store.user(at: name, operation)
            guard user == nil else { return user }
            let other = try await self.store.user(named: name, operation)
            return other?.address == nil ? other : nil
        }
        var seen = Set<String>()
        return (byIdentity + byName).compactMap { $0 }.filter { seen.insert($0.id).inserted }
    }
}

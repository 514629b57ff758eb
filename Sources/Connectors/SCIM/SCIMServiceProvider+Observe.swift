import AccessModel
import ConnectorKit
import StrictJSON

extension SCIMServiceProvider {
    public func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        switch scope {
        case .everything: return try await observeEverything()
        case .only(let identities, let accountNames, let groups):
            // Each person costs requests of their own; beyond some, reading all pages is less.
            guard identities.count + accountNames.count + groups.count <= Self.narrowLimit else {
                var all = try await observeEverything()
                all.narrow(identities, accountNames, groups)
                return all
            }
            return try await observe(identities, accountNames, groups)
        }
    }

    private static let narrowLimit = 200
    /// Comparisons in one filter; services limit the length of addresses.
    private static let filterLimit = 20
    private static let concurrency = 6

    /// Groups first: whoever is in one when it is read was there before the users are.
    private func observeEverything() async throws(ConnectorError) -> Observation {
        let operation = "observe everything"
        let groups = try await client.list(.groups, attributes: SCIMGroup.attributes, operation: operation)
        let users = try await client.list(.users, attributes: SCIMUser.attributes, operation: operation)
        var builder = SCIMObservation(users: try Self.users(users.resources, operation))
        for group in try Self.groups(groups.resources, operation) { builder.add(group, membersAreAll: true) }
        return builder.finish(doubt: groups.doubt ?? users.doubt)
    }

    private func observe(
        _ identities: Set<IdentityID>, _ accountNames: Set<String>, _ slugs: Set<String>
    ) async throws(ConnectorError) -> Observation {
        let operation = "observe \(identities.count) identities and \(slugs.count) groups"
        let foreignNames = identities.compactMap(\.foreignName)
        let names = Set((Array(accountNames) + foreignNames).map { $0.lowercased() })
        let filters =
            identities.filter { $0.foreignName == nil }.sorted().map {
                SCIMFilter.equals("externalId", $0.description)
            } + names.sorted().map { SCIMFilter.equals("userName", $0) }
        let asked = try await resources(.users, filters, SCIMUser.attributes, operation)
        let users = try Self.users(asked, operation).filter {
            identities.contains($0.identity) || names.contains($0.userName.lowercased())
        }
        let named = try await resources(
            .groups, slugs.sorted().map { .equals("displayName", $0) }, SCIMGroup.attributes, operation)
        let holding = try await groups(holding: users, operation)
        let whole = try Self.groups(named, operation).filter { slugs.contains($0.displayName) }
        let others = try await self.users(missingFrom: users, in: whole, operation)
        var builder = SCIMObservation(users: users + others, shown: Set(users.map(\.id)))
        for group in whole { builder.add(group, membersAreAll: true) }
        for group in try Self.groups(holding, operation) where !slugs.contains(group.displayName) {
            builder.add(group, membersAreAll: false)
        }
        return builder.finish(doubt: nil)
    }

    /// The groups that hold one of the users; a service that ignores the filter sends more, which does no harm.
    private func groups(holding users: [SCIMUser], _ operation: String) async throws(ConnectorError) -> [JSONValue] {
        try await resources(
            .groups, users.map { .equals("members.value", $0.id) }, SCIMGroup.attributes, operation)
    }

    /// Members of the groups who were not asked for, by their ids.
    private func users(
        missingFrom known: [SCIMUser], in groups: [SCIMGroup], _ operation: String
    ) async throws(ConnectorError) -> [SCIMUser] {
        let missing = Set(groups.flatMap(\.members)).subtracting(known.map(\.id))
        guard missing.count <= Self.narrowLimit * 5 else {
            return try Self.users(
                try await client.listAll(.users, attributes: SCIMUser.attributes, operation: operation), operation
            ).filter { missing.contains($0.id) }
        }
        let asked = try await resources(
            .users, missing.sorted().map { .equals("id", $0) }, SCIMUser.attributes, operation)
        return try Self.users(asked, operation).filter { missing.contains($0.id) }
    }

    /// What matches one of the filters, each resource once.
    private func resources(
        _ endpoint: SCIMClient.Endpoint, _ filters: [SCIMFilter], _ attributes: [String], _ operation: String
    ) async throws(ConnectorError) -> [JSONValue] {
        let slices = stride(from: 0, to: filters.count, by: Self.filterLimit).map {
            Array(filters[$0..<min($0 + Self.filterLimit, filters.count)])
        }
        let pages = try await slices.concurrentMap(limit: Self.concurrency) { slice throws(ConnectorError) in
            try await client.listAll(
                endpoint, filter: .any(of: slice), attributes: attributes, operation: operation)
        }
        var ids = Set<String>()
        return pages.joined().filter { resource in
            resource.attribute("id")?.string.map { ids.insert($0).inserted } ?? true
        }
    }
}

extension Observation {
    /// Leaves what the scope asks for.
    fileprivate mutating func narrow(
        _ identities: Set<IdentityID>, _ accountNames: Set<String>, _ groups: Set<String>
    ) {
        let names = Set(accountNames.map { $0.lowercased() })
        facts = facts.filter { fact in
            switch fact {
            case .account(let account):
                identities.contains(account.identity) || names.contains(account.name.lowercased())
            case .membership(let membership):
                identities.contains(membership.identity) || names.contains(membership.account.lowercased())
                    || groups.contains(membership.group)
            default: fact.groupSlug.map(groups.contains) ?? false
            }
        }
    }
}

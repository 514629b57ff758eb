import AccessModel
import ConnectorKit
import StrictJSON

extension SCIMServiceProvider {
    func addGroup(_ slug: String, _ operation: String) async throws(ConnectorError) -> Receipt {
        if let group = try await groups(named: slug, operation).first {
            return receipt(.alreadyHeld, group.id, "it is there")
        }
        let id = try await client.create(.groups, SCIMGroup.resource(named: slug), operation: operation)
        guard let id, let other = try await rival(of: id, named: slug, operation) else {
            return receipt(.applied, id, "created")
        }
        _ = try await client.delete(.groups, id, operation: operation)
        return receipt(.alreadyHeld, other.id, "somebody else created it")
    }

    /// Another group of this name that was created before the one with this id; nil where there is none.
    ///
    /// SCIM lets two groups bear one name. Whoever was paused between looking and creating, while somebody else created
    /// the group, must take the own one back. Of two that were created side by side one stays, whoever looks; where the
    /// service does not tell when, the own one goes, and reading back finds out whether any is left.
    private func rival(
        of id: String, named slug: String, _ operation: String
    ) async throws(ConnectorError) -> SCIMGroup? {
        let all = try await groups(named: slug, operation)
        let others = all.filter { $0.id != id }
        guard let own = all.first(where: { $0.id == id })?.created else { return others.first }
        return others.first { other in other.created.map { ($0, other.id) < (own, id) } ?? true }
    }

    func removeGroup(_ slug: String, _ operation: String) async throws(ConnectorError) -> Receipt {
        var receipt = receipt(.alreadyHeld, nil, "there is no such group")
        for group in try await groups(named: slug, operation) {
            let response = try await client.delete(.groups, group.id, operation: operation)
            if response.status < 300 { receipt = self.receipt(.applied, response.requestID ?? group.id, "deleted") }
        }
        return receipt
    }

    func addMember(_ membership: Membership, _ operation: String) async throws(ConnectorError) -> Receipt {
        let (users, groups) = try await parties(to: membership, operation)
        guard let user = users.first else {
            throw ConnectorError(
                code: .missingDependency, operation: operation, message: "there is no account of \(membership.identity)"
            )
        }
        guard let group = groups.first else {
            throw ConnectorError(
                code: .missingDependency, operation: operation, message: "there is no group `\(membership.group)`")
        }
        let isMember = try await contains(groups, [user], operation).isEmpty == false
        var patch = SCIMPatch()
        patch.add("members", [["value": .string(user.id)]])
        // Sent even where the member seems to be there: a service that misreads a filter must not stop a grant.
        let response = try await client.patch(.groups, group.id, patch, operation: operation)
        return receipt(isMember ? .alreadyHeld : .applied, response.requestID ?? group.id, "members changed by one")
    }

    func removeMember(_ membership: Membership, _ operation: String) async throws(ConnectorError) -> Receipt {
        let (users, groups) = try await parties(to: membership, operation)
        guard !users.isEmpty, !groups.isEmpty else {
            return receipt(.alreadyHeld, nil, "the account or the group is not there")
        }
        let holding = try await contains(groups, users, operation)
        var receipt = receipt(.alreadyHeld, groups.first?.id, "not a member")
        for group in groups {
            for user in users {
                var patch = SCIMPatch()
                patch.remove(SCIMFilter.path("members", where: .equals("value", user.id)))
                // Sent even where the member seems to be gone: a revocation does not rest on a filter.
                let response = try await client.patch(
                    .groups, group.id, patch, operation: operation, accepting: [400, 404, 410])
                try refuseOtherThanNoTarget(response, operation)
                if holding.contains(Pair(group: group.id, user: user.id)) {
                    receipt = self.receipt(.applied, response.requestID ?? group.id, "members changed by one")
                }
            }
        }
        return receipt
    }

    /// Removing one who is not there, some services answer with 400 `noTarget`.
    private func refuseOtherThanNoTarget(_ response: HTTPResponse, _ operation: String) throws(ConnectorError) {
        guard response.status == 400, !SCIMClient.isNoTarget(response) else { return }
        let explanation = SCIMClient.explanation(of: response) ?? "without a reason"
        throw ConnectorError(code: .invalid, operation: operation, message: "HTTP 400: \(explanation)")
    }

    // MARK: Looking up

    private struct Pair: Hashable {
        let group: String
        let user: String
    }

    /// The users and the groups of the two names, asked for at the same time.
    private func parties(
        to membership: Membership, _ operation: String
    ) async throws(ConnectorError) -> (users: [SCIMUser], groups: [SCIMGroup]) {
        let account = Account(identity: membership.identity, name: membership.account, state: .active)
        async let users = Result.of { () throws(ConnectorError) in try await self.users(holding: account, operation) }
        async let groups = Result.of { () throws(ConnectorError) in
            try await self.groups(named: membership.group, operation)
        }
        return (try await users.get(), try await groups.get())
    }

    /// Groups of exactly this name, without their members, in the order of their ids.
    private func groups(named slug: String, _ operation: String) async throws(ConnectorError) -> [SCIMGroup] {
        let resources = try await client.listAll(
            .groups, filter: .equals("displayName", slug), attributes: ["id", "displayName", "meta"],
            operation: operation)
        return try Self.groups(resources, operation).filter { $0.displayName.utf8.elementsEqual(slug.utf8) }
            .sorted { $0.id < $1.id }
    }

    /// Which of the users are in which of the groups; only to tell in the receipt whether anything changed.
    private func contains(
        _ groups: [SCIMGroup], _ users: [SCIMUser], _ operation: String
    ) async throws(ConnectorError) -> Set<Pair> {
        var found = Set<Pair>()
        for group in groups {
            for user in users {
                let filter = SCIMFilter.all(of: [
                    .equals("displayName", group.displayName), .equals("members.value", user.id),
                ])
                let resources = try await client.listAll(
                    .groups, filter: filter, attributes: ["id", "displayName"], operation: operation)
                if resources.contains(where: { $0.attribute("id")?.string == group.id }) {
                    found.insert(Pair(group: group.id, user: user.id))
                }
            }
        }
        return found
    }

    static func groups(_ resources: [JSONValue], _ operation: String) throws(ConnectorError) -> [SCIMGroup] {
        var groups: [SCIMGroup] = []
        groups.reserveCapacity(resources.count)
        for resource in resources {
            guard let group = SCIMGroup(resource) else {
                throw ConnectorError(
                    code: .incomplete, operation: operation,
                    message: "a group came without `id` or `displayName`, or a member without `value`")
            }
            groups.append(group)
        }
        return groups
    }
}

extension Result where Success: Sendable, Failure == ConnectorError {
    /// Keeps the error's type across `async let`.
    static func of(_ body: () async throws(ConnectorError) -> Success) async -> Self {
        do throws(ConnectorError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}

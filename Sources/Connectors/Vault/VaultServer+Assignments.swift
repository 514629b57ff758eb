import AccessModel
import ConnectorKit
import StrictJSON

extension VaultServer {
    /// What a policy of the role says at the coordinate.
    func document(_ name: PolicyName) -> String {
        let rules = settings.policies[name.role.rawValue] ?? []
        let head = "# Tenure: \(name.role.rawValue) at \(name.scope) for \(name.group)\n"
        return head + rules.map { $0.text(at: name.scope) }.joined()
    }

    /// Writes the policy before anybody has it, and gives it to the group.
    func add(_ assignment: RoleAssignment, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard let name = PolicyName(assignment), assignment.group.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message:
                    "`\(assignment.role)` of `\(assignment.scope)` is no role of a coordinate; only such can be given")
        }
        let text = name.text(settings.organization)
        return try await turnstile.pass("group \(assignment.group)") { () throws(ConnectorError) in
            guard let group = try await own(assignment.group, operation) else {
                if try await store.group(named: assignment.group, operation) != nil {
                    throw isNotOurs(assignment.group, operation)
                }
                throw ConnectorError(
                    code: .missingDependency, operation: operation, message: "there is no group `\(assignment.group)`")
            }
            var isChanged = false
            if try await policy(text, operation) != document(name) {
                try await client.put(["sys", "policies", "acl", text], ["policy": .string(document(name))], operation)
                isChanged = true
            }
            if !group.policies.contains(text) {
                try await write(group.policies + [text], to: group, operation) { $0.contains(text) }
                isChanged = true
            }
            if try await alignRoles(of: assignment.group, operation) { isChanged = true }
            return receipt(isChanged ? .applied : .alreadyHeld)
        }
    }

    /// Takes the policy from the group, from the workloads that sign in for it, and then away; or takes a policy from the
    /// group that somebody else gave it: `policy` of its name.
    func remove(_ assignment: RoleAssignment, _ operation: String) async throws(ConnectorError) -> Receipt {
        let name = PolicyName(assignment)
        let text = name?.text(settings.organization) ?? assignment.role
        guard name != nil || assignment.scope == Self.handMade else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "`\(assignment.scope)` is no place of Vault's")
        }
        return try await turnstile.pass("group \(assignment.group)") { () throws(ConnectorError) in
            var isChanged = false
            if let group = try await own(assignment.group, operation), group.policies.contains(text) {
                try await write(group.policies.filter { $0 != text }, to: group, operation) { !$0.contains(text) }
                isChanged = true
            }
            if try await alignRoles(of: assignment.group, operation) { isChanged = true }
            if name != nil, try await policy(text, operation) != nil {
                try await client.delete(["sys", "policies", "acl", text], operation)
                isChanged = true
            }
            return receipt(isChanged ? .applied : .alreadyHeld)
        }
    }

    /// The scope of a policy that somebody else gave a group of Tenure's; its role is the policy's name.
    static let handMade = "policy"

    func policy(_ name: String, _ operation: String) async throws(ConnectorError) -> String? {
        guard let data = try await client.read(["sys", "policies", "acl", name], operation) else { return nil }
        guard let text = data["policy"]?.string else {
            throw ConnectorError(code: .incomplete, operation: operation, message: "a policy came without its text")
        }
        return text
    }

    /// The names of Tenure's policies, whoever has them.
    func policyNames(_ operation: String) async throws(ConnectorError) -> [PolicyName] {
        try await client.list(["sys", "policies", "acl"], operation).keys.compactMap {
            PolicyName($0, settings.organization)
        }
    }

    private func write(
        _ policies: [String], to group: VaultGroup, _ operation: String, isRight: @Sendable ([String]) -> Bool
    ) async throws(ConnectorError) {
        try await store.update(group: group.id, ["policies": .array(policies.map(JSONValue.string))], operation)
        guard let seen = try await store.group(named: group.name, operation), seen.id == group.id,
            isRight(seen.policies)
        else {
            throw ConnectorError(
                code: .conflict, operation: operation, message: "somebody else changed the group at the same time")
        }
    }

    /// Those of a group's policies that are Tenure's: what a workload that signs in for it gets.
    func ownPolicies(_ group: VaultGroup?) -> [String] {
        (group?.policies ?? []).filter { PolicyName($0, settings.organization) != nil }.sorted()
    }

    /// Gives the roles of the group's workloads what the group has now. False when nothing was to be done.
    private func alignRoles(of slug: String, _ operation: String) async throws(ConnectorError) -> Bool {
        let roles = try await roles(of: slug, operation)
        guard !roles.isEmpty else { return false }
        let wanted = ownPolicies(try await own(slug, operation))
        var isChanged = false
        for role in roles where role.policies.sorted() != wanted {
            guard let mount = settings.trusts.mounts[role.issuer] else { continue }
            try await client.put(
                ["auth"] + VaultConnection.segments(mount) + ["role", role.name],
                [
                    "role_type": "jwt", "user_claim": "sub", "bound_subject": .string(role.subject),
                    "bound_audiences": .array(role.audiences.map(JSONValue.string)),
                    "token_policies": .array(wanted.map(JSONValue.string)),
                ], operation)
            isChanged = true
        }
        return isChanged
    }
}

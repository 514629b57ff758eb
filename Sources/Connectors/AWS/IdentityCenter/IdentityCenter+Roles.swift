import AccessModel
import ConnectorKit

extension IdentityCenter {
    /// Assigns the role's permission set to the group in every account of the scope.
    func addRole(_ wanted: RoleAssignment, _ operation: String) async throws(ConnectorError) -> Receipt {
        let scope = try scope(of: wanted, operation)
        let group = try await group(of: wanted, operation)
        guard let definition = settings.permissionSets[wanted.role] else {
            return try await addWithoutSet(wanted, to: group, operation)
        }
        let accounts = scope.accounts(of: settings.accounts)
        guard !accounts.isEmpty else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "no account of `accounts` lies in `\(wanted.scope)`; add one, or narrow the target's `covers`")
        }
        let arn = try await sets.ensure(definition, operation)
        // Noted first, so that what is made and not noted can be told from what nobody wanted.
        let isNoted = try await note(operation, group) { $0.put(wanted.role, wanted.scope, isEnding: false) }
        let held = try await assignments.all(of: .group, group.id, operation)
        let missing = accounts.map {
            AccountAssignment(account: $0, permissionSet: arn, kind: .group, principal: group.id)
        }.filter { !held.contains($0) }
        let assignments = assignments
        _ = try await missing.concurrentMap(limit: 4) { assignment throws(ConnectorError) in
            try await assignments.create(assignment, operation)
        }
        guard isNoted || !missing.isEmpty else { return receipt(.alreadyHeld, group.id, "assigned already") }
        return receipt(
            .applied, group.id, "`\(definition.name)` assigned in \(missing.count) of \(accounts.count) accounts")
    }

    /// Operators are workloads: what they may do hangs on an IAM role of their own and not on a permission set.
    private func addWithoutSet(
        _ wanted: RoleAssignment, to group: StoreGroup, _ operation: String
    ) async throws(ConnectorError) -> Receipt {
        guard wanted.role == Role.operator.rawValue else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "`permission_sets` has none for the role `\(wanted.role)`")
        }
        let isNoted = try await note(operation, group) { $0.put(wanted.role, wanted.scope, isEnding: false) }
        return receipt(
            isNoted ? .applied : .alreadyHeld, group.id,
            "noted; operators sign in by a role of `aws-iam`, and no permission set is assigned")
    }

    func removeRole(_ unwanted: RoleAssignment, _ operation: String) async throws(ConnectorError) -> Receipt {
        let scope = try scope(of: unwanted, operation)
        guard let group = try await store.group(named: unwanted.group, operation) else {
            return receipt(.alreadyHeld, nil, "there is no such group")
        }
        let ledger = AssignmentLedger(group.description, owner: settings.owner)
        if case .account(let account) = scope {
            return try await removeStray(unwanted.role, in: account, from: group, operation)
        }
        guard ledger?.entry(unwanted.role, unwanted.scope) != nil else {
            return receipt(.alreadyHeld, group.id, "not assigned")
        }
        // Seen as held until all of it is gone.
        _ = try await note(operation, group) { $0.put(unwanted.role, unwanted.scope, isEnding: true) }
        var ended = 0
        if let definition = settings.permissionSets[unwanted.role],
            let arn = try await sets.find(definition, operation)
        {
            let kept = Set(
                (ledger?.entries ?? []).filter { entry in
                    entry.role == unwanted.role && entry.scope != unwanted.scope && !entry.isEnding
                }.compactMap { AssignmentScope($0.scope) }.flatMap { $0.accounts(of: settings.accounts) })
            let going = Set(scope.accounts(of: settings.accounts)).subtracting(kept)
            let held = try await assignments.all(of: .group, group.id, operation).filter {
                $0.permissionSet == arn && going.contains($0.account)
            }
            let assignments = assignments
            _ = try await held.concurrentMap(limit: 4) { assignment throws(ConnectorError) in
                try await assignments.delete(assignment, operation)
            }
            ended = held.count
        }
        _ = try await note(operation, group) { $0.remove(unwanted.role, unwanted.scope) }
        let longest = settings.permissionSets[unwanted.role]?.session
        return receipt(
            .applied, group.id,
            "ended in \(ended) accounts"
                + (longest.map { "; residual access: sessions that are out live on for up to \($0)" } ?? ""))
    }

    /// An assignment that no coordinate explains: of one permission set, in one account.
    private func removeStray(
        _ role: String, in account: String, from group: StoreGroup, _ operation: String
    ) async throws(ConnectorError) -> Receipt {
        let name = settings.permissionSets[role]?.name ?? role
        let named = Set(try await sets.all(operation).filter { $0.name == name }.map(\.arn))
        let held = try await assignments.all(of: .group, group.id, operation).filter {
            $0.account == account && named.contains($0.permissionSet)
        }
        for assignment in held { try await assignments.delete(assignment, operation) }
        return held.isEmpty
            ? receipt(.alreadyHeld, group.id, "not assigned") : receipt(.applied, group.id, "ended in \(account)")
    }

    // MARK: The group and its ledger

    private func scope(of assignment: RoleAssignment, _ operation: String) throws(ConnectorError) -> AssignmentScope {
        guard let scope = AssignmentScope(assignment.scope) else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "`\(assignment.scope)` is neither a coordinate nor an account's number")
        }
        return scope
    }

    private func group(of assignment: RoleAssignment, _ operation: String) async throws(ConnectorError) -> StoreGroup {
        guard let group = try await store.group(named: assignment.group, operation) else {
            throw ConnectorError(
                code: .missingDependency, operation: operation, message: "there is no group `\(assignment.group)`")
        }
        return group
    }

    /// Changes the group's ledger; whether it had to. One at a time for each group, and read back.
    private func note(
        _ operation: String, _ group: StoreGroup, _ change: @escaping @Sendable (inout AssignmentLedger) -> Void
    ) async throws(ConnectorError) -> Bool {
        try await turnstile.pass("ledger \(group.id)") { () async throws(ConnectorError) -> Bool in
            guard let current = try await store.group(group.id, operation) else {
                throw ConnectorError(code: .missingDependency, operation: operation, message: "the group is gone")
            }
            let before = AssignmentLedger(current.description, owner: settings.owner)
            var after = before ?? AssignmentLedger(owner: settings.owner)
            change(&after)
            guard before != after else { return false }
            guard after.description.utf8.count <= AssignmentLedger.maximumLength else {
                throw ConnectorError(
                    code: .invalid, operation: operation,
                    message: "the group's description has no room for another assignment")
            }
            try await store.describe(group.id, as: after.description, operation)
            guard try await store.group(group.id, operation)?.description == after.description else {
                throw ConnectorError(
                    code: .conflict, operation: operation, message: "somebody else changed the group's description")
            }
            return true
        }
    }
}

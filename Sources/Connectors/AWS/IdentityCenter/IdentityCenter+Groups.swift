import AccessModel
import ConnectorKit

extension IdentityCenter {
    func addGroup(_ slug: String, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard StoreText.isValid(slug) else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "the identity store does not take the group's name")
        }
        if let group = try await store.group(named: slug, operation) {
            return receipt(.alreadyHeld, group.id, "it is there")
        }
        let description = AssignmentLedger(owner: settings.owner).description
        let answer = try await store.createGroup(slug, description: description, operation)
        guard answer.refusal == nil else {
            guard let group = try await store.group(named: slug, operation) else {
                throw ConnectorError(
                    code: .conflict, operation: operation, message: "somebody else is at a group of that name")
            }
            return receipt(.alreadyHeld, group.id, "somebody else created it")
        }
        return receipt(.applied, answer.json["GroupId"]?.string ?? answer.requestID, "created")
    }

    /// Its members and its assignments first: the service keeps the assignments of a group that is gone.
    func removeGroup(_ slug: String, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard let group = try await store.group(named: slug, operation) else {
            return receipt(.alreadyHeld, nil, "there is no such group")
        }
        for membership in try await store.memberships(ofGroup: group.id, operation) {
            _ = try await store.deleteMembership(membership.id, operation)
        }
        for assignment in try await assignments.all(of: .group, group.id, operation) {
            try await assignments.delete(assignment, operation)
        }
        let request = try await store.deleteGroup(group.id, operation)
        return receipt(.applied, request ?? group.id, "deleted; \(residual(of: group))")
    }

    func addMember(_ membership: Membership, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard let user = try await user(of: membership.identity, operation) else {
            throw ConnectorError(
                code: .missingDependency, operation: operation, message: "there is no account of \(membership.identity)"
            )
        }
        guard let group = try await store.group(named: membership.group, operation) else {
            throw ConnectorError(
                code: .missingDependency, operation: operation, message: "there is no group `\(membership.group)`")
        }
        if let id = try await store.membership(of: user.id, in: group.id, operation) {
            return receipt(.alreadyHeld, id, "a member already")
        }
        let answer = try await store.createMembership(of: user.id, in: group.id, operation)
        guard answer.refusal == nil else { return receipt(.alreadyHeld, group.id, "a member already") }
        return receipt(.applied, answer.json["MembershipId"]?.string ?? answer.requestID, "members changed by one")
    }

    func removeMember(_ membership: Membership, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard let user = try await user(of: membership.identity, operation),
            let group = try await store.group(named: membership.group, operation)
        else { return receipt(.alreadyHeld, nil, "the account or the group is not there") }
        var requestID: String?
        // Looked at again: two who added at the same time may have left two.
        for _ in 0..<10 {
            guard let id = try await store.membership(of: user.id, in: group.id, operation) else {
                return try await receipt(ofLeaving: group, user, requestID, operation)
            }
            requestID = try await store.deleteMembership(id, operation) ?? id
        }
        throw ConnectorError(
            code: .targetFailure, operation: operation, message: "the membership is there again each time it is deleted"
        )
    }

    /// One whom an identity provider disabled before Tenure did has no other change that would end its sessions.
    ///
    /// - Parameter requestID: Nil where it was no member.
    private func receipt(
        ofLeaving group: StoreGroup, _ user: StoreUser, _ requestID: String?, _ operation: String
    ) async throws(ConnectorError) -> Receipt {
        var notes = requestID == nil ? ["not a member"] : ["members changed by one"]
        var isChanged = requestID != nil
        if settings.users == .verify, user.isDisabledByStore, settings.revokesSessions {
            if try await isStillLetIn(user, operation) {
                notes += try await revokeSessions(of: user, operation)
                isChanged = true
            }
        } else if isChanged {
            notes.append(residual(of: group))
        }
        return receipt(isChanged ? .applied : .alreadyHeld, requestID ?? group.id, notes.joined(separator: "; "))
    }
}

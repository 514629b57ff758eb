import AccessModel
import ConnectorKit

extension IAMAccount {
    func addTrust(_ wanted: FederatedTrust, _ operation: String) async throws(ConnectorError) -> Receipt {
        let issuer = try issuer(of: wanted, operation)
        return try await turnstile.pass("role \(wanted.group)") { () async throws(ConnectorError) -> Receipt in
            var isChanged = try await ensureProvider(issuer, audience: wanted.audience, operation)
            let statement = TrustPolicy.statement(wanted, issuer, provider: settings.providerARN(issuer))
            guard let role = try await ownRole(wanted.group, operation) else {
                var trust = TrustPolicy()
                trust.add(statement)
                let request = try await create(wanted.group, trust, operation)
                _ = try await attachPolicies(to: wanted.group, operation)
                return receipt(.applied, request, "the role was made, behind its boundary")
            }
            if try await bring(role, operation) { isChanged = true }
            guard !role.trust.holds(wanted) else {
                return receipt(isChanged ? .applied : .alreadyHeld, nil, "it is trusted already")
            }
            var trust = role.trust
            trust.add(statement)
            let request = try await write(trust, to: role.name, operation)
            return receipt(.applied, request, "trusted")
        }
    }

    func removeTrust(_ unwanted: FederatedTrust, _ operation: String) async throws(ConnectorError) -> Receipt {
        try await turnstile.pass("role \(unwanted.group)") { () async throws(ConnectorError) -> Receipt in
            guard let role = try await service.role(unwanted.group, operation), role.path == settings.path else {
                return receipt(.alreadyHeld, nil, "there is no such role of Tenure's")
            }
            var trust = role.trust
            guard try trust.remove(unwanted, operation) else {
                return receipt(.alreadyHeld, nil, "it is not trusted")
            }
            guard !trust.statements.isEmpty else {
                let request = try await delete(role.name, operation)
                return receipt(
                    .applied, request, "nobody is trusted any more: the role is deleted, and its sessions with it")
            }
            // Before as well: an attempt that stops after the trust is gone leaves nothing by which the next one would know.
            if settings.revokesSessions { _ = try await denySessions(of: role.name, operation) }
            let request = try await write(trust, to: role.name, operation)
            guard settings.revokesSessions else {
                let longest = role.maximumSession ?? settings.session
                return receipt(
                    .applied, request, "not trusted any more; residual access: sessions live on for up to \(longest)")
            }
            let moment = try await denySessions(of: role.name, operation)
            return receipt(
                .applied, request,
                "not trusted any more; all sessions of the role from before \(moment) are denied, those of the other "
                    + "workloads too, until they sign in again")
        }
    }

    /// Denies everything to a role's sessions from before now; the moment.
    private func denySessions(of role: String, _ operation: String) async throws(ConnectorError) -> Instant {
        let moment = clock()
        _ = try await service.call(
            "PutRolePolicy",
            [
                ("RoleName", role), ("PolicyName", IAMService.revocationPolicy),
                ("PolicyDocument", IAMService.revocation(before: moment)),
            ], operation)
        return moment
    }

    private func issuer(of trust: FederatedTrust, _ operation: String) throws(ConnectorError) -> Issuer {
        func refuse(_ message: String) -> ConnectorError {
            ConnectorError(code: .invalid, operation: operation, message: message)
        }
        guard let issuer = Issuer(url: trust.issuer) else {
            throw refuse("the issuer must be an address with `https://`")
        }
        guard !(trust.subject + trust.audience).contains(where: { $0 == "*" || $0 == "?" }) else {
            throw refuse("a subject or an audience with a wildcard is never trusted")
        }
        guard !trust.subject.isEmpty, (1...255).contains(trust.audience.utf8.count) else {
            throw refuse("the subject or the audience is empty, or too long")
        }
        guard (1...64).contains(trust.group.utf8.count),
            trust.group.utf8.allSatisfy({ $0.isLetter || $0.isDigit || "+=,.@_-".utf8.contains($0) })
        else { throw refuse("`\(trust.group)` cannot be the name of a role") }
        return issuer
    }

    // MARK: The issuer

    /// Makes the account know the issuer and the audience; whether it did not.
    private func ensureProvider(
        _ issuer: Issuer, audience: String, _ operation: String
    ) async throws(ConnectorError) -> Bool {
        let arn = settings.providerARN(issuer)
        guard let provider = try await service.provider(arn, operation) else {
            let answer = try await service.call(
                "CreateOpenIDConnectProvider",
                [
                    ("Url", issuer.url), ("ClientIDList.member.1", audience), ("Tags.member.1.Key", "tenure:owner"),
                    ("Tags.member.1.Value", settings.organization.text),
                ], operation, tolerating: ["EntityAlreadyExists"])
            if answer.refusal != nil {
                throw ConnectorError(
                    code: .conflict, operation: operation, message: "somebody else is at the issuer \(issuer.name)")
            }
            return true
        }
        guard !provider.audiences.contains(audience) else { return false }
        guard provider.owner == settings.organization.text else {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message:
                    "the account's provider for \(issuer.name) is not Tenure's and lacks the audience `\(audience)`: add "
                    + "it, or tag the provider `tenure:owner` = `\(settings.organization)`")
        }
        _ = try await service.call(
            "AddClientIDToOpenIDConnectProvider", [("OpenIDConnectProviderArn", arn), ("ClientID", audience)], operation
        )
        return true
    }

    // MARK: The role

    /// The role of that name, if it is Tenure's. Names of roles are unique in an account, wherever they stand.
    private func ownRole(_ name: String, _ operation: String) async throws(ConnectorError) -> IAMRole? {
        guard let role = try await service.role(name, operation) else { return nil }
        guard role.path == settings.path else {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message: "there is a role `\(name)` under `\(role.path)` already, which is not Tenure's")
        }
        return role
    }

    private func create(
        _ name: String, _ trust: TrustPolicy, _ operation: String
    ) async throws(ConnectorError) -> String? {
        try await service.call(
            "CreateRole",
            [
                ("Path", settings.path), ("RoleName", name), ("AssumeRolePolicyDocument", trust.text),
                ("Description", "operator of \(name), changed by Tenure alone"),
                ("MaxSessionDuration", sessionSeconds), ("PermissionsBoundary", settings.boundary),
                ("Tags.member.1.Key", "tenure:owner"), ("Tags.member.1.Value", settings.organization.text),
            ], operation
        ).requestID
    }

    private var sessionSeconds: String { String(settings.session.milliseconds / 1_000) }

    /// Puts right what the settings say of each operator role; whether anything had to be.
    private func bring(_ role: IAMRole, _ operation: String) async throws(ConnectorError) -> Bool {
        var isChanged = false
        if role.boundary != settings.boundary {
            _ = try await service.call(
                "PutRolePermissionsBoundary",
                [("RoleName", role.name), ("PermissionsBoundary", settings.boundary)], operation)
            isChanged = true
        }
        if let session = role.maximumSession, session != settings.session {
            _ = try await service.call(
                "UpdateRole", [("RoleName", role.name), ("MaxSessionDuration", sessionSeconds)], operation)
            isChanged = true
        }
        let attached = try await attachPolicies(to: role.name, operation)
        return isChanged || attached
    }

    /// What is attached besides stays: teams give their operators more by their own means, inside of the boundary.
    private func attachPolicies(to name: String, _ operation: String) async throws(ConnectorError) -> Bool {
        guard !settings.managedPolicies.isEmpty else { return false }
        let attached = try await service.attachedPolicies(ofRole: name, operation)
        let missing = settings.managedPolicies.filter { !attached.contains($0) }
        for policy in missing {
            _ = try await service.call("AttachRolePolicy", [("RoleName", name), ("PolicyArn", policy)], operation)
        }
        return !missing.isEmpty
    }

    /// Writes a trust policy that was made from one just read, and reads it back: IAM has no versions to compare.
    private func write(
        _ trust: TrustPolicy, to name: String, _ operation: String
    ) async throws(ConnectorError) -> String? {
        let request = try await service.call(
            "UpdateAssumeRolePolicy", [("RoleName", name), ("PolicyDocument", trust.text)], operation
        ).requestID
        guard try await service.role(name, operation)?.trust == trust else {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message: "somebody else changed the trust policy at the same time")
        }
        return request
    }

    /// IAM deletes only a role that has nothing left.
    private func delete(_ name: String, _ operation: String) async throws(ConnectorError) -> String? {
        for policy in try await service.attachedPolicies(ofRole: name, operation).sorted() {
            _ = try await service.call(
                "DetachRolePolicy", [("RoleName", name), ("PolicyArn", policy)], operation,
                tolerating: IAMService.absent)
        }
        for policy in try await service.inlinePolicies(ofRole: name, operation) {
            _ = try await service.call(
                "DeleteRolePolicy", [("RoleName", name), ("PolicyName", policy)], operation,
                tolerating: IAMService.absent)
        }
        return try await service.call(
            "DeleteRole", [("RoleName", name)], operation, tolerating: IAMService.absent
        ).requestID
    }
}

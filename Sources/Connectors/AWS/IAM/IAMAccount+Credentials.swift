import AccessModel
import ConnectorKit

/// A key or a password of a standing user.
struct StandingCredential: Hashable, Sendable {
    enum Kind: String, Sendable {
        case accessKey = "access-key"
        case password
    }

    let kind: Kind
    let user: String
    /// Of an access key.
    let keyID: String?
    let created: Instant?
    let lastUsed: Instant?

    /// `access-key/deploy/AKIA...`, `password/marta`. Names of users have no slash.
    var id: String { ([kind.rawValue, user] + [keyID].compactMap { $0 }).joined(separator: "/") }

    /// What ``id`` says; nil for any other text.
    static func parse(_ id: String) -> (kind: Kind, user: String, keyID: String?)? {
        let parts = id.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (parts.first.flatMap(Kind.init(rawValue:)), parts.count) {
        case (.accessKey?, 3) where !parts[1].isEmpty && !parts[2].isEmpty: return (.accessKey, parts[1], parts[2])
        case (.password?, 2) where !parts[1].isEmpty: return (.password, parts[1], nil)
        default: return nil
        }
    }
}

extension IAMAccount {
    /// Whose a user is: the tag `tenure:identity` says it. A name, or an address, is no proof.
    func identity(of user: String, _ operation: String) async throws(ConnectorError) -> IdentityID {
        let tag = try await service.identityTag(ofUser: user, operation)
        guard let identity = tag.flatMap({ IdentityID($0) }), !identity.isForeign else { return .foreign(user) }
        return identity
    }

    /// What a user can sign in with: active keys, and a password.
    func credentials(of user: IAMUser, _ operation: String) async throws(ConnectorError) -> [StandingCredential] {
        var found: [StandingCredential] = []
        let keys = try await service.list(
            "ListAccessKeys", [("UserName", user.name)], "AccessKeyMetadata", operation, tolerating: IAMService.absent)
        for key in keys where key.text("Status") == "Active" {
            guard let id = key.text("AccessKeyId") else {
                throw ConnectorError(
                    code: .incomplete, operation: operation, message: "an access key came without its id")
            }
            let used = try await service.call(
                "GetAccessKeyLastUsed", [("AccessKeyId", id)], operation, tolerating: IAMService.absent)
            found.append(
                StandingCredential(
                    kind: .accessKey, user: user.name, keyID: id,
                    created: key.text("CreateDate").flatMap { Instant($0) },
                    lastUsed: used.result.text("AccessKeyLastUsed", "LastUsedDate").flatMap { Instant($0) }))
        }
        let profile = try await service.call(
            "GetLoginProfile", [("UserName", user.name)], operation, tolerating: IAMService.absent)
        if profile.refusal == nil {
            found.append(
                StandingCredential(
                    kind: .password, user: user.name, keyID: nil,
                    created: profile.result.text("LoginProfile", "CreateDate").flatMap { Instant($0) },
                    lastUsed: user.passwordLastUsed))
        }
        return found
    }

    /// Makes a key inactive, or deletes a password; a key stays for whoever has to look at what it did.
    func withdraw(_ credential: Credential, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard let (kind, user, keyID) = StandingCredential.parse(credential.id) else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "`\(credential.id)` is no key and no password of IAM")
        }
        guard try await identity(of: user, operation) == credential.identity else {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message: "the user `\(user)` is not \(credential.identity)'s any more")
        }
        guard try await isThere(kind, of: user, keyID, operation) else {
            return receipt(
                .alreadyHeld, nil, kind == .accessKey ? "there is no such active key" : "there is no password")
        }
        // Before as well: an attempt that stops after the key is gone leaves nothing by which the next one would know.
        if settings.revokesSessions { _ = try await denySessions(of: user, operation) }
        let request: String?
        switch kind {
        case .accessKey:
            request = try await service.call(
                "UpdateAccessKey", [("UserName", user), ("AccessKeyId", keyID ?? ""), ("Status", "Inactive")], operation
            ).requestID
        case .password:
            request = try await service.call(
                "DeleteLoginProfile", [("UserName", user)], operation, tolerating: IAMService.absent
            ).requestID
        }
        let done = kind == .accessKey ? "the key is inactive" : "the password is deleted"
        guard settings.revokesSessions else {
            return receipt(
                .applied, request, "\(done); residual access: sessions that are out live on for up to 36h")
        }
        let moment = try await denySessions(of: user, operation)
        return receipt(
            .applied, request,
            "\(done); the user's sessions from before \(moment) are denied; residual access: sessions of roles that it "
                + "took on before live on until they end")
    }

    private func isThere(
        _ kind: StandingCredential.Kind, of user: String, _ keyID: String?, _ operation: String
    ) async throws(ConnectorError) -> Bool {
        switch kind {
        case .accessKey:
            let keys = try await service.list(
                "ListAccessKeys", [("UserName", user)], "AccessKeyMetadata", operation, tolerating: IAMService.absent)
            return keys.contains { $0.text("AccessKeyId") == keyID && $0.text("Status") == "Active" }
        case .password:
            return try await service.call(
                "GetLoginProfile", [("UserName", user)], operation, tolerating: IAMService.absent
            ).refusal == nil
        }
    }

    /// Denies everything to a user's sessions from before now; the moment.
    private func denySessions(of user: String, _ operation: String) async throws(ConnectorError) -> Instant {
        let moment = clock()
        _ = try await service.call(
            "PutUserPolicy",
            [
                ("UserName", user), ("PolicyName", IAMService.revocationPolicy),
                ("PolicyDocument", IAMService.revocation(before: moment)),
            ], operation)
        return moment
    }
}

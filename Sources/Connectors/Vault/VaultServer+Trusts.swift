import AccessModel
import ConnectorKit
import StrictJSON

extension VaultServer {
    /// Registers the workload at the mount of its issuer, with what its group may do.
    func add(_ trust: FederatedTrust, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard let mount = settings.trusts.mounts[trust.issuer] else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "the setting `jwt_mounts` names no mount for `\(trust.issuer)`")
        }
        guard !trust.subject.isEmpty, !trust.audience.isEmpty else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "a trust needs a subject and an audience, else it takes anybody")
        }
        try await checkIssuer(trust.issuer, mount, operation)
        let lifetime = settings.trusts.tokenLifetime
        return try await turnstile.pass("group \(trust.group)") { () throws(ConnectorError) in
            let policies = ownPolicies(try await own(trust.group, operation))
            let name = JWTRole.name(trust, settings.organization)
            if let role = try await role(name, mount, trust.issuer, operation), isWhole(role, policies),
                role.trusts == [unnamed(trust)]
            {
                return receipt(.alreadyHeld)
            }
            try await client.put(
                ["auth"] + VaultConnection.segments(mount) + ["role", name],
                JWTRole.body(trust, policies: policies, lifetime: lifetime), operation)
            return receipt(.applied)
        }
    }

    /// Deletes every role of the group that takes the workload's tokens.
    func remove(_ trust: FederatedTrust, _ operation: String) async throws(ConnectorError) -> Receipt {
        try await turnstile.pass("group \(trust.group)") { () throws(ConnectorError) in
            let meant = try await roles(of: trust.group, operation).filter {
                $0.takes(trust) || $0.name == JWTRole.name(trust, settings.organization)
            }
            for role in meant { try await delete(role, operation) }
            guard !meant.isEmpty else { return receipt(.alreadyHeld) }
            return receipt(
                .applied,
                "residual access: tokens that workloads hold live on for up to \(settings.trusts.tokenLifetime) seconds"
            )
        }
    }

    func isWhole(_ role: JWTRole, _ policies: [String]) -> Bool {
        role.isPlain && role.audiences.count == 1 && !role.subject.isEmpty && role.policies.sorted() == policies
    }

    private func unnamed(_ trust: FederatedTrust) -> FederatedTrust {
        FederatedTrust(
            group: trust.group, notation: nil, issuer: trust.issuer, subject: trust.subject, audience: trust.audience)
    }

    /// - Throws: `configuration` where the mount would take tokens of another issuer, or of any.
    func checkIssuer(_ issuer: String, _ mount: String, _ operation: String) async throws(ConnectorError) {
        let config = try await client.read(["auth"] + VaultConnection.segments(mount) + ["config"], operation)
        let bound = config?["bound_issuer"]?.string ?? ""
        guard bound == issuer else {
            throw ConnectorError(
                code: .configuration, operation: operation,
                message:
                    "auth/\(mount) has the bound_issuer `\(bound)`; it must be `\(issuer)`, else tokens of others pass")
        }
    }

    /// All roles of a mount that Tenure made.
    func roles(at mount: String, _ issuer: String, _ operation: String) async throws(ConnectorError) -> [JWTRole] {
        let path = ["auth"] + VaultConnection.segments(mount) + ["role"]
        let names = try await client.list(path, operation).keys.filter {
            JWTRole.group(of: $0, settings.organization) != nil
        }
        return try await names.concurrentMap(limit: settings.concurrency) { name throws(ConnectorError) in
            try await role(name, mount, issuer, operation)
        }.compactMap { $0 }
    }

    func roles(of slug: String, _ operation: String) async throws(ConnectorError) -> [JWTRole] {
        var found: [JWTRole] = []
        for (issuer, mount) in settings.trusts.mounts.sorted(by: { $0.key < $1.key }) {
            let path = ["auth"] + VaultConnection.segments(mount) + ["role"]
            for name in try await client.list(path, operation).keys
            where JWTRole.group(of: name, settings.organization) == slug {
                if let role = try await role(name, mount, issuer, operation) { found.append(role) }
            }
        }
        return found
    }

    private func role(
        _ name: String, _ mount: String, _ issuer: String, _ operation: String
    ) async throws(ConnectorError) -> JWTRole? {
        let path = ["auth"] + VaultConnection.segments(mount) + ["role", name]
        guard let group = JWTRole.group(of: name, settings.organization),
            let json = try await client.read(path, operation)
        else { return nil }
        return JWTRole(
            json, name: name, group: group, issuer: issuer, lifetime: settings.trusts.tokenLifetime)
    }

    func delete(_ role: JWTRole, _ operation: String) async throws(ConnectorError) {
        guard let mount = settings.trusts.mounts[role.issuer] else { return }
        try await client.delete(["auth"] + VaultConnection.segments(mount) + ["role", role.name], operation)
    }
}

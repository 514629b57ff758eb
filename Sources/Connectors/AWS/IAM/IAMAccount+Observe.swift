import AccessModel
import ConnectorKit

extension IAMAccount {
    public func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        let operation = "observe account \(settings.account)"
        do throws(ConnectorError) {
            switch scope {
            case .everything: return try await observeAll(operation)
            case .only(let identities, _, let groups): return try await observe(identities, groups, operation)
            }
        } catch {
            guard error.code == .incomplete else { throw error }
            return Observation(facts: [], completeness: .partial(reason: error.message))
        }
    }

    private func observeAll(_ operation: String) async throws(ConnectorError) -> Observation {
        var seen = IAMObservation(settings, now: clock())
        let roles = try await service.roles(under: "/", operation)
        let service = service
        // The listing leaves boundaries out.
        let own = try await roles.filter { $0.path == settings.path }.concurrentMap(limit: 4) {
            role throws(ConnectorError) in
            SeenRole(
                role: try await service.role(role.name, operation),
                policies: try await service.attachedPolicies(ofRole: role.name, operation))
        }
        for entry in own {
            guard let role = entry.role else { continue }
            seen.add(role)
            seen.judge(role, policies: entry.policies)
        }
        for role in roles where role.path != settings.path { seen.noteForeign(role) }
        seen.noteUnused(try await ownProviders(operation), roles)
        for (user, identity, credentials) in try await standing(nil, operation) {
            seen.add(credentials, of: user, identity)
        }
        return seen.finish()
    }

    private struct SeenRole: Sendable {
        let role: IAMRole?
        let policies: Set<String>
    }

    private func observe(
        _ identities: Set<IdentityID>, _ groups: Set<String>, _ operation: String
    ) async throws(ConnectorError) -> Observation {
        var seen = IAMObservation(settings, now: clock())
        for group in groups.sorted() {
            guard let role = try await service.role(group, operation), role.path == settings.path else { continue }
            seen.add(role)
        }
        if !identities.isEmpty {
            for (user, identity, credentials) in try await standing(identities, operation) {
                seen.add(credentials, of: user, identity)
            }
        }
        return seen.finish()
    }

    /// Users with what they can sign in with. IAM finds no user by its tag: each is asked for it.
    private func standing(
        _ identities: Set<IdentityID>?, _ operation: String
    ) async throws(ConnectorError) -> [(IAMUser, IdentityID, [StandingCredential])] {
        try await service.users(operation).concurrentMap(limit: 4) { user throws(ConnectorError) in
            let identity = try await self.identity(of: user.name, operation)
            guard identities?.contains(identity) ?? true else { return (user, identity, [StandingCredential]()) }
            return (user, identity, try await self.credentials(of: user, operation))
        }
    }

    /// The issuers that Tenure made known to the account.
    private func ownProviders(_ operation: String) async throws(ConnectorError) -> [String] {
        var own: [String] = []
        for arn in try await service.providers(operation) {
            guard try await service.provider(arn, operation)?.owner == settings.organization.text else { continue }
            own.append(arn)
        }
        return own
    }
}

/// Puts facts together from roles and users, and says what is wrong with them.
struct IAMObservation {
    private let settings: IAMSettings
    private let now: Instant
    private var facts: [Fact] = []
    private var keys: Set<String> = []
    private var findings: [String] = []

    init(_ settings: IAMSettings, now: Instant) {
        self.settings = settings
        self.now = now
    }

    private mutating func add(_ fact: Fact) {
        if keys.insert(fact.key).inserted { facts.append(fact) }
    }

    // MARK: Roles

    mutating func add(_ role: IAMRole) {
        for trust in role.trust.trusts {
            add(
                .federatedTrust(
                    FederatedTrust(
                        group: role.name, notation: nil, issuer: trust.issuer, subject: trust.subject,
                        audience: trust.audience)))
        }
    }

    /// What a role of Tenure's should not be like.
    mutating func judge(_ role: IAMRole, policies: Set<String>) {
        for flaw in role.trust.trusts.compactMap(\.flaw) { findings.append("the role `\(role.name)`: \(flaw)") }
        if role.boundary != settings.boundary {
            findings.append(
                "the role `\(role.name)` has "
                    + (role.boundary.map { "another permissions boundary: \($0)" } ?? "no permissions boundary"))
        }
        let missing = settings.managedPolicies.filter { !policies.contains($0) }
        if !missing.isEmpty { findings.append("the role `\(role.name)` lacks \(missing.joined(separator: ", "))") }
        let surplus = policies.subtracting(settings.managedPolicies).sorted()
        if !surplus.isEmpty {
            findings.append("the role `\(role.name)` has besides: \(surplus.joined(separator: ", "))")
        }
    }

    /// Others' roles are theirs; that anybody's pipeline may take one on is worth a word.
    mutating func noteForeign(_ role: IAMRole) {
        for trust in role.trust.trusts where trust.issuer.hasPrefix("https://") {
            guard let flaw = trust.flaw else { continue }
            findings.append("the role `\(role.path)\(role.name)`, which is not Tenure's: \(flaw)")
        }
    }

    mutating func noteUnused(_ providers: [String], _ roles: [IAMRole]) {
        let used = Set(roles.flatMap { $0.trust.trusts }.map(\.issuer))
        for arn in providers {
            guard let name = ARN(arn)?.resource.dropFirst("oidc-provider/".count) else { continue }
            if !used.contains("https://\(name)") { findings.append("no role trusts the issuer \(name) any more") }
        }
    }

    // MARK: Standing users

    mutating func add(_ credentials: [StandingCredential], of user: IAMUser, _ identity: IdentityID) {
        for credential in credentials {
            add(
                .credential(
                    Credential(
                        identity: identity, id: credential.id, createdAt: credential.created,
                        lastUsedAt: credential.lastUsed)))
            let age = credential.created.map { now - $0 }
            let idle = (credential.lastUsed ?? credential.created).map { now - $0 }
            let isStale =
                age.map { $0 > settings.staleAfter } ?? false || idle.map { $0 > settings.staleAfter } ?? false
            guard identity.isForeign || isStale else { continue }
            findings.append(
                "\(credential.kind == .password ? "the password" : "an access key") of the standing user `\(user.name)`"
                    + (identity.isForeign ? ", whom no tag `tenure:identity` names," : " (\(identity))")
                    + " is \(days(age)) old, last used \(credential.lastUsed.map { "\(days(now - $0)) ago" } ?? "never")"
            )
        }
    }

    private func days(_ span: Span?) -> String {
        guard let span else { return "of unknown age and" }
        let days = max(0, span.milliseconds / 86_400_000)
        return days == 1 ? "1 day" : "\(days) days"
    }

    func finish() -> Observation {
        Observation(facts: facts, completeness: .complete, findings: findings.sorted())
    }
}

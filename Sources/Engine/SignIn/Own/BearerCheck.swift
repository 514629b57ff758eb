import AccessModel
import Definitions

/// Who a bearer token's holder is: a person by a token of the configured provider, or a workload by one of our own.
public struct BearerCheck: Sendable {
    /// What tokens of the provider have to be.
    public struct ProviderRules: Sendable {
        public let issuer: IssuerSettings
        /// For whom they are: this API's name at the provider.
        public let audience: String
        /// Clients that may bring them; those of the CLI and the portal.
        public let clients: Set<String>
        public let personClaim: PersonClaim

        public init(issuer: IssuerSettings, audience: String, clients: Set<String>, personClaim: PersonClaim) {
            self.issuer = issuer
            self.audience = audience
            self.clients = clients
            self.personClaim = personClaim
        }

        var rules: TokenRules {
            TokenRules(
                issuer: issuer.issuer, audience: audience, kind: .access, authorizedParties: clients.union([audience]),
                algorithms: issuer.algorithms, maximumLifetime: .hours(24))
        }
    }

    /// A holder, or why there is none.
    public enum Outcome: Hashable, Sendable {
        case accepted(Principal)
        case refused(TokenVerdict)
    }

    private let mint: TokenMint
    private let provider: ProviderRules?
    private let keys: IssuerKeys
    private let information: UserInformation?
    private let roster: @Sendable () async throws -> Roster
    private let organization: @Sendable () async throws -> Organization?
    private let now: @Sendable () -> Instant

    /// - Parameter information: Where to look for the person's claim that a token lacks; nil for nowhere.
    public init(
        mint: TokenMint, provider: ProviderRules?, keys: IssuerKeys, information: UserInformation? = nil,
        roster: @escaping @Sendable () async throws -> Roster,
        organization: @escaping @Sendable () async throws -> Organization?, now: @escaping @Sendable () -> Instant
    ) {
        self.mint = mint
        self.provider = provider
        self.keys = keys
        self.information = information
        self.roster = roster
        self.organization = organization
        self.now = now
    }

    /// - Throws: What reading the people or the definitions throws. A provider that is down is a refusal.
    public func judge(_ text: String) async throws -> Outcome {
        let token: SignedToken
        do {
            token = try SignedToken(text)
        } catch {
            return .refused(Self.refusal("token", "a signed token", error.reason))
        }
        let issuer = TokenClaims(token)?.issuer ?? ""
        if issuer.utf8.elementsEqual(mint.server.utf8) { return try await workload(token) }
        guard let provider, provider.issuer.issuer.utf8.elementsEqual(issuer.utf8) else {
            let known = [provider?.issuer.issuer, mint.server].compactMap { $0 }.joined(separator: " or ")
            return .refused(
                TokenVerdict([
                    TokenVerdict.Finding("iss", wanted: known, found: issuer, refusal: "no such issuer is configured")
                ]))
        }
        return try await person(token, text, provider)
    }

    private func person(_ token: SignedToken, _ text: String, _ provider: ProviderRules) async throws -> Outcome {
        let set: KeySet
        do {
            set = try await keys.keys(of: provider.issuer, holding: token.keyID)
        } catch {
            return .refused(Self.refusal("signature", "a key of the issuer", error.description))
        }
        var verdict = provider.rules.judge(token, set, at: now())
        // Nobody is looked up for a token that does not count.
        guard verdict.isAccepted, var claims = TokenClaims(token) else { return .refused(verdict) }
        if claims.text(provider.personClaim.name) == .missing, let information, let subject = claims.subject {
            let expires = claims.time("exp").value ?? now()
            do {
                claims = try await information.claims(text, of: subject, until: expires) ?? claims
            } catch {
                return .refused(Self.refusal(provider.personClaim.name, "one active person", error.description))
            }
        }
        let found = provider.personClaim.find(claims, in: try await roster())
        verdict.findings.append(found.finding)
        guard let person = found.person else { return .refused(verdict) }
        return .accepted(.person(person, .token))
    }

    /// A workload that is declared no more is nobody, however long its token would be good.
    private func workload(_ token: SignedToken) async throws -> Outcome {
        var verdict = mint.rules.judge(token, mint.keySet, at: now())
        guard verdict.isAccepted, let claims = TokenClaims(token) else { return .refused(verdict) }
        let identity = claims.subject.flatMap { IdentityID($0) }
        let group = claims.text("scope").value.flatMap { Group($0) }
        let moment = now()
        let declared = try await organization()?.workloads.first { workload in
            workload.identity == identity && !workload.isOver(at: moment)
        }
        guard let identity, let group, let declared,
            group == Group(tenant: declared.tenant, tier: declared.tier, role: .operator)
        else {
            verdict.findings.append(
                TokenVerdict.Finding(
                    "workload", wanted: "one that is declared now", found: claims.subject,
                    refusal: "it is not declared for this group any more"))
            return .refused(verdict)
        }
        return .accepted(.workload(identity, group))
    }

    private static func refusal(_ claim: String, _ wanted: String, _ reason: String) -> TokenVerdict {
        TokenVerdict([TokenVerdict.Finding(claim, wanted: wanted, found: nil, refusal: reason)])
    }
}

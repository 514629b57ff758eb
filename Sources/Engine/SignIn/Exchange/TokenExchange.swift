import AccessModel
import AuditTrail
import Definitions
import Persistence
import StrictJSON

/// Gives runners that are declared for an operator group a short-lived token for what they bring: no secret is kept
/// anywhere (RFC 8693). Every token that is given, and every one that is refused, is recorded.
public struct TokenExchange: Sendable {
    /// What a runner gets.
    public struct Given: Sendable {
        public let token: SecretText
        public let workload: IdentityID
        public let group: Group
        public let expires: Instant
        public let lifetime: Span

        /// The token stands in it: for the answer alone.
        public var json: JSONValue {
            [
                "access_token": .string(token.reveal()), "issued_token_type": .string(ExchangeRequest.accessToken),
                "token_type": "Bearer", "expires_in": .integer(lifetime.milliseconds / 1_000),
                "scope": .string(group.path),
            ]
        }
    }

    private let database: any Database
    private let mint: TokenMint
    private let keys: IssuerKeys
    private let issuers: IssuerDirectory
    private let refusals: RefusalBook
    private let organization: @Sendable () async throws -> Organization?
    private let now: @Sendable () -> Instant

    /// - Parameters:
    ///   - refusals: Where it is written down who was refused; one of its own where nil.
    ///   - organization: The definitions in force.
    public init(
        database: any Database, mint: TokenMint, keys: IssuerKeys, issuers: IssuerDirectory,
        refusals: RefusalBook? = nil, organization: @escaping @Sendable () async throws -> Organization?,
        now: @escaping @Sendable () -> Instant
    ) {
        self.database = database
        self.mint = mint
        self.keys = keys
        self.issuers = issuers
        self.refusals = refusals ?? RefusalBook(database: database, now: now)
        self.organization = organization
        self.now = now
    }

    /// Throws an ``ExchangeError`` for what is refused, after it is recorded; anything else is this server's own trouble, and
    /// no token is given.
    ///
    /// - Parameter origin: For the record.
    public func exchange(_ form: FormBody, from origin: RequestOrigin) async throws -> Given {
        let context = ExchangeContext(at: now(), origin: origin)
        do {
            let request = try ExchangeRequest(form, server: mint.server)
            return try await exchange(request, context)
        } catch let error as ExchangeError {
            try await refusals.note(.token(error, from: origin))
            throw error
        }
    }

    private func exchange(_ request: ExchangeRequest, _ context: ExchangeContext) async throws -> Given {
        let workloads = try await organization()?.workloads ?? []
        let issuer = TokenClaims(request.token)?.issuer ?? ""
        let isDeclared = workloads.contains { $0.issuer.utf8.elementsEqual(issuer.utf8) && $0.secretTimeToLive == nil }
        let settings = issuers.workloadIssuer(issuer)
        // Nobody but a declared issuer is ever asked for keys.
        let set = isDeclared ? try await keySet(settings, request.token) : KeySet()
        let match = WorkloadMatch(
            request.token, of: workloads, group: request.group, keys: set, algorithms: settings.algorithms,
            at: context.at)
        guard let workload = match.workload else {
            let claims = match.verdict.refusals.map { "`\($0.claim)`" }.joined(separator: ", ")
            throw ExchangeError(
                .invalidRequest, "the subject token is refused for its \(claims)", verdict: match.verdict)
        }
        let group = Group(tenant: workload.tenant, tier: workload.tier, role: .operator)
        let remaining = workload.end.map { $0.at - context.at } ?? TokenMint.longestLifetime
        let minted = try mint.mint(for: workload.identity, group: group, at: context.at, lifetime: remaining)
        try await record(minted, workload, group, request.token, settings, context)
        return Given(
            token: minted.token, workload: workload.identity, group: group, expires: minted.expires,
            lifetime: minted.expires - context.at)
    }

    private func keySet(_ issuer: IssuerSettings, _ token: SignedToken) async throws(ExchangeError) -> KeySet {
        do {
            return try await keys.keys(of: issuer, holding: token.keyID)
        } catch {
            throw ExchangeError(
                .temporarilyUnavailable, "the keys of the token's issuer cannot be had",
                verdict: TokenVerdict([
                    TokenVerdict.Finding(
                        "signature", wanted: "a key of the issuer", found: nil, refusal: error.description)
                ]))
        }
    }

    /// The token counts only once its record is there. Where the issuer's tokens are taken once, the same transaction
    /// notes this one.
    private func record(
        _ minted: TokenMint.Minted, _ workload: Workload, _ group: Group, _ token: SignedToken,
        _ issuer: IssuerSettings, _ context: ExchangeContext
    ) async throws {
        let claims = TokenClaims(token)
        let jti = claims?.text("jti").value
        let expires = claims?.time("exp").value ?? context.at
        let isFresh = try await database.transact { session, records in
            if issuer.takesTokensOnce {
                let store = SpentTokenStore(session)
                try store.forget(before: context.at - .minutes(5))
                guard let jti, try store.spend(SecretDigest.hex(of: issuer.issuer + " " + jti), until: expires) else {
                    return false
                }
            }
            records.append(
                .tokenExchanged(
                    context.record(actor: workload.identity.description),
                    TokenGrant(
                        id: minted.id, group: group, issuer: workload.issuer, subject: workload.subject,
                        audience: workload.audience, expires: minted.expires), from: context.origin))
            return true
        }
        guard isFresh else {
            throw ExchangeError(
                .invalidRequest, "the subject token was used before, or cannot be told from others",
                verdict: TokenVerdict([
                    TokenVerdict.Finding(
                        "jti", wanted: "one that was not used", found: jti, refusal: "it was used before, or is missing"
                    )
                ]))
        }
    }
}

/// Where and when an exchange takes place.
struct ExchangeContext: Sendable {
    let at: Instant
    let origin: RequestOrigin

    func record(actor: String) -> RecordContext { RecordContext(at: at, actor: actor, subject: actor) }
}

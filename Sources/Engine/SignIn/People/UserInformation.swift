import AccessModel

/// What a provider says of a user beside the token (OpenID Connect Core, 5.3), kept for as long as the token is good, and
/// five minutes at most. Asked only for tokens that count already.
public actor UserInformation {
    private struct Known {
        let claims: TokenClaims
        let until: Instant
    }

    private static let longest = Span.minutes(5)
    private static let limit = 10_000

    private let issuer: IssuerSettings
    private let keys: IssuerKeys
    private let http: ProviderHTTP
    private let now: @Sendable () -> Instant
    private var known: [String: Known] = [:]

    public init(
        issuer: IssuerSettings, keys: IssuerKeys, http: ProviderHTTP, now: @escaping @Sendable () -> Instant
    ) {
        self.issuer = issuer
        self.keys = keys
        self.http = http
        self.now = now
    }

    /// Nil where the provider has no such answer, or its answer is about another subject.
    ///
    /// - Parameters:
    ///   - token: An access token of the subject's; kept by its digest.
    ///   - expires: When it is over.
    func claims(
        _ token: String, of subject: String, until expires: Instant
    ) async throws(SignInError) -> TokenClaims? {
        let id = SecretDigest.hex(of: token)
        let moment = now()
        if let entry = known[id], moment < entry.until { return entry.claims }
        guard let endpoint = try await keys.document(of: issuer).userInfo else { return nil }
        let bytes = try await http.get(endpoint, authorization: SecretText("Bearer " + token))
        guard let claims = TokenClaims(json: bytes), claims.subject?.utf8.elementsEqual(subject.utf8) == true else {
            return nil
        }
        if known.count >= Self.limit { known = known.filter { moment < $0.value.until } }
        if known.count < Self.limit { known[id] = Known(claims: claims, until: min(expires, moment + Self.longest)) }
        return claims
    }
}

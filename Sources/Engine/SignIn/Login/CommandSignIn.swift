import AccessModel

/// What a command line was given by a provider.
public struct SignInGrant: Sendable {
    public let issuer: String
    public let clientID: String
    public let accessToken: SecretText
    public let identityToken: SecretText?
    public let refreshToken: SecretText?
    /// When the access token is over; nil where the provider does not say.
    public let expires: Instant?
    /// Who signed in, by the ID token's own claims; nil where none came.
    public let subject: String?
    public let email: String?
}

/// Sign-in of a command line as a public client: on this machine's browser, or on another device.
public struct CommandSignIn: Sendable {
    let client: ProviderClient
    let keys: IssuerKeys
    let http: ProviderHTTP
    let now: @Sendable () -> Instant
    let random: @Sendable () -> [UInt8]
    let sleep: @Sendable (Span) async throws -> Void

    /// - Parameter sleep: Waits.
    public init(
        client: ProviderClient, keys: IssuerKeys, http: ProviderHTTP, now: @escaping @Sendable () -> Instant,
        random: @escaping @Sendable () -> [UInt8],
        sleep: @escaping @Sendable (Span) async throws -> Void = {
            try await Task.sleep(for: .milliseconds($0.milliseconds))
        }
    ) {
        self.client = client
        self.keys = keys
        self.http = http
        self.now = now
        self.random = random
        self.sleep = sleep
    }

    /// What the token endpoint gave, once the ID token in it is judged.
    func grant(
        _ answer: ProviderClient.TokenAnswer, nonce: String?
    ) async throws(SignInError) -> SignInGrant {
        guard let accessToken = answer.accessToken else { throw refusal("the provider gave no access token") }
        var claims: TokenClaims?
        if let text = answer.identityToken {
            claims = try await judge(text, nonce: nonce)
        } else if nonce != nil {
            throw refusal("the provider gave no ID token")
        }
        return SignInGrant(
            issuer: client.issuer.issuer, clientID: client.id, accessToken: accessToken,
            identityToken: answer.identityToken, refreshToken: answer.refreshToken,
            expires: answer.lifetime.map { now() + $0 }, subject: claims?.subject,
            email: claims?.text("email").value)
    }

    private func judge(_ text: SecretText, nonce: String?) async throws(SignInError) -> TokenClaims? {
        let token: SignedToken
        do {
            token = try SignedToken(text.reveal())
        } catch {
            throw refusal("the ID token is no token: \(error.reason)")
        }
        let set = try await keys.keys(of: client.issuer, holding: token.keyID)
        let verdict = client.identityRules(nonce: nonce).judge(token, set, at: now())
        guard verdict.isAccepted else { throw refusal("the ID token is refused: \(verdict.reason)") }
        return TokenClaims(token)
    }

    func refusal(_ message: String) -> SignInError {
        SignInError(code: .refused, operation: "sign in at `\(client.issuer.issuer)`", message: message)
    }
}

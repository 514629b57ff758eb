import AccessModel
import StrictJSON

/// Makes this installation's own tokens, and knows them again: short-lived, signed with EdDSA, for itself alone.
public struct TokenMint: Sendable {
    /// A token is good for no longer.
    public static let longestLifetime = Span.minutes(15)

    /// Who this server is in `iss` and `aud`: its own address, without a slash at its end.
    public let server: String
    private let keys: [TokenKey]
    private let newID: @Sendable () -> String

    /// What was made. The token is a secret; the rest may be recorded.
    public struct Minted: Sendable {
        public let token: SecretText
        public let id: String
        public let expires: Instant
    }

    /// - Parameter keys: The first one signs; tokens of the others are still taken. At least one.
    public init(
        server: String, keys: [TokenKey], newID: @escaping @Sendable () -> String
    ) throws(SignInError) {
        guard !keys.isEmpty else {
            throw SignInError(code: .refused, operation: "sign tokens", message: "there is no key")
        }
        self.server = server
        self.keys = keys
        self.newID = newID
    }

    /// A token for a workload: what its operator group is for and nothing else.
    public func mint(
        for workload: IdentityID, group: Group, at now: Instant, lifetime: Span = TokenMint.longestLifetime
    ) throws(SignInError) -> Minted {
        let id = newID()
        let expires = Instant(
            milliseconds: (now + min(lifetime, Self.longestLifetime)).milliseconds / 1_000 * 1_000)
        var claims = JSONObject()
        claims["iss"] = .string(server)
        claims["aud"] = .string(server)
        claims["sub"] = .string(workload.description)
        claims["client_id"] = .string(workload.description)
        claims["jti"] = .string(id)
        claims["iat"] = .integer(now.milliseconds / 1_000)
        claims["exp"] = .integer(expires.milliseconds / 1_000)
        claims["scope"] = .string(group.path)
        var header = JSONObject()
        header["alg"] = "EdDSA"
        header["typ"] = "at+jwt"
        header["kid"] = .string(keys[0].id)
        return Minted(token: try keys[0].sign(header: header, claims: claims), id: id, expires: expires)
    }

    /// What a token of this server's has to be.
    public var rules: TokenRules {
        TokenRules(
            issuer: server, audience: server, kind: .own, algorithms: [.edDSA], maximumLifetime: Self.longestLifetime)
    }

    public var keySet: KeySet { KeySet(keys.map(\.publicKey)) }

    /// For `/.well-known/jwks.json`.
    public var keySetJSON: JSONValue { ["keys": .array(keys.map(\.json))] }
}

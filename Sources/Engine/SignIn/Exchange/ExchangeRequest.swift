import AccessModel

/// What a runner asks for: its own token against one of Tenure's (RFC 8693, 2.1).
public struct ExchangeRequest: Sendable {
    public static let grantType = "urn:ietf:params:oauth:grant-type:token-exchange"
    static let tokenTypes: Set<String> = [
        "urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token",
    ]
    static let accessToken = "urn:ietf:params:oauth:token-type:access_token"

    let token: SignedToken
    /// The group that it asks for, where it says so.
    let group: Group?

    /// - Parameter server: Who this server is; another audience or resource is not for it to serve.
    public init(_ form: FormBody, server: String) throws(ExchangeError) {
        guard let grant = form["grant_type"] else { throw ExchangeError(.invalidRequest, "`grant_type` is missing") }
        guard grant == Self.grantType else {
            throw ExchangeError(.unsupportedGrantType, "this server exchanges tokens and does nothing else")
        }
        guard form["actor_token"] == nil, form["actor_token_type"] == nil else {
            throw ExchangeError(.invalidRequest, "nobody acts for somebody else here")
        }
        guard let type = form["subject_token_type"], Self.tokenTypes.contains(type) else {
            throw ExchangeError(.invalidRequest, "`subject_token_type` has to be that of a JWT or of an ID token")
        }
        if let wanted = form["requested_token_type"], wanted != Self.accessToken, !wanted.hasSuffix(":jwt") {
            throw ExchangeError(.invalidRequest, "an access token is all that there is")
        }
        for name in ["audience", "resource"] {
            if let target = form[name], target != server, target != server + "/" {
                throw ExchangeError(.invalidTarget, "this server makes tokens for itself alone")
            }
        }
        group = try Self.group(form["scope"])
        guard let text = form["subject_token"] else {
            throw ExchangeError(.invalidRequest, "`subject_token` is missing")
        }
        do {
            token = try SignedToken(text)
        } catch {
            throw ExchangeError(.invalidRequest, "`subject_token` is no token: \(error.reason)")
        }
    }

    private static func group(_ scope: String?) throws(ExchangeError) -> Group? {
        guard let scope, !scope.isEmpty else { return nil }
        guard let group = Group(scope), group.role == .operator else {
            throw ExchangeError(.invalidScope, "the scope is one operator group: TENANT/TIER/operator")
        }
        return group
    }
}

/// Why no token is given (RFC 6749, 5.2; RFC 8693, 2.2.2).
public struct ExchangeError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case invalidRequest = "invalid_request"
        case invalidTarget = "invalid_target"
        case invalidScope = "invalid_scope"
        case unsupportedGrantType = "unsupported_grant_type"
        /// The issuer cannot be asked for its keys just now.
        case temporarilyUnavailable = "temporarily_unavailable"
    }

    public let code: Code
    /// For whoever asked: nothing that is declared, only what is wrong with what they sent.
    public let message: String
    /// For the log: all of it.
    public let verdict: TokenVerdict?

    init(_ code: Code, _ message: String, verdict: TokenVerdict? = nil) {
        self.code = code
        self.message = message
        self.verdict = verdict
    }

    public var description: String { "\(code.rawValue): \(message)" }
}

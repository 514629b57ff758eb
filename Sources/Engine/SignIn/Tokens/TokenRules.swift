import AccessModel

/// What a token has to be to count. Every comparison is of bytes: no prefix, no pattern, no case, no slash more or less.
public struct TokenRules: Hashable, Sendable {
    /// What a token is for, which its `typ` must not contradict.
    public enum Kind: String, CaseIterable, Sendable {
        /// For an API: `at+jwt` (RFC 9068) or `JWT`; a header without `typ` says no other.
        case access
        /// Of OpenID Connect, about who signed in: `JWT` or none.
        case identity
        /// Of a runner, about itself: `JWT` or none.
        case workload
        /// One that this server made: `at+jwt` and nothing else.
        case own
        /// Any of those.
        case any

        /// In lower case; nil for a header without one.
        fileprivate var types: Set<String?> {
            switch self {
            case .access, .any: ["at+jwt", "jwt", nil]
            case .identity, .workload: ["jwt", nil]
            case .own: ["at+jwt"]
            }
        }

        var wanted: String {
            types.compactMap { $0 }.sorted().map { $0 == "jwt" ? "JWT" : $0 }.joined(separator: " or ")
                + (types.contains(nil) ? ", or none" : "")
        }

        /// A type is a media type, whose case does not count and whose `application/` may be left out (RFC 7515, 4.1.9).
        func takes(_ type: String?) -> Bool {
            guard let type else { return types.contains(nil) }
            let lower = type.lowercased()
            let prefix = "application/"
            return types.contains(lower.hasPrefix(prefix) ? String(lower.dropFirst(prefix.count)) : lower)
        }
    }

    public var issuer: String
    public var audience: String
    public var kind: Kind
    /// Whom `azp` may name; the audience alone unless said otherwise.
    public var authorizedParties: Set<String>
    public var algorithms: Set<SigningAlgorithm>
    /// By how much the clocks may differ.
    public var leeway = Span.seconds(30)
    /// From `iat` to `exp`; nil for any.
    public var maximumLifetime: Span?
    /// What `sub` has to be; nil for any that is not empty.
    public var subject: String?
    /// What `nonce` has to be; nil where none was asked for.
    public var nonce: String?

    public init(
        issuer: String, audience: String, kind: Kind, authorizedParties: Set<String>? = nil,
        algorithms: Set<SigningAlgorithm> = SigningAlgorithm.usual, maximumLifetime: Span? = nil,
        subject: String? = nil, nonce: String? = nil
    ) {
        self.issuer = issuer
        self.audience = audience
        self.kind = kind
        self.authorizedParties = authorizedParties ?? [audience]
        self.algorithms = algorithms
        self.maximumLifetime = maximumLifetime
        self.subject = subject
        self.nonce = nonce
    }
}

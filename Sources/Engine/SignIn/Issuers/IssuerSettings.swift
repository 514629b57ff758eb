import AccessModel

/// An issuer that somebody configured or declared. Keys come from no other.
public struct IssuerSettings: Hashable, Sendable {
    /// Into which networks its addresses may lead.
    public enum Reach: String, Hashable, Sendable {
        /// The Internet alone.
        case anywherePublic
        /// This machine too.
        case thisMachine
        /// Private networks too: an issuer within a company's own walls.
        case privateNetworks
    }

    /// Where its keys are.
    public enum KeySource: Hashable, Sendable {
        /// Where its own document says (OpenID Connect Discovery).
        case discovered
        /// At this address.
        case address(String)
        /// Here: the bytes of a key set.
        case given([UInt8])
    }

    /// Exactly as its tokens have it in `iss`.
    public let issuer: String
    public var keys: KeySource
    public var reach: Reach
    /// A PEM file with the authorities to trust instead of the system's.
    public var certificateAuthorities: String?
    public var algorithms: Set<SigningAlgorithm>
    /// Whether one of its tokens is taken once only, by its `jti`.
    public var takesTokensOnce = false

    /// - Parameter reach: Nil for the Internet, and for this machine where the issuer itself is there by its name.
    public init(
        _ issuer: String, keys: KeySource = .discovered, reach: Reach? = nil, certificateAuthorities: String? = nil,
        algorithms: Set<SigningAlgorithm> = SigningAlgorithm.usual
    ) {
        self.issuer = issuer
        self.keys = keys
        let isNear = ProviderAddress(issuer)?.isThisMachine ?? false
        self.reach = reach ?? (isNear ? .thisMachine : .anywherePublic)
        self.certificateAuthorities = certificateAuthorities
        self.algorithms = algorithms
    }

    /// `https://issuer/.well-known/openid-configuration`: a slash at the issuer's end is not doubled (OpenID Connect
    /// Discovery, 4).
    var documentAddress: String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }
}

/// The signatures that are checked (RFC 7518, RFC 8037): all by a public key. `none` and those by a shared secret are
/// not among them, so no token can name one.
public enum SigningAlgorithm: String, CaseIterable, Sendable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    /// What an issuer is taken to sign with unless its settings name others.
    public static let usual: Set<SigningAlgorithm> = [.rs256, .ps256, .es256, .edDSA]

    /// The kind of key that it takes.
    var family: Family {
        switch self {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        case .es256: .p256
        case .es384: .p384
        case .es512: .p521
        case .edDSA: .ed25519
        }
    }

    enum Family: Hashable, Sendable {
        case rsa, p256, p384, p521, ed25519

        /// The only algorithm of the family; nil for RSA, which has six.
        var algorithm: SigningAlgorithm? {
            switch self {
            case .rsa: nil
            case .p256: .es256
            case .p384: .es384
            case .p521: .es512
            case .ed25519: .edDSA
            }
        }
    }
}

import Crypto
import CryptoExtras

/// A public key that signatures are checked with. Its algorithm is its own: what a token's header says can only agree.
public struct JSONWebKey: Sendable {
    enum Material: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    /// Its name in the set; nil where the set gives none.
    public let id: String?
    /// What it may be used with: its `alg`, or what its type and curve imply. An RSA key without an `alg` has six.
    public let algorithms: Set<SigningAlgorithm>
    let material: Material

    /// Bits of the smallest and the largest RSA modulus. A larger one would cost whoever checks more than it is worth.
    static let rsaBits = 2_048...8_192
}

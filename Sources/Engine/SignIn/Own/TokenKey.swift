import AccessModel
import Crypto
import StrictJSON

/// An Ed25519 key that signs this installation's own tokens. It does not print.
///
/// It is derived from the installation's secret, which stands outside of the database, so every node that has the secret
/// signs and checks alike, and nothing more has to be kept.
public struct TokenKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: Curve25519.Signing.PrivateKey
    /// The thumbprint of its public half (RFC 7638).
    public let id: String

    /// - Parameters:
    ///   - secret: At least 32 bytes that are secret; not usable as this key, nor this key as them.
    ///   - generation: Another number gives another key.
    public init(derivedFrom secret: SecretText, generation: Int) throws(SignInError) {
        let input = SymmetricKey(data: Array(secret.reveal().utf8))
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: input, salt: Array("tenure".utf8), info: Array("token key \(generation)".utf8),
            outputByteCount: 32)
        do {
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: derived.withUnsafeBytes { Array($0) })
        } catch {
            throw SignInError(code: .refused, operation: "derive the token key", message: "it cannot be derived")
        }
        let members: JSONValue = ["crv": "Ed25519", "kty": "OKP", "x": .string(Self.x(key))]
        id = Base64URL.encode(SHA256.hash(data: members.canonicalBytes))
    }

    private static func x(_ key: Curve25519.Signing.PrivateKey) -> String {
        Base64URL.encode(key.publicKey.rawRepresentation)
    }

    /// The public half, as a key set has it.
    public var json: JSONValue {
        [
            "kty": "OKP", "crv": "Ed25519", "x": .string(Self.x(key)), "kid": .string(id), "use": "sig", "alg": "EdDSA",
        ]
    }

    var publicKey: JSONWebKey {
        JSONWebKey(id: id, algorithms: [.edDSA], material: .ed25519(key.publicKey))
    }

    func sign(header: JSONObject, claims: JSONObject) throws(SignInError) -> SecretText {
        let parts = [header, claims].map { Base64URL.encode(JSONValue.object($0).compactText.utf8) }
        let text = parts.joined(separator: ".")
        do {
            return SecretText(text + "." + Base64URL.encode(try key.signature(for: Array(text.utf8))))
        } catch {
            throw SignInError(code: .refused, operation: "sign a token", message: "the key does not sign")
        }
    }

    public var description: String { "[token key \(id)]" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

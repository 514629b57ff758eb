import Crypto
import CryptoExtras
import Foundation

/// Whether a key of a set made a token's signature. The key is found by its name, the algorithm is the key's; `jku`, `x5u`,
/// `x5c` and `jwk` in a header are never looked at.
///
/// A token that names a key is checked with that key alone. One that names none is checked with each key that its
/// algorithm fits.
public enum SignatureCheck {
    public enum Finding: Hashable, Sendable {
        /// The key's name, if it has one, and the algorithm by which it signs.
        case genuine(key: String?, SigningAlgorithm)
        case refused(Refusal)
    }

    public enum Refusal: Hashable, Sendable {
        /// `none`, a shared secret's, or one that nobody knows.
        case algorithmNotTaken
        /// No key of the set has the name that the header gives; the issuer may have made a new one.
        case unknownKey
        /// The key is there and cannot be used, for the reason.
        case unusableKey(String)
        /// The key signs by another algorithm than the header says.
        case algorithmNotTheKeys
        /// The header names no key, and its algorithm fits none of the set.
        case noKeyFits
        case wrongSignature

        public var reason: String {
            switch self {
            case .algorithmNotTaken: "its algorithm is not taken"
            case .unknownKey: "the issuer has no such key"
            case .unusableKey(let reason): "the key cannot be used: \(reason)"
            case .algorithmNotTheKeys: "the key signs by another algorithm"
            case .noKeyFits: "no key of the issuer signs by this algorithm"
            case .wrongSignature: "the signature is not the key's"
            }
        }
    }

    /// - Parameter allowed: Algorithms that count.
    public static func find(
        _ token: SignedToken, _ set: KeySet, allowed: Set<SigningAlgorithm> = Set(SigningAlgorithm.allCases)
    ) -> Finding {
        guard let stated = SigningAlgorithm(rawValue: token.algorithm), allowed.contains(stated) else {
            return .refused(.algorithmNotTaken)
        }
        guard let id = token.keyID else {
            let fitting = set.keys.filter { $0.algorithms.contains(stated) }
            guard !fitting.isEmpty else { return .refused(.noKeyFits) }
            let signer = fitting.first { isGenuine(token, $0, stated) }
            return signer.map { .genuine(key: $0.id, stated) } ?? .refused(.wrongSignature)
        }
        func isNamed(_ other: String?) -> Bool { other.map { $0.utf8.elementsEqual(id.utf8) } ?? false }
        guard let key = set.keys.first(where: { isNamed($0.id) }) else {
            let skipped = set.skipped.first { isNamed($0.id) }
            return .refused(skipped.map { .unusableKey($0.reason) } ?? .unknownKey)
        }
        guard key.algorithms.contains(stated) else { return .refused(.algorithmNotTheKeys) }
        return isGenuine(token, key, stated) ? .genuine(key: id, stated) : .refused(.wrongSignature)
    }

    private static func isGenuine(_ token: SignedToken, _ key: JSONWebKey, _ algorithm: SigningAlgorithm) -> Bool {
        let (signature, bytes) = (token.signature, token.signedBytes)
        do {
            switch key.material {
            case .rsa(let key): return isGenuine(signature, bytes, key, algorithm)
            // These take r and s side by side at their full length alone; ASN.1 is refused (RFC 7518, 3.4).
            case .p256(let key):
                let signature = try P256.Signing.ECDSASignature(rawRepresentation: signature)
                return key.isValidSignature(signature, for: SHA256.hash(data: bytes))
            case .p384(let key):
                let signature = try P384.Signing.ECDSASignature(rawRepresentation: signature)
                return key.isValidSignature(signature, for: SHA384.hash(data: bytes))
            case .p521(let key):
                let signature = try P521.Signing.ECDSASignature(rawRepresentation: signature)
                return key.isValidSignature(signature, for: SHA512.hash(data: bytes))
            case .ed25519(let key): return key.isValidSignature(signature, for: bytes)
            }
        } catch {
            // Of another length than the curve's.
            return false
        }
    }

    private static func isGenuine(
        _ signature: [UInt8], _ bytes: [UInt8], _ key: _RSA.Signing.PublicKey, _ algorithm: SigningAlgorithm
    ) -> Bool {
        // One that is not as long as the modulus is refused there (RFC 8017, 8.1.2 and 8.2.2).
        let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
        switch algorithm {
        case .rs256: return key.isValidSignature(signature, for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
        case .rs384: return key.isValidSignature(signature, for: SHA384.hash(data: bytes), padding: .insecurePKCS1v1_5)
        case .rs512: return key.isValidSignature(signature, for: SHA512.hash(data: bytes), padding: .insecurePKCS1v1_5)
        case .ps256: return key.isValidSignature(signature, for: SHA256.hash(data: bytes), padding: .PSS)
        case .ps384: return key.isValidSignature(signature, for: SHA384.hash(data: bytes), padding: .PSS)
        case .ps512: return key.isValidSignature(signature, for: SHA512.hash(data: bytes), padding: .PSS)
        case .es256, .es384, .es512, .edDSA: return false
        }
    }
}

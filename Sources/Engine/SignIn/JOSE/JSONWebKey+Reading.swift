import Crypto
import CryptoExtras
import Foundation
import StrictJSON

extension JSONWebKey {
    /// Why a key of a set is not used.
    public struct Unusable: Error, Hashable, Sendable, CustomStringConvertible {
        public let reason: String

        init(_ reason: String) { self.reason = reason }

        public var description: String { reason }
    }

    /// Reads one key (RFC 7517). Members that nobody here knows are passed over, as the specification asks.
    ///
    /// - Parameter takesPrivate: Whether a key may stand there with its private half, which is then not read. An issuer
    ///   that publishes it has lost it.
    init(_ json: JSONValue, takesPrivate: Bool) throws(Unusable) {
        guard let object = json.object else { throw Unusable("it is \(json.kindName), not an object") }
        let id = try Self.text("kid", object)
        guard takesPrivate || object["d"] == .none else {
            throw Unusable("its private half is published, so anyone can sign with it")
        }
        try Self.checkUse(object)
        let material = try Self.material(object)
        let algorithms = try Self.algorithms(object, of: material.family)
        self.init(id: id, algorithms: algorithms, material: material)
    }

    private static func text(_ name: String, _ object: JSONObject) throws(Unusable) -> String? {
        switch object[name] {
        case .none: return nil
        case .string(let text): return text
        case let other?: throw Unusable("`\(name)` is \(other.kindName), not a string")
        }
    }

    /// A key for encryption must not check signatures, whatever else it can do.
    private static func checkUse(_ object: JSONObject) throws(Unusable) {
        if let use = try text("use", object), use != "sig" { throw Unusable("its `use` is not `sig`") }
        guard let operations = object["key_ops"] else { return }
        guard let list = operations.array, list.allSatisfy({ $0.string != nil }) else {
            throw Unusable("`key_ops` is not a list of strings")
        }
        guard list.contains("verify") else { throw Unusable("its `key_ops` do not hold `verify`") }
    }

    private static func algorithms(
        _ object: JSONObject, of family: SigningAlgorithm.Family
    ) throws(Unusable) -> Set<SigningAlgorithm> {
        let implied = Set(SigningAlgorithm.allCases.filter { $0.family == family })
        guard let name = try text("alg", object) else { return implied }
        // `ES521` is no algorithm, but some write it for the curve's, which has 521 bits.
        let stated = name == "ES521" && family == .p521 ? .es512 : SigningAlgorithm(rawValue: name)
        guard let stated else { throw Unusable("its `alg` is none that is taken") }
        guard implied.contains(stated) else {
            throw Unusable("its `alg` does not belong to a key of its type and curve")
        }
        return [stated]
    }

    private static func material(_ object: JSONObject) throws(Unusable) -> Material {
        switch try text("kty", object) {
        case "RSA": return .rsa(try rsa(object))
        case "EC": return try curve(object)
        case "OKP": return try edwards(object)
        case "oct": throw Unusable("it is a shared secret")
        case nil: throw Unusable("it has no `kty`")
        default: throw Unusable("its `kty` is none that is taken")
        }
    }

    private static func bytes(_ name: String, _ object: JSONObject) throws(Unusable) -> [UInt8] {
        guard let text = try text(name, object), text.utf8.count <= 4_096 else {
            throw Unusable("`\(name)` is missing")
        }
        guard let bytes = Base64URL.decode(text), !bytes.isEmpty else { throw Unusable("`\(name)` is not base64url") }
        return bytes
    }

    private static func rsa(_ object: JSONObject) throws(Unusable) -> _RSA.Signing.PublicKey {
        let modulus = Array(try bytes("n", object).drop { $0 == 0 })
        let exponent = Array(try bytes("e", object).drop { $0 == 0 })
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard rsaBits.contains(bits) else {
            throw Unusable("its modulus has \(bits) bits; \(rsaBits.lowerBound) to \(rsaBits.upperBound) are taken")
        }
        guard let last = exponent.last, last & 1 == 1, exponent != [1], exponent.count <= 4 else {
            throw Unusable("its exponent is even, 1, or larger than 32 bits")
        }
        guard let low = modulus.last, low & 1 == 1 else { throw Unusable("its modulus is even") }
        guard !ROCAFingerprint.matches(modulus: modulus) else {
            throw Unusable("its modulus was made by a generator whose keys can be factored (CVE-2017-15361)")
        }
        do {
            return try _RSA.Signing.PublicKey(n: modulus, e: exponent)
        } catch {
            throw Unusable("its modulus and exponent are no RSA key")
        }
    }

    private static func curve(_ object: JSONObject) throws(Unusable) -> Material {
        let name = try text("crv", object)
        let sizes = ["P-256": 32, "P-384": 48, "P-521": 66]
        guard let name, let size = sizes[name] else { throw Unusable("its `crv` is none that is taken") }
        let (x, y) = (try bytes("x", object), try bytes("y", object))
        // RFC 7518, 6.2.1.2: the whole length, leading zeros included.
        guard x.count == size, y.count == size else {
            throw Unusable("its coordinates do not have the \(size) bytes of \(name)")
        }
        do {
            // This also refuses a point that is not on the curve.
            let point = [0x04] + x + y
            switch name {
            case "P-256": return .p256(try P256.Signing.PublicKey(x963Representation: point))
            case "P-384": return .p384(try P384.Signing.PublicKey(x963Representation: point))
            default: return .p521(try P521.Signing.PublicKey(x963Representation: point))
            }
        } catch {
            throw Unusable("its coordinates are no point of \(name)")
        }
    }

    private static func edwards(_ object: JSONObject) throws(Unusable) -> Material {
        guard try text("crv", object) == "Ed25519" else { throw Unusable("its `crv` is none that is taken") }
        let x = try bytes("x", object)
        guard x.count == 32 else { throw Unusable("its `x` has \(x.count) bytes, not 32") }
        guard !EdwardsPoint.isWeak(x) else { throw Unusable("its point is of a small order: it signs for anyone") }
        do {
            return .ed25519(try Curve25519.Signing.PublicKey(rawRepresentation: x))
        } catch {
            throw Unusable("its `x` is no Ed25519 key")
        }
    }
}

extension JSONWebKey.Material {
    var family: SigningAlgorithm.Family {
        switch self {
        case .rsa: .rsa
        case .p256: .p256
        case .p384: .p384
        case .p521: .p521
        case .ed25519: .ed25519
        }
    }
}

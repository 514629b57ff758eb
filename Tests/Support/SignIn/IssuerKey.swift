import Crypto
import CryptoExtras
import Foundation
import StrictJSON

/// A key pair of a test's issuer: it signs whatever it is given, rightly.
public struct IssuerKey: Sendable {
    enum Material: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    public let id: String
    /// As a header names it.
    public let algorithm: String
    let material: Material

    /// `RS256`, `PS384`, `ES256`, `EdDSA`, ...
    public init(_ algorithm: String, id: String) throws {
        self.id = id
        self.algorithm = algorithm
        switch algorithm {
        case "ES256": material = .p256(P256.Signing.PrivateKey())
        case "ES384": material = .p384(P384.Signing.PrivateKey())
        case "ES512": material = .p521(P521.Signing.PrivateKey())
        case "EdDSA": material = .ed25519(Curve25519.Signing.PrivateKey())
        // One for all: to find the primes takes long.
        default: material = .rsa(try Self.rsa.get())
        }
    }

    private static let rsa = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    /// The public half, as a key set has it.
    public var json: JSONObject {
        var object = JSONObject()
        object["kid"] = .string(id)
        object["use"] = "sig"
        object["alg"] = .string(algorithm)
        for (name, value) in members { object[name] = .string(value) }
        return object
    }

    private var members: KeyValuePairs<String, String> {
        switch material {
        case .rsa(let key):
            do {
                let numbers = try key.publicKey.getKeyPrimitives()
                return [
                    "kty": "RSA", "n": TestToken.encode(numbers.modulus),
                    "e": TestToken.encode(numbers.publicExponent),
                ]
            } catch {
                return [:]
            }
        case .p256(let key): return Self.curve("P-256", key.publicKey.rawRepresentation)
        case .p384(let key): return Self.curve("P-384", key.publicKey.rawRepresentation)
        case .p521(let key): return Self.curve("P-521", key.publicKey.rawRepresentation)
        case .ed25519(let key):
            return ["kty": "OKP", "crv": "Ed25519", "x": TestToken.encode(key.publicKey.rawRepresentation)]
        }
    }

    private static func curve(_ name: String, _ point: Data) -> KeyValuePairs<String, String> {
        [
            "kty": "EC", "crv": name, "x": TestToken.encode(point.prefix(point.count / 2)),
            "y": TestToken.encode(point.suffix(point.count / 2)),
        ]
    }

    /// What it signs with, for attacks that use it as a secret.
    public var publicPEM: String? { if case .rsa(let key) = material { key.publicKey.pemRepresentation } else { nil } }

    public func sign(_ bytes: [UInt8], algorithm: String? = nil) throws -> [UInt8] {
        switch material {
        case .rsa(let key):
            let name = algorithm ?? self.algorithm
            let padding: _RSA.Signing.Padding = name.hasPrefix("PS") ? .PSS : .insecurePKCS1v1_5
            let signature =
                switch name.suffix(3) {
                case "384": try key.signature(for: SHA384.hash(data: bytes), padding: padding)
                case "512": try key.signature(for: SHA512.hash(data: bytes), padding: padding)
                default: try key.signature(for: SHA256.hash(data: bytes), padding: padding)
                }
            return Array(signature.rawRepresentation)
        case .p256(let key): return Array(try key.signature(for: bytes).rawRepresentation)
        case .p384(let key): return Array(try key.signature(for: bytes).rawRepresentation)
        case .p521(let key): return Array(try key.signature(for: bytes).rawRepresentation)
        case .ed25519(let key): return Array(try key.signature(for: bytes))
        }
    }

    /// The same signature as ASN.1 has it; for ES256 alone.
    public func signAsASN1(_ bytes: [UInt8]) throws -> [UInt8] {
        guard case .p256(let key) = material else { return [] }
        return Array(try key.signature(for: bytes).derRepresentation)
    }
}

/// Makes tokens in compact form by hand, so that they can be wrong in any way.
public enum TestToken {
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    public static func encode(_ json: JSONValue) -> String { encode(json.compactText.utf8) }

    public static func make(header: JSONValue, claims: JSONValue, key: IssuerKey) throws -> String {
        let text = encode(header) + "." + encode(claims)
        return text + "." + encode(try key.sign(Array(text.utf8)))
    }

    /// With the header that belongs to the key, and what `header` changes in it: null takes a member away.
    public static func make(
        _ claims: JSONValue, by key: IssuerKey, header changes: [String: JSONValue] = [:]
    ) throws -> String {
        var header = JSONObject()
        header["alg"] = .string(key.algorithm)
        header["typ"] = "JWT"
        header["kid"] = .string(key.id)
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            if value == .null { header[name] = Optional<JSONValue>.none } else { header[name] = value }
        }
        return try make(header: .object(header), claims: claims, key: key)
    }
}

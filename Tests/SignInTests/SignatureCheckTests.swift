import Crypto
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SignIn

/// Attacks on the check of a signature; each passes a check that trusts the header.
@Suite("Signatures")
struct SignatureCheckTests {
    private static let claims: JSONValue = ["sub": "s"]

    private func set(_ keys: JSONObject...) throws -> KeySet {
        let value: JSONValue = ["keys": .array(keys.map { .object($0) })]
        return try KeySet(parsing: Array(value.compactText.utf8))
    }

    private func find(_ text: String, _ set: KeySet) throws -> SignatureCheck.Finding {
        SignatureCheck.find(try SignedToken(text), set)
    }

    @Test(
        "every algorithm by its own key and by no other",
        arguments: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"])
    func algorithms(_ name: String) throws {
        let key = try IssuerKey(name, id: "k")
        let set = try set(key.json)
        let stated = try #require(SigningAlgorithm(rawValue: name))
        #expect(try find(TestToken.make(Self.claims, by: key), set) == .genuine(key: "k", stated))
        for other in SigningAlgorithm.allCases where other != stated {
            let text = try TestToken.make(Self.claims, by: key, header: ["alg": .string(other.rawValue)])
            #expect(try find(text, set) == .refused(.algorithmNotTheKeys))
        }
    }

    @Test("an RSA key of one algorithm does not check another's signature, though it could")
    func pinned() throws {
        let key = try IssuerKey("RS256", id: "k")
        let header: JSONValue = ["alg": "PS256", "kid": "k"]
        let text = TestToken.encode(header) + "." + TestToken.encode(Self.claims)
        let token = text + "." + TestToken.encode(try key.sign(Array(text.utf8), algorithm: "PS256"))
        #expect(try find(token, try set(key.json)) == .refused(.algorithmNotTheKeys))
        var free = key.json
        free["alg"] = Optional<JSONValue>.none
        #expect(try find(token, try set(free)) == .genuine(key: "k", .ps256))
        // Of the same key without the set's word, those that are allowed count alone.
        #expect(
            SignatureCheck.find(try SignedToken(token), try set(free), allowed: [.rs256])
                == .refused(.algorithmNotTaken))
    }

    @Test("a public key is no shared secret (CVE-2015-9235)", arguments: ["HS256", "HS384", "HS512"])
    func confusion(_ name: String) throws {
        let key = try IssuerKey("RS256", id: "k")
        let pem = try #require(key.publicPEM)
        let header: JSONValue = ["alg": .string(name), "kid": "k", "typ": "JWT"]
        let text = TestToken.encode(header) + "." + TestToken.encode(Self.claims)
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: Array(pem.utf8)))
        #expect(try find(text + "." + TestToken.encode(code), try set(key.json)) == .refused(.algorithmNotTaken))
    }

    @Test("nothing is not a signature", arguments: ["none", "None", "NONE", "nOnE", ""])
    func none(_ name: String) throws {
        let set = try set(try IssuerKey("ES256", id: "k").json)
        let header: JSONValue = ["alg": .string(name)]
        let text = TestToken.encode(header) + "." + TestToken.encode(Self.claims)
        #expect(throws: SignedToken.Malformed.self) { try SignedToken(text + ".") }
        guard !name.isEmpty else { return }
        #expect(try find(text + ".AAAA", set) == .refused(.algorithmNotTaken))
    }

    @Test("a key that the token brings along is not looked at") func embedded() throws {
        let (ours, theirs) = (try IssuerKey("ES256", id: "k"), try IssuerKey("ES256", id: "k"))
        let hostile: [String: JSONValue] = [
            "jwk": .object(theirs.json), "jku": "https://attacker.example/jwks", "x5u": "https://attacker.example/x5",
            "x5c": ["AAAA"],
        ]
        let set = try set(ours.json)
        #expect(try find(TestToken.make(Self.claims, by: theirs, header: hostile), set) == .refused(.wrongSignature))
        #expect(try find(TestToken.make(Self.claims, by: ours, header: hostile), set) == .genuine(key: "k", .es256))
    }

    @Test(
        "a key's name is compared and nothing else",
        arguments: ["../k", "k' OR '1'='1", "k\u{0}", "K", " k", "k ", "", "/dev/null", "%6B"])
    func names(_ name: String) throws {
        let key = try IssuerKey("ES256", id: "k")
        let text = try TestToken.make(Self.claims, by: key, header: ["kid": .string(name)])
        #expect(try find(text, try set(key.json)) == .refused(.unknownKey))
    }

    @Test("names that look alike are two names") func composed() throws {
        let key = try IssuerKey("ES256", id: "\u{E9}")
        let text = try TestToken.make(Self.claims, by: key, header: ["kid": "e\u{301}"])
        #expect(try find(text, try set(key.json)) == .refused(.unknownKey))
    }

    @Test("without a name every key that fits is tried") func nameless() throws {
        let keys = try ["ES256", "ES256", "EdDSA"].enumerated().map { try IssuerKey($0.element, id: "k\($0.offset)") }
        let text = try TestToken.make(Self.claims, by: keys[1], header: ["kid": .null])
        #expect(try find(text, try set(keys[0].json, keys[1].json, keys[2].json)) == .genuine(key: "k1", .es256))
        #expect(try find(text, try set(keys[0].json, keys[2].json)) == .refused(.wrongSignature))
        #expect(try find(text, try set(keys[2].json)) == .refused(.noKeyFits))
    }

    @Test("a key that cannot be used says why") func unusable() throws {
        let key = try IssuerKey("ES256", id: "k")
        var json = key.json
        json["use"] = "enc"
        #expect(
            try find(TestToken.make(Self.claims, by: key), try set(json))
                == .refused(.unusableKey("its `use` is not `sig`")))
    }

    @Test("numbers of a curve's signature stand side by side at their full length") func shapes() throws {
        let key = try IssuerKey("ES256", id: "k")
        let set = try set(key.json)
        let header: JSONValue = ["alg": "ES256", "kid": "k"]
        let text = TestToken.encode(header) + "." + TestToken.encode(Self.claims)
        let bytes = Array(text.utf8)
        let good = try key.sign(bytes)
        let (r, s) = (Array(good.prefix(32)), Array(good.suffix(32)))
        let zero = [UInt8](repeating: 0, count: 32)
        let order: [UInt8] = [
            0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD,
            0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
        ]
        let wrong: [[UInt8]] = [
            try key.signAsASN1(bytes), [0] + r + [0] + s, r + s + [0], Array(good.dropLast()), zero + zero, zero + s,
            r + zero, order + s, r + order, [UInt8](repeating: 0xFF, count: 64), s + r,
        ]
        for signature in wrong {
            #expect(try find(text + "." + TestToken.encode(signature), set) == .refused(.wrongSignature))
        }
        #expect(try find(text + "." + TestToken.encode(good), set) == .genuine(key: "k", .es256))
    }

    @Test("an RSA signature is as long as the key") func lengths() throws {
        let key = try IssuerKey("RS256", id: "k")
        let set = try set(key.json)
        let header: JSONValue = ["alg": "RS256", "kid": "k"]
        let text = TestToken.encode(header) + "." + TestToken.encode(Self.claims)
        let good = try key.sign(Array(text.utf8))
        for signature in [[0] + good, good + [0], Array(good.dropLast()), [UInt8](repeating: 0, count: 256)] {
            #expect(try find(text + "." + TestToken.encode(signature), set) == .refused(.wrongSignature))
        }
    }
}

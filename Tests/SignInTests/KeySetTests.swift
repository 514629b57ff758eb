import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SignIn

@Suite("Key sets")
struct KeySetTests {
    private static let point =
        #""crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#
    private static let edwards = #""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#

    private static func modulus(_ bytes: Int) -> String {
        TestToken.encode([0xC5] + [UInt8](repeating: 0x5A, count: bytes - 2) + [0x07])
    }

    /// A key's members, and a word of why it is not used.
    static let unusableKeys: [(key: String, reason: String)] = [
        (#""kty":"oct","k":"AAAA""#, "shared secret"),
        (#""kty":"XYZ""#, "`kty`"),
        (#""x":"AAAA""#, "no `kty`"),
        (#""kty":7"#, "not a string"),
        (#""kty":"EC",\#(point),"use":"enc""#, "`use`"),
        (#""kty":"EC",\#(point),"key_ops":["sign"]"#, "key_ops"),
        (#""kty":"EC",\#(point),"key_ops":["sign, verify"]"#, "key_ops"),
        (#""kty":"EC",\#(point),"key_ops":"verify""#, "key_ops"),
        (#""kty":"EC",\#(point),"alg":"ES384""#, "`alg`"),
        (#""kty":"EC",\#(point),"alg":"HS256""#, "`alg`"),
        (#""kty":"EC",\#(point),"alg":"ES521""#, "`alg`"),
        (#""kty":"EC",\#(point),"alg":"none""#, "`alg`"),
        (#""kty":"EC",\#(point),"d":"AAAA""#, "private"),
        (#""kty":"EC",\#(point.replacing("P-256", with: "P-384"))"#, "bytes of P-384"),
        (#""kty":"EC",\#(point.replacing("P-256", with: "secp256k1"))"#, "`crv`"),
        // Not on the curve, by its last byte.
        (#""kty":"EC",\#(point.replacing("WI5a0", with: "WI5a4"))"#, "no point"),
        // Without the leading zero that its length asks for.
        (#""kty":"EC","crv":"P-521","x":"AAAA","y":"AAAA""#, "bytes of P-521"),
        (#""kty":"RSA",\#(point)"#, "`n`"),
        (#""kty":"RSA","n":"\#(modulus(128))","e":"AQAB""#, "1024 bits"),
        (#""kty":"RSA","n":"\#(modulus(255))","e":"AQAB""#, "2040 bits"),
        (#""kty":"RSA","n":"\#(modulus(2_049))","e":"AQAB""#, "16392 bits"),
        (#""kty":"RSA","n":"\#(modulus(256))","e":"AQ""#, "exponent"),
        (#""kty":"RSA","n":"\#(modulus(256))","e":"AA""#, "exponent"),
        (#""kty":"RSA","n":"\#(modulus(256))","e":"Ag""#, "exponent"),
        (#""kty":"RSA","n":"\#(modulus(256))","e":"AQAAAAAB""#, "exponent"),
        (#""kty":"RSA","n":"\#(modulus(256))=","e":"AQAB""#, "base64url"),
        (#""kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#, "`crv`"),
        (#""kty":"OKP","crv":"Ed25519","x":"AAAA""#, "3 bytes"),
        // The neutral point, one of order 8, and one that is not reduced.
        (#""kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA""#, "small order"),
        (#""kty":"OKP","crv":"Ed25519","x":"xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o""#, "small order"),
        (#""kty":"OKP","crv":"Ed25519","x":"7v_______________________________________38""#, "small order"),
    ]

    @Test("keys that cannot be used are passed over, with the reason", arguments: unusableKeys.indices)
    func unusable(_ index: Int) throws {
        let (members, reason) = Self.unusableKeys[index]
        let text = #"{"keys":[{\#(members),"kid":"bad"},{\#(Self.edwards),"kid":"good"}]}"#
        let set = try KeySet(parsing: Array(text.utf8))
        #expect(set.keys.map(\.id) == ["good"])
        let skipped = try #require(set.skipped.first)
        #expect(skipped.id == "bad" && skipped.index == 0)
        #expect(skipped.reason.contains(reason), "\(skipped.reason)")
    }

    @Test("a private half is not read where it may stand") func privateHalf() throws {
        let text = #"{"keys":[{"kty":"EC",\#(Self.point),"d":"AAAA"}]}"#
        #expect(try KeySet(parsing: Array(text.utf8), takesPrivate: true).keys.count == 1)
    }

    @Test("two keys of one name are both passed over") func duplicates() throws {
        let text =
            #"{"keys":[{\#(Self.edwards),"kid":"a"},{"kty":"EC",\#(Self.point),"kid":"a"},{"kty":"EC",\#(Self.point)}]}"#
        let set = try KeySet(parsing: Array(text.utf8))
        #expect(set.keys.count == 1 && set.skipped.map(\.id) == ["a", "a"])
        #expect(!set.holds("a"))
    }

    @Test(
        "what is no set is refused whole",
        arguments: [
            "", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[],"keys":[]}"#, #"{"kty":"OKP"}"#,
            #"{"keys":[{"kty":"OKP","kty":"EC"}]}"#, #"{"keys":[]} "x""#,
        ]) func refused(_ text: String)
    {
        #expect(throws: SignInError.self) { try KeySet(parsing: Array(text.utf8)) }
    }

    @Test("an RSA key without an algorithm has all of RSA's, and no other") func rsa() throws {
        var key = try IssuerKey("RS256", id: "r").json
        key["alg"] = Optional<JSONValue>.none
        let value: JSONValue = ["keys": [.object(key)]]
        let set = try KeySet(parsing: Array(value.compactText.utf8))
        #expect(set.keys.first?.algorithms == [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512])
    }
}

import AccessModel
import StrictJSON
import TestSupport
import Testing

@testable import SignIn

/// What a token must be, claim by claim: each case is a token that is right but for one thing.
@Suite("Rules of tokens")
struct TokenRulesTests {
    private static let now = Sample.now
    private static let seconds = now.milliseconds / 1_000
    private static let issuer = "https://login.example.com"

    private static func rules(_ kind: TokenRules.Kind = .access) -> TokenRules {
        TokenRules(issuer: issuer, audience: "tenure", kind: kind)
    }

    private static var claims: JSONObject {
        var claims = JSONObject()
        claims["iss"] = .string(issuer)
        claims["aud"] = "tenure"
        claims["sub"] = "user-1"
        claims["iat"] = .integer(seconds - 10)
        claims["nbf"] = .integer(seconds - 10)
        claims["exp"] = .integer(seconds + 300)
        return claims
    }

    private func judge(
        _ change: [String: JSONValue] = [:], header: [String: JSONValue] = [:], _ rules: TokenRules = rules()
    ) throws -> TokenVerdict {
        let key = try IssuerKey("ES256", id: "k")
        var claims = Self.claims
        for (name, value) in change { claims[name] = value }
        return try verdict(claims, key, header, rules)
    }

    private func verdict(
        _ claims: JSONObject, _ key: IssuerKey, _ header: [String: JSONValue], _ rules: TokenRules
    ) throws -> TokenVerdict {
        let set: JSONValue = ["keys": [.object(key.json)]]
        let text = try TestToken.make(.object(claims), by: key, header: header)
        return TokenVerdict.judge(text, by: rules, try KeySet(parsing: Array(set.compactText.utf8)), at: Self.now)
    }

    @Test("one that is right is accepted, and says of everything that it is") func right() throws {
        let verdict = try judge()
        #expect(verdict.isAccepted && verdict.reason.isEmpty)
        #expect(verdict.findings.map(\.claim) == ["signature", "typ", "iss", "aud", "sub", "exp", "nbf", "iat"])
    }

    /// The claim, what it is instead, and which findings refuse it.
    static let wrongClaims: [(claim: String, value: JSONValue)] = [
        ("iss", "https://login.example.com/"), ("iss", "https://LOGIN.example.com"),
        ("iss", "http://login.example.com"),
        ("iss", "https://login.example.com.attacker.example"), ("iss", ["https://login.example.com"]), ("iss", 7),
        ("aud", "tenure/"), ("aud", "Tenure"), ("aud", "other"), ("aud", []), ("aud", ["other"]),
        ("aud", ["tenure", 7]),
        ("aud", ["a": "tenure"]), ("aud", 7),
        ("azp", "other"), ("azp", 7), ("azp", "Tenure"),
        ("sub", ""), ("sub", 7), ("sub", nil),
        ("exp", .integer(seconds - 30)), ("exp", .integer(seconds - 31)), ("exp", .string("\(seconds + 300)")),
        ("exp", nil), ("exp", -1), ("exp", .number(1e300)), ("exp", true),
        ("nbf", .integer(seconds + 31)), ("nbf", .string("\(seconds)")), ("nbf", nil),
        ("iat", .integer(seconds + 31)), ("iat", "now"),
    ]

    @Test("one thing that is wrong refuses it, and is named", arguments: wrongClaims.indices)
    func wrong(_ index: Int) throws {
        let (claim, value) = Self.wrongClaims[index]
        let verdict = try judge([claim: value])
        #expect(!verdict.isAccepted)
        #expect(verdict.refusals.map(\.claim) == [claim], "\(verdict.reason)")
    }

    @Test("what has to be there is missed", arguments: ["iss", "aud", "sub", "exp"]) func missing(_ name: String) throws
    {
        var claims = Self.claims
        claims[name] = Optional<JSONValue>.none
        let verdict = try verdict(claims, try IssuerKey("ES256", id: "k"), [:], Self.rules())
        #expect(verdict.refusals.map(\.claim) == [name] && verdict.refusals.first?.found == nil)
    }

    @Test("what may be missing is not missed") func optional() throws {
        var claims = Self.claims
        claims["nbf"] = Optional<JSONValue>.none
        claims["iat"] = Optional<JSONValue>.none
        #expect(try verdict(claims, try IssuerKey("ES256", id: "k"), [:], Self.rules()).isAccepted)
    }

    @Test("clocks may differ a little and no more") func leeway() throws {
        #expect(try judge(["exp": .integer(Self.seconds - 29)]).isAccepted)
        #expect(try !judge(["exp": .integer(Self.seconds - 30)]).isAccepted)
        #expect(try judge(["nbf": .integer(Self.seconds + 30)]).isAccepted)
        #expect(try judge(["exp": .number(Double(Self.seconds) - 29.5)]).isAccepted)
    }

    @Test("among several audiences it says whose it is") func audiences() throws {
        #expect(try judge(["aud": ["tenure"]]).isAccepted)
        #expect(try judge(["aud": ["other", "tenure"]]).refusals.map(\.claim) == ["azp"])
        #expect(try judge(["aud": ["other", "tenure"], "azp": "tenure"]).isAccepted)
        #expect(try judge(["aud": ["other", "tenure"], "azp": "other"]).refusals.map(\.claim) == ["azp"])
        var rules = Self.rules()
        rules.authorizedParties = ["tenure-cli"]
        #expect(try judge(["azp": "tenure-cli"], rules).isAccepted)
    }

    private func judge(_ change: [String: JSONValue], _ rules: TokenRules) throws -> TokenVerdict {
        try judge(change, header: [:], rules)
    }

    @Test(
        "a token is of a kind",
        arguments: [
            (
                TokenRules.Kind.access, ["at+jwt", "JWT", "application/at+JWT", nil],
                ["secevent+jwt", "logout+jwt", "dpop+jwt"]
            ),
            (.identity, ["JWT", "jwt", nil], ["at+jwt", "logout+jwt"]), (.workload, ["JWT", nil], ["at+jwt"]),
            (.own, ["at+jwt"], ["JWT", nil, "jwt"]), (.any, ["at+jwt", "JWT", nil], ["token-introspection+jwt"]),
        ] as [(TokenRules.Kind, [String?], [String?])])
    func kinds(_ kind: TokenRules.Kind, _ taken: [String?], _ refused: [String?]) throws {
        func header(_ type: String?) -> [String: JSONValue] { ["typ": type.map { .string($0) } ?? .null] }
        for type in taken { #expect(try judge(header: header(type), Self.rules(kind)).isAccepted, "\(type ?? "none")") }
        for type in refused {
            let verdict = try judge(header: header(type), Self.rules(kind))
            #expect(verdict.refusals.map(\.claim) == ["typ"], "\(type ?? "none")")
        }
    }

    @Test("an issuer's algorithms are those that are usual") func algorithms() throws {
        let key = try IssuerKey("ES384", id: "k")
        #expect(try verdict(Self.claims, key, [:], Self.rules()).refusals.map(\.claim) == ["signature"])
        var rules = Self.rules()
        rules.algorithms.insert(.es384)
        #expect(try verdict(Self.claims, key, [:], rules).isAccepted)
    }

    @Test("it is not good for long") func lifetime() throws {
        var rules = Self.rules()
        rules.maximumLifetime = .seconds(310)
        #expect(try judge([:], rules).isAccepted)
        #expect(try judge(["exp": .integer(Self.seconds + 301)], rules).refusals.map(\.claim) == ["lifetime"])
        #expect(try judge(["iat": .integer(Self.seconds - 11)], rules).refusals.map(\.claim) == ["lifetime"])
    }

    @Test("a subject or a nonce that is asked for is exact") func exact() throws {
        var rules = Self.rules(.identity)
        rules.subject = "repo:acme/app:ref:refs/heads/main"
        for other in ["repo:acme/app:ref:refs/heads/main2", "repo:acme/app:*", "repo:acme/app", "*", "REPO:acme/app"] {
            #expect(try judge(["sub": .string(other)], rules).refusals.map(\.claim) == ["sub"])
        }
        #expect(try judge(["sub": .string(rules.subject ?? "")], rules).isAccepted)
        rules.subject = nil
        rules.nonce = "canary-nonce"
        #expect(try judge(["nonce": "canary-nonce"], rules).isAccepted)
        for other in ["canary-nonc", "", "x"] as [JSONValue] {
            let verdict = try judge(["nonce": other], rules)
            #expect(verdict.refusals.map(\.claim) == ["nonce"])
            #expect(!verdict.json.compactText.contains("canary"))
        }
        #expect(try judge([:], rules).refusals.map(\.claim) == ["nonce"])
    }

    @Test("letters that are composed otherwise are others") func bytes() throws {
        var rules = Self.rules()
        rules.audience = "caf\u{E9}"
        rules.authorizedParties = []
        #expect(try judge(["aud": "cafe\u{301}"], rules).refusals.map(\.claim) == ["aud"])
        #expect(try judge(["aud": "caf\u{E9}"], rules).isAccepted)
    }

    @Test("everything that is wrong is said at once") func several() throws {
        let verdict = try judge(["iss": "x", "aud": "y", "exp": 1], header: ["typ": "logout+jwt"])
        #expect(verdict.refusals.map(\.claim) == ["typ", "iss", "aud", "exp"])
    }

    @Test(
        "a payload that is no object, or says a thing twice, is no token",
        arguments: ["[]", #"{"sub":"a","sub":"b"}"#, "x"])
    func payload(_ text: String) throws {
        let key = try IssuerKey("ES256", id: "k")
        let header: JSONValue = ["alg": "ES256", "kid": "k"]
        let signed = TestToken.encode(header) + "." + TestToken.encode(Array(text.utf8))
        let token = signed + "." + TestToken.encode(try key.sign(Array(signed.utf8)))
        let set: JSONValue = ["keys": [.object(key.json)]]
        let keys = try KeySet(parsing: Array(set.compactText.utf8))
        #expect(TokenVerdict.judge(token, by: Self.rules(), keys, at: Self.now).refusals.map(\.claim) == ["payload"])
        // The signature alone is genuine: what is signed is not looked at.
        #expect(TokenVerdict.judgeSignature(of: token, keys).isAccepted)
    }

    @Test("what is found is one line of a length, without what moves a cursor") func printable() throws {
        let verdict = try judge(["sub": .string("\u{1B}[2J\n\u{202E}" + String(repeating: "x", count: 4_000))])
        let found = try #require(verdict.findings.first { $0.claim == "sub" }?.found)
        #expect(found.unicodeScalars.count <= 301 && !found.contains("\u{1B}") && !found.contains("\n"))
        #expect(!found.unicodeScalars.contains("\u{202E}"))
    }
}

import Foundation
import StrictJSON
import TestSupport
import Testing

/// `tenure token`, as it is typed.
@Suite struct TokenCommandTests {
    private static let seconds: Int64 = 1_795_251_600

    private func claims(_ issuer: String, _ change: [String: JSONValue] = [:]) -> JSONValue {
        var claims = JSONObject()
        claims["iss"] = .string(issuer)
        claims["aud"] = "https://tenure.mountainlab.io"
        claims["sub"] = "repo:mountainlab/payments-service:environment:live"
        claims["iat"] = .integer(Self.seconds)
        claims["exp"] = .integer(Self.seconds + 300)
        for (name, value) in change { claims[name] = value }
        return .object(claims)
    }

    private func rehearsal(_ keys: [IssuerKey]) throws -> Rehearsal {
        let rehearsal = try Rehearsal()
        let set: JSONValue = ["keys": .array(keys.map { .object($0.json) } + [["kty": "oct", "k": "AAAA"]])]
        try set.compactText.write(toFile: rehearsal.path("keys.json"), atomically: true, encoding: .utf8)
        return rehearsal
    }

    @Test func aSignatureIsVerifiedByItself() async throws {
        let key = try IssuerKey("ES256", id: "k")
        let rehearsal = try rehearsal([key])
        let token = try TestToken.make(["any": "thing"], by: key)
        try await rehearsal.expect(0, "token", "verify", "--signature-only", "--jwks", "keys.json", token)
        try await rehearsal.expect(
            0, "token", "verify", "--signature-only", "--jwks", "keys.json", "-", input: token + "\n")
        for wrong in [token + "x", token + "=", "", "x", String(token.dropLast(9)), token + "\n"] {
            try await rehearsal.expect(1, "token", "verify", "--signature-only", "--jwks", "keys.json", wrong)
        }
        try await rehearsal.expect(1, "token", "verify", "--signature-only", "--jwks", "nowhere.json", token)
        try await rehearsal.expect(1, "token", "verify", "--jwks", "keys.json", token)
    }

    @Test func aTokenIsVerifiedOfflineClaimByClaim() async throws {
        let key = try IssuerKey("EdDSA", id: "k")
        let rehearsal = try rehearsal([key])
        let issuer = "https://login.mountainlab.io"
        func verify(_ status: Int32, _ change: [String: JSONValue], at: String = "2026-11-21T09:01:00Z") async throws
            -> JSONValue
        {
            let token = try TestToken.make(claims(issuer, change), by: key)
            let outcome = try await rehearsal.run([
                "token", "verify", "--jwks", "keys.json", "--iss", issuer, "--aud", "https://tenure.mountainlab.io",
                "--at", at,
                "-o", "json", token,
            ])
            #expect(outcome.status == status, "\(outcome.everything)")
            // What is secret of a token is its last part.
            #expect(!outcome.everything.contains(token.split(separator: ".")[2]))
            return try JSONParser.parse(outcome.output)
        }
        #expect(try await verify(0, [:])["accepted"] == true)
        let over = try await verify(1, [:], at: "2026-11-21T10:00:00Z")
        let refused = (over["claims"]?.array ?? []).filter { $0["accepted"] == false }.map { $0["claim"]?.string }
        #expect(refused == ["exp"])
        _ = try await verify(1, ["iss": .string(issuer + "/")])
        _ = try await verify(1, ["aud": ["https://tenure.mountainlab.io", "x"]])
    }

    @Test func aRunnersTokenIsHeldAgainstWhatIsDeclared() async throws {
        let key = try IssuerKey("RS256", id: "k")
        let rehearsal = try rehearsal([key])
        let issuer = "https://token.actions.githubusercontent.com"
        func inspect(_ status: Int32, _ change: [String: JSONValue]) async throws -> TenureCommand.Outcome {
            let audience: [String: JSONValue] = ["aud": "api://AzureADTokenExchange"]
            let token = try TestToken.make(
                claims(issuer, audience.merging(change) { _, new in new }), by: key)
            let outcome = try await rehearsal.run([
                "token", "inspect", "--definitions", "mountainlab", "--jwks", "keys.json", "--at",
                "2026-11-21T09:01:00Z",
                token,
            ])
            #expect(outcome.status == status, "\(outcome.everything)")
            return outcome
        }
        let good = try await inspect(0, [:])
        #expect(good.output.contains("workload:payments/live/deploy"))
        let other = try await inspect(1, ["sub": "repo:mountainlab/payments-service:environment:livid"])
        #expect(other.output.contains("it is another one") && other.output.contains("environment:live"))
        let stranger = try await inspect(1, ["iss": "https://issuer.attacker.example"])
        #expect(stranger.output.contains("no workload of this issuer is declared"))
        // With no state, and no folder, there is nothing to hold it against.
        try await rehearsal.expect(1, "token", "inspect", "--jwks", "keys.json", "x.y.z")
    }

    @Test func signingInKeepsTheTokensInAFileOfOnesOwn() async throws {
        guard let provider = try await NanoIDP.start() else { return }
        defer { provider.stop() }
        var rehearsal = try rehearsal([])
        rehearsal.clock = ""
        rehearsal.environment = ["XDG_CONFIG_HOME": rehearsal.path("config"), "TENURE_CLIENT_ID": NanoIDP.client]
        let file = rehearsal.path("config/tenure/credentials.json")
        let run = try rehearsal.start("login", "--device", "--issuer", provider.url)
        for _ in 0..<400 where try !run.errors().contains("enter the code") {
            try await Task.sleep(for: .milliseconds(25))
        }
        let shown = try run.errors()
        let code = try #require(shown.firstMatch(of: /enter the code ([A-Z0-9-]+)/)?.1)
        try provider.enter(String(code))
        let outcome = try await run.end()
        #expect(outcome.status == 0, "\(outcome.everything)")
        #expect(outcome.output.contains(NanoIDP.user))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let kept = try JSONParser.parse(try String(contentsOfFile: file, encoding: .utf8))
        let token = try #require(kept["access_token"]?.string)
        #expect(!outcome.everything.contains(token))
        try await rehearsal.expect(0, "logout")
        #expect(!FileManager.default.fileExists(atPath: file))
    }
}

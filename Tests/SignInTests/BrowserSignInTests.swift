import AccessModel
import AuditTrail
import Foundation
import Persistence
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SignIn

/// A browser at a provider and back.
@Suite("Sign-in of browsers")
struct BrowserSignInTests {
    private static let redirect = "https://tenure.example.com/login/callback"
    private static let origin = RequestOrigin(peer: "192.0.2.7", correlation: "req-1")

    private struct World {
        let issuer: TestIssuer
        let signIn: BrowserSignIn
        let database: any Database
        let clock: SimulatedClock

        /// What the provider sends the browser back with.
        func answer(to departure: BrowserSignIn.Departure) throws -> FormBody {
            let address = try #require(issuer.agree(to: departure.address))
            return try #require(FormBody(Array(address.split(separator: "?")[1].utf8)))
        }

        func refusal(_ query: FormBody, _ cookie: String?) async throws -> Record? {
            guard case .refused = try await signIn.arrive(query, cookie: cookie, from: origin) else { return nil }
            return try await database.read { session in
                try AuditLog(session).entries(AuditLog.Filter()).last?.record
            }
        }
    }

    private func world(
        secret: SecretText? = nil, claim: PersonClaim = .email, _ body: (World) async throws -> Void
    ) async throws {
        let clock = SimulatedClock(Sample.now)
        let issuer = try TestIssuer(["ES256"], now: { clock.now() })
        let settings = IssuerSettings(issuer.url)
        try await withTemporaryDatabase { database in
            let desk = SessionDesk(database: database, now: { clock.now() }, random: SecretBytes.make)
            let signIn = BrowserSignIn(
                client: ProviderClient(issuer: settings, id: "tenure", secret: secret), redirect: Self.redirect,
                keys: IssuerKeys(now: { clock.now() }), http: ProviderHTTP(settings, clock: { clock.now() }),
                desk: desk, personClaim: claim, roster: { BearerCheckTests.roster })
            try await body(World(issuer: issuer, signIn: signIn, database: database, clock: clock))
        }
    }

    @Test("there and back, with a session at the end") func signedIn() async throws {
        try await world(secret: SecretText("canary s:ecret")) { world in
            let departure = try await world.signIn.depart(to: "/people?x=1")
            let parts = try #require(URLComponents(string: departure.address)?.queryItems)
            func value(_ name: String) -> String? { parts.first { $0.name == name }?.value }
            #expect(value("redirect_uri") == Self.redirect && value("scope") == "openid email")
            #expect(value("code_challenge_method") == "S256" && value("response_type") == "code")
            let cookie = departure.cookie.reveal()
            let arrival = try await world.signIn.arrive(
                try world.answer(to: departure), cookie: cookie, from: Self.origin)
            guard case .signedIn(let begun, let destination) = arrival else {
                Issue.record("\(arrival)")
                return
            }
            #expect(begun.session.person == Sample.id("e-0001") && destination == "/people?x=1")
            let asked = try #require(world.issuer.requests.last { $0.path == "/token" })
            // RFC 6749, 2.3.1: escaped before they are joined.
            let pair = Data("tenure:canary%20s%3Aecret".utf8).base64EncodedString()
            #expect(asked.headers["authorization"] == "Basic " + pair)
            let log = try await world.database.read { session in
                try AuditLog(session).entries(AuditLog.Filter()).map { $0.record.json.compactText }.joined()
            }
            #expect(log.contains("session.began") && log.contains("user-1"))
            for secret in ["canary", cookie, begun.secret.reveal(), value("code_challenge") ?? "-"] {
                #expect(!log.contains(secret))
            }
        }
    }

    /// What comes back changed, and why it is refused.
    private static let returns: [(change: @Sendable (FormBody) -> FormBody, reason: String)] = [
        ({ FormBody($0.fields.filter { $0.name != "state" }) }, "state"),
        ({ FormBody($0.fields.map { $0.name == "state" ? .init("state", $0.value + "x") : $0 }) }, "state"),
        ({ FormBody($0.fields.filter { $0.name != "code" }) }, "no code"),
        ({ FormBody($0.fields.map { $0.name == "code" ? .init("code", "other") : $0 }) }, "invalid_grant"),
        ({ FormBody($0.fields + [.init("iss", "https://attacker.example")]) }, "another issuer"),
        ({ FormBody($0.fields.filter { $0.name == "state" } + [.init("error", "access_denied")]) }, "access_denied"),
    ]

    @Test("an answer that is not to this browser's question is refused", arguments: returns.indices)
    func altered(_ index: Int) async throws {
        let (change, reason) = Self.returns[index]
        try await world { world in
            let departure = try await world.signIn.depart(to: nil)
            let query = change(try world.answer(to: departure))
            let record = try #require(try await world.refusal(query, departure.cookie.reveal()))
            #expect(record.known == .signInRefused)
            #expect(record.body["reason"]?.string?.contains(reason) == true, "\(record.body)")
        }
    }

    @Test("nor is one to another browser's") func otherBrowser() async throws {
        try await world { world in
            let (mine, theirs) = (try await world.signIn.depart(to: nil), try await world.signIn.depart(to: nil))
            let query = try world.answer(to: theirs)
            for cookie in [mine.cookie.reveal(), nil, "", "x.y.z"] {
                #expect(try await world.refusal(query, cookie) != nil)
            }
            // The cookie's parts hang together: another destination is another question.
            let parts = theirs.cookie.reveal().split(separator: ".").map(String.init)
            let moved = "\(parts[0]).\(parts[1]).\(Base64URL.encode("/evil".utf8))"
            #expect(try await world.refusal(query, moved) != nil)
        }
    }

    @Test("it takes a while and no longer, and a code is good once") func late() async throws {
        try await world { world in
            let departure = try await world.signIn.depart(to: nil)
            let query = try world.answer(to: departure)
            guard
                case .signedIn = try await world.signIn.arrive(
                    query, cookie: departure.cookie.reveal(), from: Self.origin)
            else {
                Issue.record("refused")
                return
            }
            #expect(try await world.refusal(query, departure.cookie.reveal()) != nil)
            let late = try await world.signIn.depart(to: nil)
            world.clock.advance(by: .minutes(10))
            #expect(try await world.refusal(try world.answer(to: late), late.cookie.reveal()) != nil)
        }
    }

    /// What the ID token says instead, and the claim that refuses it.
    private static let tokens: [(change: @Sendable (inout JSONObject) -> Void, claim: String)] = [
        ({ $0["nonce"] = "other" }, "nonce"), ({ $0["nonce"] = Optional<JSONValue>.none }, "nonce"),
        ({ $0["aud"] = "other" }, "aud"), ({ $0["aud"] = ["tenure", "other"] }, "azp"),
        ({ $0["azp"] = "other" }, "azp"),
        ({ $0["iss"] = "https://attacker.example" }, "iss"), ({ $0["exp"] = 1 }, "exp"),
        ({ $0["email"] = "leo@mountainlab.io" }, "email"), ({ $0["email_verified"] = false }, "email"),
        ({ $0["email"] = "two@mountainlab.io" }, "email"),
    ]

    @Test("an ID token that is wrong in one thing makes no session", arguments: tokens.indices)
    func identity(_ index: Int) async throws {
        let (change, claim) = Self.tokens[index]
        try await world { world in
            world.issuer.change { $0.alter = change }
            let departure = try await world.signIn.depart(to: nil)
            let record = try #require(
                try await world.refusal(try world.answer(to: departure), departure.cookie.reveal()))
            let refused = (record.body["claims"]?.array ?? []).filter { $0["accepted"] == false }
            #expect(refused.map { $0["claim"]?.string } == [claim])
            #expect(
                try await world.database.read { try $0.query("SELECT id FROM sessions").isEmpty })
        }
    }

    @Test("a provider that says that it names itself has to (RFC 9207)") func named() async throws {
        try await world { world in
            world.issuer.change { $0.namesItself = true }
            let departure = try await world.signIn.depart(to: nil)
            let query = try world.answer(to: departure)
            let nameless = FormBody(query.fields.filter { $0.name != "iss" })
            #expect(try await world.refusal(nameless, departure.cookie.reveal()) != nil)
            guard
                case .signedIn = try await world.signIn.arrive(
                    query, cookie: departure.cookie.reveal(), from: Self.origin)
            else {
                Issue.record("refused")
                return
            }
        }
    }

    @Test("where the address is with the user's data alone, that is asked, for the same subject") func userInfo()
        async throws
    {
        try await world { world in
            world.issuer.change { behaviour in
                behaviour.alter = { claims in
                    claims["email"] = Optional<JSONValue>.none
                    claims["email_verified"] = Optional<JSONValue>.none
                }
                behaviour.userInfo = ["sub": "user-1", "email": "ana@mountainlab.io", "email_verified": true]
            }
            let first = try await world.signIn.depart(to: nil)
            guard
                case .signedIn(let begun, _) = try await world.signIn.arrive(
                    try world.answer(to: first), cookie: first.cookie.reveal(), from: Self.origin)
            else {
                Issue.record("refused")
                return
            }
            #expect(begun.session.person == Sample.id("e-0001"))
            world.issuer.change { behaviour in
                behaviour.userInfo = ["sub": "user-2", "email": "ana@mountainlab.io", "email_verified": true]
            }
            let second = try await world.signIn.depart(to: nil)
            #expect(try await world.refusal(try world.answer(to: second), second.cookie.reveal()) != nil)
        }
    }

    @Test(
        "afterwards it goes to a page of this server and nowhere else",
        arguments: [
            "//attacker.example", "https://attacker.example", "/\\attacker.example", "javascript:alert(1)", "", "a",
            "/a b", "/\n", "/\u{E9}",
        ]) func destinations(_ path: String)
    {
        let attempt = SignInAttempt(random: SecretBytes.make(), destination: path, at: Sample.now)
        #expect(attempt.destination == "/")
    }

    @Test("what goes to the provider says nothing of the cookie") func apart() throws {
        let attempt = SignInAttempt(random: SecretBytes.make(), destination: "/x", at: Sample.now)
        let values = [attempt.state, attempt.nonce, attempt.verifier, attempt.encoded.reveal()]
        #expect(Set(values).count == 4)
        // RFC 7636, 4.1: 43 to 128 characters.
        #expect((43...128).contains(attempt.verifier.utf8.count))
        let again = try #require(SignInAttempt(cookie: attempt.encoded.reveal(), at: Sample.now))
        #expect(again.state == attempt.state && again.verifier == attempt.verifier && again.destination == "/x")
        // RFC 7636, appendix B.
        #expect(
            CodeChallenge.s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
                == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }
}

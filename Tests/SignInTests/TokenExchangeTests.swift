import AccessModel
import AuditTrail
import Definitions
import Persistence
import StrictJSON
import TestSupport
import Testing

@testable import SignIn

/// Runners bring their own tokens: who is given one of ours, and who is not.
@Suite("Token exchange")
struct TokenExchangeTests {
    private static let server = "https://tenure.example.com"
    private static let subject = "repo:mountainlab/payments-service:environment:live"
    private static let audience = "api://tenure"
    private static let origin = RequestOrigin(peer: "192.0.2.7", correlation: "req-1")

    /// A world with an issuer, an organisation that declares one of its workloads, and a log.
    private struct World {
        let issuer: TestIssuer
        let database: any Database
        let exchange: TokenExchange
        let mint: TokenMint
        let clock: SimulatedClock

        /// - Parameter change: What else is sent; `-` leaves a field out.
        func ask(_ token: String, _ change: [String: String] = [:]) async throws -> TokenExchange.Given {
            var fields: [String: String] = [
                "grant_type": ExchangeRequest.grantType, "subject_token": token,
                "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            ]
            for (name, value) in change { fields[name] = value }
            var form = FormBody()
            for (name, value) in fields.sorted(by: { $0.key < $1.key }) where value != "-" { form.add(name, value) }
            return try await exchange.exchange(form, from: origin)
        }

        func refusal(_ token: String, _ change: [String: String] = [:]) async throws -> ExchangeError? {
            do {
                _ = try await ask(token, change)
                return nil
            } catch let error as ExchangeError {
                return error
            }
        }

        func token(
            sub: String = subject, aud: JSONValue = .string(audience), header: [String: JSONValue] = [:],
            by key: IssuerKey? = nil, _ alter: (inout JSONObject) -> Void = { _ in }
        ) throws -> String {
            try issuer.token(aud: aud, sub: sub, header: header, by: key, alter)
        }

        func records() async throws -> [Record] {
            try await database.read { session in
                try AuditLog(session).entries(AuditLog.Filter()).map(\.record)
            }
        }
    }

    private func workload(
        _ issuer: String, tenant: String = "payments", tier: String = "live", name: String = "deploy",
        subject: String = subject, end: Workload.End? = nil
    ) -> Workload {
        Workload(
            tenant: Sample.slug(tenant), tier: Sample.slug(tier), name: Sample.slug(name), issuer: issuer,
            subject: subject, audience: Self.audience, end: end,
            place: SourceLocation(file: "tenants/\(tenant).yaml", line: 8, column: 3))
    }

    private func world(
        takesOnce: Bool = false, _ more: @Sendable (String) -> [Workload] = { _ in [] },
        end: Workload.End? = nil, _ body: (World) async throws -> Void
    ) async throws {
        let clock = SimulatedClock(Sample.now)
        let issuer = try TestIssuer(["ES256"], now: { clock.now() })
        var builder = OrganizationBuilder()
        builder.tenant("payments", admins: ["marta"])
        builder.organization.tenants[0].workloads = [workload(issuer.url, end: end)] + more(issuer.url)
        let organization = builder.organization
        let mint = try TokenMint(
            server: Self.server, keys: [try TokenKey(derivedFrom: SecretText("secret"), generation: 1)],
            newID: { "tok-1" })
        var settings = IssuerSettings(issuer.url)
        settings.takesTokensOnce = takesOnce
        try await withTemporaryDatabase { database in
            let exchange = TokenExchange(
                database: database, mint: mint, keys: IssuerKeys(now: { clock.now() }),
                issuers: IssuerDirectory(workloadIssuers: [settings]), organization: { organization },
                now: { clock.now() })
            try await body(
                World(issuer: issuer, database: database, exchange: exchange, mint: mint, clock: clock))
        }
    }

    @Test("a declared runner gets a token for its group, for a quarter of an hour, and it is recorded")
    func given() async throws {
        try await world { world in
            let token = try world.token()
            let given = try await world.ask(token)
            #expect(given.group == Sample.group("payments/live/operator"))
            #expect(given.workload.description == "workload:payments/live/deploy")
            #expect(given.lifetime == .minutes(15))
            let answer = given.json
            #expect(answer["token_type"] == "Bearer" && answer["expires_in"] == 900)
            #expect(answer["issued_token_type"]?.string == "urn:ietf:params:oauth:token-type:access_token")
            #expect(answer["scope"] == "payments/live/operator")
            let ours = given.token.reveal()
            #expect(TokenVerdict.judge(ours, by: world.mint.rules, world.mint.keySet, at: Sample.now).isAccepted)
            let later = Sample.now + .minutes(16)
            #expect(!TokenVerdict.judge(ours, by: world.mint.rules, world.mint.keySet, at: later).isAccepted)
            let record = try #require(try await world.records().last)
            #expect(record.known == .tokenExchanged && record.actor == "workload:payments/live/deploy")
            #expect(record.body["subject"]?.string == Self.subject && record.body["peer"] == "192.0.2.7")
            let everything = try await world.records().map { $0.json.compactText }.joined()
            #expect(!everything.contains(token) && !everything.contains(ours))
            #expect(!everything.contains(ours.split(separator: ".")[2]))
        }
    }

    /// What is wrong with a token, and the claim that says so.
    private static let wrongTokens: [(change: @Sendable (inout JSONObject) -> Void, claim: String)] = [
        ({ $0["sub"] = "repo:mountainlab/payments-service:ref:refs/heads/main" }, "sub"),
        ({ $0["sub"] = "repo:mountainlab/payments-service:environment:live2" }, "sub"),
        ({ $0["sub"] = "repo:mountainlab/payments-service:environment:*" }, "sub"),
        ({ $0["sub"] = "repo:mountainlab/payments-service:environment:Live" }, "sub"),
        ({ $0["sub"] = "repo:mountainlab/payments-service" }, "sub"),
        ({ $0["sub"] = "repo:attacker/payments-service:environment:live" }, "sub"),
        ({ $0["sub"] = "" }, "sub"),
        ({ $0["sub"] = Optional<JSONValue>.none }, "sub"),
        ({ $0["aud"] = "api://other" }, "aud"),
        ({ $0["aud"] = ["api://tenure", "api://other"] }, "azp"),
        ({ $0["iss"] = .string(($0["iss"]?.string ?? "") + "/") }, "iss"),
        ({ $0["iss"] = "https://token.actions.githubusercontent.com" }, "iss"),
        ({ $0["exp"] = .integer(Sample.now.milliseconds / 1_000 - 31) }, "exp"),
        ({ $0["exp"] = .integer(Sample.now.milliseconds / 1_000 + 90_000) }, "lifetime"),
        ({ $0["nbf"] = .integer(Sample.now.milliseconds / 1_000 + 100) }, "nbf"),
    ]

    @Test(
        "anything that is not exactly as declared is refused, and recorded claim by claim",
        arguments: wrongTokens.indices)
    func refused(_ index: Int) async throws {
        let (change, claim) = Self.wrongTokens[index]
        try await world { world in
            let token = try world.token(change)
            let error = try #require(try await world.refusal(token))
            #expect(error.code == .invalidRequest)
            #expect(error.verdict?.refusals.map(\.claim).contains(claim) == true, "\(error.verdict?.reason ?? "")")
            let record = try #require(try await world.records().last)
            #expect(record.known == .tokenRefused && record.actor == "tenure")
            #expect(record.body["claims"]?.array?.isEmpty == false)
            #expect(!record.json.compactText.contains(token))
            // Nothing that is declared is told to whoever asked.
            #expect(!error.message.contains("mountainlab"))
        }
    }

    @Test("a token that another key signed, or that says another type, is refused") func forged() async throws {
        try await world { world in
            let theirs = try IssuerKey("ES256", id: "k1")
            #expect(
                try await world.refusal(try world.token(by: theirs))?.verdict?.refusals.map(\.claim) == ["signature"])
            let typed = try world.token(header: ["typ": "at+jwt"])
            #expect(try await world.refusal(typed)?.verdict?.refusals.map(\.claim) == ["typ"])
        }
    }

    @Test("an issuer that nobody declares is never asked for its keys (CVE-2021-22696)")
    func undeclared() async throws {
        let stranger = try TestIssuer(["ES256"], now: { Sample.now })
        try await world { world in
            let token = try stranger.token(aud: .string(Self.audience), sub: Self.subject)
            #expect(try await world.refusal(token)?.verdict?.refusals.first?.claim == "iss")
            let hostile = try world.token(header: ["jku": .string(stranger.url + "/jwks"), "kid": "k9"])
            #expect(try await world.refusal(hostile)?.verdict?.refusals.map(\.claim) == ["signature"])
        }
        #expect(stranger.paths.isEmpty)
    }

    /// What is wrong with a request, and the error of the specification.
    private static let wrongRequests: [(change: [String: String], code: ExchangeError.Code)] = [
        (["grant_type": "client_credentials"], .unsupportedGrantType), (["grant_type": "-"], .invalidRequest),
        (["subject_token": "-"], .invalidRequest), (["subject_token": "a.b.c"], .invalidRequest),
        (["subject_token_type": "urn:ietf:params:oauth:token-type:saml2"], .invalidRequest),
        (["subject_token_type": "-"], .invalidRequest), (["actor_token": "x"], .invalidRequest),
        (["requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"], .invalidRequest),
        (["audience": "https://other.example.com"], .invalidTarget),
        (["resource": "https://x.example"], .invalidTarget),
        (["scope": "payments/live/admin"], .invalidScope), (["scope": "payments/live/operator openid"], .invalidScope),
        (["scope": "*"], .invalidScope), (["scope": "payments/sandbox/operator"], .invalidRequest),
        (["scope": "logistics/live/operator"], .invalidRequest),
    ]

    @Test("requests are read strictly, and every refusal is recorded", arguments: wrongRequests.indices)
    func requests(_ index: Int) async throws {
        let (change, code) = Self.wrongRequests[index]
        try await world { world in
            let error = try #require(try await world.refusal(try world.token(), change))
            #expect(error.code == code)
            #expect(try await world.records().map(\.known) == [.tokenRefused])
        }
    }

    @Test("what is asked for may be said") func said() async throws {
        try await world { world in
            let given = try await world.ask(
                try world.token(),
                [
                    "audience": Self.server, "scope": "payments/live/operator",
                    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
                    "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
                ])
            #expect(given.group.path == "payments/live/operator")
        }
    }

    @Test("a subject that is declared for several groups says for which it asks") func several() async throws {
        let more: @Sendable (String) -> [Workload] = { issuer in
            [self.workload(issuer, tier: "sandbox", name: "test")]
        }
        try await world(more) { world in
            #expect(try await world.refusal(try world.token())?.verdict?.refusals.map(\.claim) == ["group"])
            let given = try await world.ask(try world.token(), ["scope": "payments/sandbox/operator"])
            #expect(given.workload.description == "workload:payments/sandbox/test")
        }
    }

    @Test("a declaration that is over is none, and its last token ends with it") func over() async throws {
        let day = Sample.day("2026-11-21")
        try await world(end: Workload.End(lastDay: day, at: Sample.now + .minutes(5))) { world in
            let token = try world.token()
            #expect(try await world.ask(token).lifetime == .minutes(5))
            world.clock.advance(by: .minutes(5))
            #expect(try await world.refusal(token)?.verdict?.refusals.map(\.claim) == ["workload"])
        }
    }

    @Test("where an issuer's tokens are taken once, the second time is refused") func once() async throws {
        try await world(takesOnce: true) { world in
            let token = try world.token { $0["jti"] = "id-1" }
            _ = try await world.ask(token)
            #expect(try await world.refusal(token)?.verdict?.refusals.map(\.claim) == ["jti"])
            _ = try await world.ask(try world.token { $0["jti"] = "id-2" })
            #expect(try await world.refusal(try world.token())?.verdict?.refusals.map(\.claim) == ["jti"])
            let kinds = try await world.records().map(\.known)
            #expect(kinds == [.tokenExchanged, .tokenRefused, .tokenExchanged, .tokenRefused])
        }
    }

    @Test("an issuer that is down is not the runner's fault") func down() async throws {
        try await world { world in
            let token = try world.token()
            world.issuer.change { $0.isDown = true }
            #expect(try await world.refusal(token)?.code == .temporarilyUnavailable)
            #expect(try await world.records().map(\.known) == [.tokenRefused])
        }
    }

    @Test("no token without a record") func unrecorded() async throws {
        try await world { world in
            try await world.database.write { try $0.execute("DROP TABLE audit_leaves") }
            await #expect(throws: PersistenceError.self) { try await world.ask(try world.token()) }
        }
    }

    @Test("a tenant's file leads to no address within: its issuer is asked there only where that is configured")
    func withinTheWalls() async throws {
        try await world { world in
            let workload = workload(world.issuer.url)
            var builder = OrganizationBuilder()
            builder.tenant("payments", admins: ["marta"])
            builder.organization.tenants[0].workloads = [workload]
            let organization = builder.organization
            let exchange = TokenExchange(
                database: world.database, mint: world.mint, keys: IssuerKeys(now: { world.clock.now() }),
                issuers: IssuerDirectory(), organization: { organization }, now: { world.clock.now() })
            let asked = world.issuer.requests.count
            var form = FormBody()
            form.add("grant_type", ExchangeRequest.grantType)
            form.add("subject_token", try world.token())
            form.add("subject_token_type", "urn:ietf:params:oauth:token-type:jwt")
            let sent = form
            await #expect(throws: ExchangeError.self) { try await exchange.exchange(sent, from: Self.origin) }
            #expect(world.issuer.requests.count == asked, "it was asked")
            let near = ["http://127.0.0.1:8080", "https://localhost", "https://[::1]:8443", "https://10.0.0.1"]
            #expect(near.allSatisfy { IssuerDirectory().workloadIssuer($0).reach == .anywherePublic })
        }
    }
}

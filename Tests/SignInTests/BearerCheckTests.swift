import AccessModel
import Definitions
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SignIn

@Suite("Bearer tokens")
struct BearerCheckTests {
    private static let server = "https://tenure.example.com"

    static func state(
        _ id: String, _ email: String, _ presence: PersonState.Presence = .active, kind: Person.Kind = .employee,
        aliases: [String] = []
    ) -> PersonState {
        let person = Person(
            id: Sample.id(id), email: Sample.email(email), aliases: aliases.map { Sample.email($0) }, kind: kind)
        return PersonState(
            person: person, presence: presence, presenceCause: Sample.snapshot, presenceSince: Sample.now)
    }

    static let roster = Roster([
        state("e-0001", "ana", aliases: ["ana.old"]), state("e-0002", "leo", .left), state("e-0003", "sue", .suspended),
        state("e-0004", "new", .notStarted(Sample.day("2027-01-01"))), state("e-0005", "bot", kind: .service),
        state("e-0006", "two"), state("e-0007", "dos", aliases: ["two"]), state("e-0008", "re"),
        state("e-0009", "re", .left),
    ])

    private static func mint(_ secret: String = "secret", generation: Int = 1) throws -> TokenMint {
        try TokenMint(
            server: server, keys: [try TokenKey(derivedFrom: SecretText(secret), generation: generation)],
            newID: { "tok" })
    }

    private func check(
        _ issuer: TestIssuer, claim: PersonClaim = .email, organization: Organization? = nil
    ) throws -> BearerCheck {
        let rules = BearerCheck.ProviderRules(
            issuer: IssuerSettings(issuer.url), audience: "tenure", clients: ["tenure-cli"], personClaim: claim)
        return BearerCheck(
            mint: try Self.mint(), provider: rules, keys: IssuerKeys(now: { Sample.now }), roster: { Self.roster },
            organization: { organization }, now: { Sample.now })
    }

    private func outcome(_ alter: (inout JSONObject) -> Void, claim: PersonClaim = .email) async throws
        -> BearerCheck.Outcome
    {
        let issuer = try TestIssuer(now: { Sample.now })
        return try await check(issuer, claim: claim).judge(try issuer.token(aud: "tenure", alter))
    }

    @Test("a person by an address or an alias that the provider has verified") func person() async throws {
        for address in ["ana@mountainlab.io", "ANA@mountainlab.io", "ana.old@mountainlab.io"] {
            let outcome = try await outcome { $0["email"] = .string(address) }
            #expect(outcome == .accepted(.person(Sample.id("e-0001"), .token)))
        }
        #expect(
            try await outcome { $0["email"] = "re@mountainlab.io" } == .accepted(.person(Sample.id("e-0008"), .token)))
        #expect(try await outcome { $0["azp"] = "tenure-cli" } == .accepted(.person(Sample.id("e-0001"), .token)))
    }

    @Test(
        "nobody else",
        arguments: [
            "leo", "sue", "new", "bot", "two", "nobody", "ana@mountainlab.io.attacker.example", "ana@other.example",
        ])
    func nobody(_ name: String) async throws {
        let address = Sample.email(name).text
        guard case .refused(let verdict) = try await outcome({ $0["email"] = .string(address) }) else {
            Issue.record("\(name) is let in")
            return
        }
        #expect(verdict.refusals.map(\.claim) == ["email"])
    }

    @Test("an address counts when the provider has verified it", arguments: [false, nil, "true", 1] as [JSONValue])
    func unverified(_ value: JSONValue) async throws {
        guard case .refused(let verdict) = try await outcome({ $0["email_verified"] = value }) else {
            Issue.record("taken: \(value)")
            return
        }
        #expect(verdict.refusals.map(\.claim) == ["email"])
    }

    @Test("or by a claim that holds HR's id") func byID() async throws {
        let claim = PersonClaim("employee")
        #expect(
            try await outcome({ $0["employee"] = "e-0001" }, claim: claim)
                == .accepted(.person(Sample.id("e-0001"), .token)))
        for other in ["E-0001", "e-0001 ", "e-9999", "", "e-0002", "e-0005", 1] as [JSONValue] {
            guard case .refused = try await outcome({ $0["employee"] = other }, claim: claim) else {
                Issue.record("taken: \(other)")
                return
            }
        }
    }

    @Test("a token of another issuer, audience or client is nobody's") func strangers() async throws {
        let (issuer, stranger) = (try TestIssuer(now: { Sample.now }), try TestIssuer(now: { Sample.now }))
        let check = try check(issuer)
        let tokens = [
            try stranger.token(aud: "tenure"), try issuer.token(aud: "other"),
            try issuer.token(aud: "tenure") { $0["azp"] = "other-client" },
            try issuer.token(aud: "tenure", by: try IssuerKey("ES256", id: "k1")), "x", "",
        ]
        for token in tokens {
            guard case .refused = try await check.judge(token) else {
                Issue.record("taken: \(token)")
                return
            }
        }
        #expect(stranger.paths.isEmpty)
    }

    @Test("a claim that the token lacks is asked for once, and counts for its subject alone") func information()
        async throws
    {
        let issuer = try TestIssuer(now: { Sample.now })
        let settings = IssuerSettings(issuer.url)
        let keys = IssuerKeys(now: { Sample.now })
        let rules = BearerCheck.ProviderRules(
            issuer: settings, audience: "tenure", clients: [], personClaim: .email)
        func check() throws -> BearerCheck {
            let information = UserInformation(
                issuer: settings, keys: keys, http: ProviderHTTP(settings, clock: { Sample.now }), now: { Sample.now })
            return BearerCheck(
                mint: try Self.mint(), provider: rules, keys: keys, information: information,
                roster: { Self.roster }, organization: { nil }, now: { Sample.now })
        }
        let token = try issuer.token(aud: "tenure") { $0["email"] = Optional<JSONValue>.none }
        func answer(_ subject: String) {
            issuer.change {
                $0.userInfo = ["sub": .string(subject), "email": "ana@mountainlab.io", "email_verified": true]
            }
        }
        answer("user-1")
        let good = try check()
        for _ in 0..<3 { #expect(try await good.judge(token) == .accepted(.person(Sample.id("e-0001"), .token))) }
        #expect(
            issuer.requests.filter { $0.path == "/userinfo" }.map { $0.headers["authorization"] } == ["Bearer \(token)"]
        )
        answer("user-2")
        guard case .refused(let verdict) = try await check().judge(token) else {
            Issue.record("another's address is taken")
            return
        }
        #expect(verdict.refusals.map(\.claim) == ["email"])
        issuer.change { $0.userInfo = nil }
        guard case .refused = try await check().judge(token) else {
            Issue.record("taken without an answer")
            return
        }
        // Nobody is asked about a token that does not count.
        let before = issuer.paths.count { $0 == "/userinfo" }
        _ = try await check().judge(try issuer.token(aud: "other") { $0["email"] = Optional<JSONValue>.none })
        #expect(issuer.paths.count { $0 == "/userinfo" } == before)
    }

    private func organization() -> Organization {
        var builder = OrganizationBuilder()
        builder.tenant("payments", admins: ["marta"])
        builder.workload("payments", "live", "deploy")
        return builder.organization
    }

    private func workload(_ name: String = "deploy", group: String = "payments/live/operator", by mint: TokenMint)
        throws -> String
    {
        let identity = IdentityID.workload(
            tenant: Sample.slug("payments"), tier: Sample.slug("live"), name: Sample.slug(name))
        return try mint.mint(for: identity, group: Sample.group(group), at: Sample.now).token.reveal()
    }

    @Test("a workload may do what its group is for and nothing else") func workload() async throws {
        let issuer = try TestIssuer(now: { Sample.now })
        let check = try check(issuer, organization: organization())
        guard case .accepted(let principal) = try await check.judge(try workload(by: try Self.mint())) else {
            Issue.record("refused")
            return
        }
        #expect(principal.description == "workload:payments/live/deploy" && principal.person == nil)
        #expect(principal.mayOperate(tenant: Sample.slug("payments"), tier: Sample.slug("live")))
        #expect(!principal.mayOperate(tenant: Sample.slug("payments"), tier: Sample.slug("sandbox")))
        #expect(!principal.mayOperate(tenant: Sample.slug("logistics"), tier: Sample.slug("live")))
        #expect(
            !Principal.person(Sample.id("e-0001"), .token).mayOperate(
                tenant: Sample.slug("payments"), tier: Sample.slug("live")))
    }

    @Test("not once it is declared no more, for another group, or by another installation's key")
    func withdrawn() async throws {
        let issuer = try TestIssuer(now: { Sample.now })
        let declared = try check(issuer, organization: organization())
        let empty = try check(issuer, organization: OrganizationBuilder().organization)
        let ours = try workload(by: try Self.mint())
        let cases = [
            try await empty.judge(ours), try await declared.judge(try workload("other", by: try Self.mint())),
            try await declared.judge(try workload(group: "payments/sandbox/operator", by: try Self.mint())),
            try await declared.judge(try workload(group: "payments/live/admin", by: try Self.mint())),
            try await declared.judge(try workload(by: try Self.mint("another"))),
            try await declared.judge(try workload(by: try Self.mint(generation: 2))),
        ]
        for outcome in cases {
            guard case .refused = outcome else {
                Issue.record("\(outcome)")
                return
            }
        }
    }

    @Test("a key follows from the secret and the generation, and says nothing") func derived() throws {
        let one = try TokenKey(derivedFrom: SecretText("canary-secret"), generation: 1)
        let again = try TokenKey(derivedFrom: SecretText("canary-secret"), generation: 1)
        let next = try TokenKey(derivedFrom: SecretText("canary-secret"), generation: 2)
        #expect(one.id == again.id && one.json == again.json && one.id != next.id)
        var dumped = ""
        dump(one, to: &dumped)
        #expect(!dumped.contains("canary") && !one.json.compactText.contains("canary"))
        let set = try KeySet(
            parsing: Array(JSONValue.object(JSONObject([.init(name: "keys", value: [one.json])])).compactText.utf8))
        #expect(set.keys.count == 1)
    }
}

import AccessModel
import AuditTrail
import Definitions
import HTTPTypes
import Persistence
import SignIn
import StrictJSON
import Synchronization
import TestSupport
import Testing
import WebServer

@testable import ControlPlane

/// Signing in as a browser and a runner see it: requests in, answers out, without a network but the provider's.
@Suite("Routes of signing in")
struct SignInRouteTests {
    private static let server = "https://tenure.example.com"

    private struct World {
        let issuer: TestIssuer
        let table: RouteTable
        let signIn: ServerSignIn
        let database: any Database

        func send(
            _ method: HTTPRequest.Method, _ path: String, query: [WebQuery.Item] = [], headers: HTTPFields = [:],
            body: String = "", isLoopback: Bool = false
        ) async -> WebResponse {
            await table.respond(
                to: SignInRouteTests.request(
                    method, path, query: query, headers: headers, body: body, isLoopback: isLoopback))
        }

        /// The cookies that an answer sets, by their names.
        func cookies(_ response: WebResponse) -> [String: String] {
            var cookies: [String: String] = [:]
            for field in response.headers[fields: .setCookie] {
                let pair = field.value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
                if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
            }
            return cookies
        }

        /// A browser that is signed in.
        func session() async throws -> String {
            let away = await send(.get, "login", query: [WebQuery.Item("to", "/people")])
            let attempt = try #require(cookies(away)["__Host-tenure-sign-in"])
            let address = try #require(away.headers[.location])
            let back = try #require(issuer.agree(to: address))
            let items = back.split(separator: "?")[1].split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                return WebQuery.Item(parts[0], parts[1])
            }
            let home = await send(
                .get, "login/callback", query: items, headers: [.cookie: "__Host-tenure-sign-in=\(attempt)"])
            #expect(home.status == .seeOther && home.headers[.location] == "/people")
            return try #require(cookies(home)["__Host-tenure-session"])
        }
    }

    static func request(
        _ method: HTTPRequest.Method, _ path: String, query: [WebQuery.Item] = [], headers: HTTPFields = [:],
        body: String = "", isLoopback: Bool = false
    ) -> WebRequest {
        WebRequest(
            method: method, path: path.split(separator: "/").map(String.init), query: WebQuery(query), headers: headers,
            body: Array(body.utf8), correlation: "req-1",
            peer: WebPeer(address: isLoopback ? "127.0.0.1" : "192.0.2.7", isLoopback: isLoopback))
    }

    private func world(_ body: (World) async throws -> Void) async throws {
        let issuer = try TestIssuer(["ES256"], now: { Sample.now })
        let now: @Sendable () -> Instant = { Sample.now }
        let provider = SignInSettings.Provider(
            client: ProviderClient(issuer: IssuerSettings(issuer.url), id: "tenure"), audience: "tenure")
        let settings = SignInSettings(server: Self.server + "/", provider: provider)
        let person = PersonState(
            person: Person(id: Sample.id("e-0001"), email: Sample.email("ana")), presence: .active,
            presenceCause: Sample.snapshot, presenceSince: Sample.now)
        let roster: @Sendable () async throws -> Roster = { Roster([person]) }
        var builder = OrganizationBuilder()
        builder.tenant("payments", admins: ["ana"])
        builder.organization.tenants[0].workloads = [
            Workload(
                tenant: Sample.slug("payments"), tier: Sample.slug("live"), name: Sample.slug("deploy"),
                issuer: issuer.url, subject: "repo:a/b:environment:live", audience: "api://tenure",
                place: SourceLocation(file: "tenants/payments.yaml", line: 8, column: 3))
        ]
        let organization = builder.organization
        try await withTemporaryDatabase { database in
            let keys = IssuerKeys(now: now)
            let mint = try TokenMint(
                server: settings.server, keys: [try TokenKey(derivedFrom: SecretText("secret"), generation: 1)],
                newID: { "tok-1" })
            let desk = SessionDesk(database: database, now: now, random: SecretBytes.make)
            let active = Mutex(true)
            let signIn = ServerSignIn(
                settings: settings, desk: desk, mint: mint,
                exchange: TokenExchange(
                    database: database, mint: mint, keys: keys,
                    issuers: IssuerDirectory(workloadIssuers: [IssuerSettings(issuer.url)]),
                    organization: { organization }, now: now),
                bearer: BearerCheck(
                    mint: mint,
                    provider: BearerCheck.ProviderRules(
                        issuer: provider.client.issuer, audience: provider.audience, clients: provider.clients,
                        personClaim: provider.personClaim),
                    keys: keys, roster: roster, organization: { organization }, now: now),
                browser: BrowserSignIn(
                    client: provider.client, redirect: settings.redirect, keys: keys,
                    http: ProviderHTTP(provider.client.issuer, clock: now), desk: desk, personClaim: .email,
                    roster: roster),
                isActive: { _ in active.withLock { $0 } })
            let table = RouteTable([RouteTable.Branch(signIn.routes())])
            try await body(World(issuer: issuer, table: table, signIn: signIn, database: database))
        }
    }

    private func json(_ response: WebResponse) throws -> JSONValue {
        guard case .bytes(let bytes) = response.body else { return .null }
        return try JSONParser.parse(bytes)
    }

    private func status(_ body: () async throws -> Principal) async throws -> HTTPResponse.Status? {
        do {
            _ = try await body()
            return nil
        } catch let problem as Problem {
            return problem.status
        }
    }

    @Test("a browser goes to the provider and comes back with a session") func browser() async throws {
        try await world { world in
            let cookie = "__Host-tenure-session=\(try await world.session())"
            let read = Self.request(.get, "api", headers: [.cookie: cookie])
            #expect(try await world.signIn.authenticate(read) == .person(Sample.id("e-0001"), .session))
            let session = try #require(try await world.signIn.session(of: read))
            func write(_ headers: HTTPFields) -> WebRequest {
                var headers = headers
                headers[.cookie] = cookie
                return Self.request(.post, "api", headers: headers)
            }
            let form = try #require(HTTPField.Name("X-Tenure-Form"))
            // Without what its own pages send along, it could be any site's.
            #expect(
                try await status { try await world.signIn.authenticate(write([.origin: Self.server])) } == .forbidden)
            #expect(
                try await status {
                    try await world.signIn.authenticate(
                        write([.origin: "https://attacker.example", form: session.forgeryToken]))
                } == .forbidden)
            let good = write([.origin: Self.server, form: session.forgeryToken])
            #expect(try await world.signIn.authenticate(good).person == Sample.id("e-0001"))
        }
    }

    @Test("signing out is a request that another site cannot make, and ends the session") func signOut() async throws {
        try await world { world in
            let cookie = "__Host-tenure-session=\(try await world.session())"
            let token = try #require(
                try await world.signIn.session(of: Self.request(.get, "x", headers: [.cookie: cookie]))?.forgeryToken)
            let type = "application/x-www-form-urlencoded"
            let forged = await world.send(
                .post, "logout", headers: [.cookie: cookie, .origin: "https://attacker.example", .contentType: type],
                body: "form_token=\(token)")
            #expect(forged.status == .forbidden)
            let out = await world.send(
                .post, "logout", headers: [.cookie: cookie, .origin: Self.server, .contentType: type],
                body: "form_token=\(token)")
            #expect(out.status == .seeOther)
            #expect(
                try await status {
                    try await world.signIn.authenticate(Self.request(.get, "x", headers: [.cookie: cookie]))
                }
                    == .unauthorized)
        }
    }

    @Test("what comes back wrong is refused without a session") func refused() async throws {
        try await world { world in
            let answer = await world.send(
                .get, "login/callback", query: [WebQuery.Item("code", "x"), WebQuery.Item("state", "y")])
            #expect(answer.status == .forbidden && world.cookies(answer)["__Host-tenure-session"] == nil)
            let problem = try json(answer)
            #expect(problem["code"] == "sign-in-refused")
            let twice = await world.send(
                .get, "login/callback", query: [WebQuery.Item("code", "x"), WebQuery.Item("code", "y")])
            #expect(twice.status == .badRequest)
        }
    }

    @Test("a bootstrap link is good on this machine, and through no proxy") func bootstrap() async throws {
        try await world { world in
            let link = try await world.signIn.desk.makeBootstrapLink(for: Sample.id("e-0001"), actor: "local:root")
            let item = [WebQuery.Item("secret", link.secret.reveal())]
            #expect(await world.send(.get, "bootstrap", query: item).status == .forbidden)
            let forwarded = try #require(HTTPField.Name("X-Forwarded-For"))
            let proxied = await world.send(
                .get, "bootstrap", query: item, headers: [forwarded: "203.0.113.7"], isLoopback: true)
            #expect(proxied.status == .forbidden)
            let good = await world.send(.get, "bootstrap", query: item, isLoopback: true)
            #expect(good.status == .seeOther && world.cookies(good)["__Host-tenure-session"] != nil)
            #expect(good.headers[.cacheControl] == "no-store")
            #expect(await world.send(.get, "bootstrap", query: item, isLoopback: true).status == .forbidden)
        }
    }

    @Test("a runner exchanges its token, and the token it gets is one that the API takes") func exchange() async throws
    {
        try await world { world in
            let token = try world.issuer.token(aud: "api://tenure", sub: "repo:a/b:environment:live")
            func form(_ token: String) -> String {
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=\(token)"
                    + "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt"
            }
            let type: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            let given = await world.send(.post, "oauth/token", headers: type, body: form(token))
            #expect(given.status == .ok && given.headers[.cacheControl] == "no-store")
            let grant = try json(given)
            let ours = try #require(grant["access_token"]?.string)
            let principal = try await world.signIn.authenticate(
                Self.request(.post, "api", headers: [.authorization: "Bearer \(ours)"]))
            #expect(principal.operatorGroup == Sample.group("payments/live/operator"))
            let refused = await world.send(.post, "oauth/token", headers: type, body: form(token + "x"))
            #expect(refused.status == .badRequest)
            let error = try json(refused)
            #expect(error["error"] == "invalid_request")
            #expect(await world.send(.post, "oauth/token", body: "{}").status == .unsupportedMediaType)
            let twice = await world.send(.post, "oauth/token", headers: type, body: form(token) + "&subject_token=x")
            #expect(twice.status == .badRequest)
            let keys = try json(await world.send(.get, ".well-known/jwks.json"))
            #expect(keys["keys"]?.array?.first?["kty"] == "OKP")
            #expect(!keys.compactText.contains("\"d\""))
            let document = try json(await world.send(.get, ".well-known/openid-configuration"))
            #expect(document["issuer"]?.string == Self.server)
        }
    }

    @Test("a bearer token is taken where it is one, and nothing else is") func bearer() async throws {
        try await world { world in
            let good = try world.issuer.token(aud: "tenure")
            let principal = try await world.signIn.authenticate(
                Self.request(.post, "api", headers: [.authorization: "bearer \(good)"]))
            #expect(principal == .person(Sample.id("e-0001"), .token))
            for header in [
                "Bearer", "Bearer ", "Basic \(good)", "Bearer \(good) x", "Bearer \(good)x", good, "Bearer  \(good)",
            ] {
                let request = Self.request(.get, "api", headers: [.authorization: header])
                #expect(
                    try await status { try await world.signIn.authenticate(request) } == .unauthorized,
                    "\(header.prefix(9))")
            }
            #expect(
                try await status { try await world.signIn.authenticate(Self.request(.get, "api")) } == .unauthorized)
        }
    }
}

import AccessModel
import HTTPTypes
import StrictJSON
import TestSupport
import Testing
import WebServer

@testable import API
@testable import ControlPlane

/// What another site makes a browser send: nothing that changes anything is taken from it, though the cookie is right.
@Suite struct ForgeryTests {
    private static let cookie = "__Host-tenure-session"

    /// What is wrong with a request that is not its own pages'.
    private struct Forgery {
        let name: String
        var origin: String? = ServerPlace.address
        var site: String?
        var token: String?
    }

    private func forgeries(_ good: String, _ other: String) -> [Forgery] {
        [
            Forgery(name: "without a token"), Forgery(name: "with an empty token", token: ""),
            Forgery(name: "with another session's token", token: other),
            Forgery(name: "with the cookie as token", token: "cookie"),
            Forgery(name: "of another origin", origin: "https://attacker.example", token: good),
            Forgery(name: "of a sandboxed page", origin: "null", token: good),
            Forgery(name: "of a neighbour", origin: "https://tenure.example.com.attacker.example", token: good),
            Forgery(name: "of another port", origin: "https://tenure.example.com:8443", token: good),
            Forgery(name: "of plain HTTP", origin: "http://tenure.example.com", token: good),
            Forgery(name: "in other case", origin: "https://TENURE.example.com", token: good),
            Forgery(name: "of no origin", origin: nil, token: good),
            Forgery(name: "of no origin across sites", origin: nil, site: "cross-site", token: good),
            Forgery(name: "across sites", site: "cross-site", token: good),
            Forgery(name: "of the same site", site: "same-site", token: good),
            Forgery(name: "typed by hand", site: "none", token: good),
        ]
    }

    private func ask(
        _ place: ServerPlace, _ method: HTTPRequest.Method, _ path: String, _ secret: String, _ forgery: Forgery
    ) throws -> ServerPlace.Ask {
        var ask = ServerPlace.Ask(method, path)
        ask.headers[.cookie] = "\(Self.cookie)=\(secret)"
        if let origin = forgery.origin { ask.headers[.origin] = origin }
        if let site = forgery.site, let name = HTTPField.Name("Sec-Fetch-Site") { ask.headers[name] = site }
        if let token = forgery.token, let name = HTTPField.Name("X-Tenure-Form") { ask.headers[name] = token }
        return ask
    }

    @Test func nothingIsChangedFromAnotherSite() async throws {
        try await ServerPlace.with { place in
            let id = try await InvalidBodyTests.pending(place).json["id"]?.string ?? ""
            let mine = try await place.session(APIPlace.marta)
            let other = try await place.session(APIPlace.marta)
            let secret = mine.secret.reveal()
            let before = try await place.standing()
            var routes = TenureAPI(place.installation, version: "", authenticate: { _ in nil }).operations
                .filter { $0.method != .get }.map { ($0.method, InvalidBodyTests.path($0, request: id)) }
            #expect(routes.count > 15)
            routes.append((.post, "/logout"))
            for (method, path) in routes {
                for forgery in forgeries(mine.session.forgeryToken, other.session.forgeryToken) {
                    let answer = await place.ask(try ask(place, method, path, secret, forgery))
                    #expect(answer.status == 403 && answer.isClear, "\(path) \(forgery.name): \(answer.status)")
                }
            }
            #expect(try await place.standing() == before)
            // Its own page may; the session is there still.
            let good = Forgery(name: "", token: mine.session.forgeryToken)
            let done = await place.ask(try ask(place, .post, "/api/v1/reconcile", secret, good))
            #expect(done.status == 200, "\(done.json)")
            let left = await place.ask(try ask(place, .post, "/logout", secret, good))
            #expect(left.status == 303)
            #expect(await place.ask(try ask(place, .get, "/api/v1/me", secret, good)).status == 401)
        }
    }

    /// A cookie is no bearer token, and the other way round.
    @Test func aCredentialIsGoodInItsPlaceAlone() async throws {
        try await ServerPlace.with { place in
            let session = try await place.session(APIPlace.marta).secret.reveal()
            let token = try place.token(APIPlace.marta)
            #expect(await place.ask(ServerPlace.Ask(.get, "/api/v1/me", bearer: token)).status == 200)
            for bearer in [session, "\(Self.cookie)=\(session)", place.scimToken] {
                #expect(await place.ask(ServerPlace.Ask(.get, "/api/v1/me", bearer: bearer)).status == 401)
            }
            for cookie in [
                "\(Self.cookie)=\(token)", "tenure-session=\(session)", "\(Self.cookie)=\(session); \(Self.cookie)=x",
                "\(Self.cookie.lowercased())=\(session)", "x=\(session)",
            ] {
                var ask = ServerPlace.Ask(.get, "/api/v1/me")
                ask.headers[.cookie] = cookie
                #expect(await place.ask(ask).status == 401, "\(cookie)")
            }
            // A token in the address would be in every log on the way.
            for name in ["access_token", "token", "bearer"] {
                var ask = ServerPlace.Ask(.get, "/api/v1/me")
                ask.query = [WebQuery.Item(name, token)]
                #expect(await place.ask(ask).status == 401, "\(name)")
            }
            // A wrong token is not mended by a right cookie.
            var both = ServerPlace.Ask(.get, "/api/v1/me", bearer: "wrong")
            both.headers[.cookie] = "\(Self.cookie)=\(session)"
            #expect(await place.ask(both).status == 401)
            for path in ["/scim/v2/Users", "/scim/v2/Groups"] {
                #expect(await place.ask(ServerPlace.Ask(.get, path, bearer: token)).status == 401, "\(path)")
            }
        }
    }

    @Test func cookiesAreKeptFromScriptsAndOtherSites() async throws {
        try await ServerPlace.with { place in
            let away = await place.ask(ServerPlace.Ask(.get, "/login"))
            let marta = try #require(PersonID(APIPlace.marta))
            let link = try await place.signIn.desk.makeBootstrapLink(for: marta, actor: "test")
            var first = ServerPlace.Ask(.get, "/bootstrap")
            first.query = [WebQuery.Item("secret", link.secret.reveal())]
            let home = await place.ask(first)
            for answer in [away, home] {
                let cookies = answer.headers[fields: .setCookie].map(\.value)
                #expect(!cookies.isEmpty && answer.status == 303)
                for cookie in cookies {
                    let parts = Set(cookie.split(separator: ";").map { $0.drop { $0 == " " }.lowercased() })
                    #expect(cookie.hasPrefix("__Host-"), "\(cookie)")
                    #expect(parts.isSuperset(of: ["httponly", "secure", "path=/", "samesite=lax"]), "\(cookie)")
                    #expect(!parts.contains { $0.hasPrefix("domain") })
                }
            }
        }
    }

    /// Where addresses in answers lead follows from the configuration, whatever a request takes this server for.
    @Test func addressesInAnswersAreOurs() async throws {
        try await ServerPlace.with { place in
            let headers = ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-Host", "Forwarded", "Host"]
            let names = headers.compactMap { HTTPField.Name($0) }
            func asking(_ method: HTTPRequest.Method, _ path: String, _ bearer: String?, _ body: JSONValue?) async
                -> Answer
            {
                var ask = ServerPlace.Ask(method, path, bearer: bearer, body)
                for name in names { ask.headers[name] = "attacker.example" }
                return await place.ask(ask)
            }
            let user: JSONValue = [
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "zoe@mountainlab.io",
                "emails": [["value": "zoe@mountainlab.io"]], "name": ["givenName": "Zoe", "familyName": "Lund"],
            ]
            let answers = [
                await asking(.get, "/login", nil, nil), await asking(.get, "/openapi.json", nil, nil),
                await asking(.get, "/.well-known/openid-configuration", nil, nil),
                await asking(.post, "/scim/v2/Users", place.scimToken, user),
                await asking(.get, "/scim/v2/Users", place.scimToken, nil),
                await asking(
                    .post, "/api/v1/requests", try place.token(APIPlace.ana),
                    ["group": "payments/live/contributor", "reason": "PAY-1", "wait": "0s"]),
            ]
            for answer in answers {
                #expect(answer.status < 400, "\(answer.status) \(answer.json)")
                #expect(!answer.headers.contains { $0.value.contains("attacker") })
                #expect(!answer.json.compactText.contains("attacker"))
            }
            #expect(answers[2].json["issuer"]?.string == ServerPlace.address)
            #expect(answers[3].headers[.location]?.hasPrefix(ServerPlace.address + "/scim/v2/Users/") == true)
            // Nor does a page that is asked for after sign-in lead anywhere else.
            for destination in [
                "//attacker.example", "https://attacker.example", "/\\attacker.example", "\\/x", "/\t/x", "@x",
            ] {
                var ask = ServerPlace.Ask(.get, "/login")
                ask.query = [WebQuery.Item("to", destination)]
                let away = await place.ask(ask)
                #expect(away.headers[.location]?.hasPrefix(place.issuer.url) == true)
                #expect(!(away.headers[.location] ?? "").contains("attacker"), "\(destination)")
            }
        }
    }
}

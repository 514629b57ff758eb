import AccessModel
import HTTPTypes
import SignIn
import StrictJSON
import WebServer

extension ServerSignIn {
    /// The routes of signing in, of exchanging tokens and of the keys by which others may check ours.
    public func routes() -> [Route] {
        [
            Route(.get, "/login") { request in try await login(request) },
            Route(.get, "/login/callback") { request in try await callback(request) },
            Route(.post, "/logout", bodyLimit: 4_096) { request in try await end(request) },
            Route(.get, "/bootstrap") { request in try await bootstrap(request) },
            Route(.post, "/oauth/token", bodyLimit: 65_536) { request in try await token(request) },
            Route(.get, "/.well-known/jwks.json") { _ in
                WebResponse.json(mint.keySetJSON, type: "application/jwk-set+json").with(.cacheControl, "max-age=300")
            },
            Route(.get, "/.well-known/openid-configuration") { _ in WebResponse.json(document) },
        ]
    }

    private var attempt: SessionCookie { .attempt(isEncrypted: settings.isEncrypted) }

    /// What this server says about itself (RFC 8414), for those who check its tokens.
    private var document: JSONValue {
        [
            "issuer": .string(settings.server), "jwks_uri": .string(settings.server + "/.well-known/jwks.json"),
            "token_endpoint": .string(settings.server + "/oauth/token"),
            "grant_types_supported": [.string(ExchangeRequest.grantType)],
            "token_endpoint_auth_methods_supported": ["none"], "response_types_supported": [],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["EdDSA"],
        ]
    }

    private func login(_ request: WebRequest) async throws -> WebResponse {
        try request.query.allow(["to"])
        guard let browser else {
            throw Problem.notFound(
                "no provider is configured; the first administrator signs in with the bootstrap link")
        }
        let departure: BrowserSignIn.Departure
        do {
            departure = try await browser.depart(to: try request.query.value("to"))
        } catch is SignInError {
            throw Problem.providerUnavailable
        }
        return WebResponse(
            .seeOther,
            headers: [
                .location: departure.address, .setCookie: attempt.set(departure.cookie, for: SignInAttempt.lifetime),
                .cacheControl: "no-store",
            ])
    }

    private func callback(_ request: WebRequest) async throws -> WebResponse {
        guard let browser else { throw Problem.notFound("no provider is configured") }
        let cookie = attempt.value(in: request.headers[.cookie])
        let arrival: BrowserSignIn.Arrival
        do {
            arrival = try await browser.arrive(try form(request.query), cookie: cookie, from: request.origin)
        } catch is SignInError {
            throw Problem.providerUnavailable
        }
        switch arrival {
        case .signedIn(let begun, let destination):
            var response = welcome(begun, to: destination)
            response.headers.append(HTTPField(name: .setCookie, value: attempt.cleared))
            return response
        case .refused(let told):
            throw Problem(
                .forbidden, "sign-in-refused", told,
                headers: [.setCookie: attempt.cleared, .cacheControl: "no-store"])
        }
    }

    private func bootstrap(_ request: WebRequest) async throws -> WebResponse {
        let secret = try request.query.value("secret") ?? ""
        let begun = try await desk.useBootstrapLink(
            secret, isLoopback: request.isFromThisMachine, from: request.origin)
        guard let begun else {
            throw Problem(
                .forbidden, "bootstrap-refused",
                "this link is not good here: it works once, for a quarter of an hour, on the server's own machine",
                headers: [.cacheControl: "no-store"])
        }
        return welcome(begun, to: "/")
    }

    /// RFC 8693; what is refused is answered as RFC 6749, 5.2, has it.
    private func token(_ request: WebRequest) async throws -> WebResponse {
        guard request.mediaType == "application/x-www-form-urlencoded" else {
            throw Problem.unsupportedMediaType(["application/x-www-form-urlencoded"])
        }
        do {
            let given = try await exchange.exchange(FormBody(request.body) ?? FormBody(), from: request.origin)
            return WebResponse.json(given.json).with(.cacheControl, "no-store")
        } catch let error as ExchangeError {
            let status: HTTPResponse.Status =
                error.code == .temporarilyUnavailable ? .serviceUnavailable : .badRequest
            let answer: JSONValue = [
                "error": .string(error.code.rawValue), "error_description": .string(error.message),
            ]
            return WebResponse.json(answer, status).with(.cacheControl, "no-store")
        }
    }

    private func form(_ query: WebQuery) throws(Problem) -> FormBody {
        var form = FormBody()
        for item in query.items {
            guard form[item.name] == nil else {
                throw .invalid("`\(item.name)` stands twice in the query", at: item.name)
            }
            form.add(item.name, item.value)
        }
        return form
    }
}

extension Problem {
    fileprivate static let providerUnavailable = Problem(
        .badGateway, "provider-unavailable", "the provider cannot be asked just now; the server's log says why")
}

import AccessModel
import AuditTrail
import HTTPTypes
import SignIn
import WebServer

/// Who speaks to a server: the routes by which somebody signs in and out, and who is behind a request.
public struct ServerSignIn: Sendable {
    let settings: SignInSettings
    let desk: SessionDesk
    let mint: TokenMint
    let exchange: TokenExchange
    let bearer: BearerCheck
    /// Nil without a provider.
    let browser: BrowserSignIn?
    let isActive: @Sendable (PersonID) async throws -> Bool

    private var cookie: SessionCookie { .session(isEncrypted: settings.isEncrypted) }

    /// Who is behind a request, by its bearer token or by its session.
    ///
    /// - Throws: `unauthorized` where nobody is; `forbidden` where a request that changes something carries a session and
    ///   may come from another site.
    public func authenticate(_ request: WebRequest) async throws -> Principal {
        if let header = request.headers[.authorization] { return try await authenticate(bearer: header) }
        guard let session = try await session(of: request) else { throw Problem.unauthorized() }
        let refusal = forgeryCheck.refusal(
            method: request.method.rawValue, origin: request.headers[.origin], fetchSite: request.fetchSite,
            token: request.formToken, session: session)
        if let refusal { throw Problem.forbidden(refusal.rawValue) }
        return .person(session.person, session.proof)
    }

    private func authenticate(bearer header: String) async throws -> Principal {
        let parts = header.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Problem.unauthorized() }
        switch try await bearer.judge(String(parts[1])) {
        case .accepted(let principal): return principal
        // Which of its claims is wrong helps its owner, and nobody else: they are in the token for all to read.
        case .refused(let verdict):
            let claims = verdict.refusals.map { "`\($0.claim)`" }.joined(separator: ", ")
            throw Problem(
                .unauthorized, "unauthorized", "the bearer token is refused for its \(claims)",
                headers: [.wwwAuthenticate: "Bearer realm=\"tenure\", error=\"invalid_token\""])
        }
    }

    /// The session that a request carries; nil for none, or for one that is over. Says nothing about forgery: for pages
    /// alone.
    public func session(of request: WebRequest) async throws -> BrowserSession? {
        guard let value = cookie.value(in: request.headers[.cookie]) else { return nil }
        return try await desk.find(value, isActive: isActive)
    }

    /// Ends all sessions of a person, for instance of one who leaves.
    @discardableResult
    public func endSessions(of person: PersonID, reason: String) async throws -> Int {
        try await desk.endSessions(of: person, reason: reason)
    }

    /// Sums up who was refused lately. A server does so every minute, and when it ends.
    public func sumUpRefusals() async throws { try await desk.refusals.flush() }

    var forgeryCheck: RequestForgeryCheck { RequestForgeryCheck(server: settings.server) }

    /// Ends the session that a request carries.
    func end(_ request: WebRequest) async throws -> WebResponse {
        if let value = cookie.value(in: request.headers[.cookie]) {
            guard let session = try await session(of: request) else { return signedOut }
            let refusal = forgeryCheck.refusal(
                method: request.method.rawValue, origin: request.headers[.origin], fetchSite: request.fetchSite,
                token: request.formToken, session: session)
            if let refusal { throw Problem.forbidden(refusal.rawValue) }
            try await desk.end(value)
        }
        return signedOut
    }

    private var signedOut: WebResponse {
        WebResponse(.seeOther, headers: [.location: "/", .setCookie: cookie.cleared, .cacheControl: "no-store"])
    }

    /// Sends a browser that is signed in to where it was going.
    func welcome(_ begun: SessionDesk.Begun, to destination: String) -> WebResponse {
        var response = WebResponse(
            .seeOther, headers: [.location: destination, .cacheControl: "no-store"])
        response.headers.append(
            HTTPField(name: .setCookie, value: cookie.set(begun.secret, for: settings.sessions.lifetime)))
        return response
    }
}

extension WebRequest {
    /// What the browser says of the relation between the page and this server.
    var fetchSite: String? { HTTPField.Name("Sec-Fetch-Site").flatMap { headers[$0] } }

    /// What a page puts into its forms: a header, or the field `form_token`.
    var formToken: String? {
        if let header = HTTPField.Name("X-Tenure-Form").flatMap({ headers[$0] }) { return header }
        guard mediaType == "application/x-www-form-urlencoded" else { return nil }
        return FormBody(body)?["form_token"]
    }

    var origin: RequestOrigin { RequestOrigin(peer: peer.address, correlation: correlation) }

    /// Whether it came from this machine, and no proxy says that it came for somebody else.
    var isFromThisMachine: Bool {
        let forwarding = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"].compactMap { HTTPField.Name($0) }
        return peer.isLoopback && forwarding.allSatisfy { headers[$0] == nil }
    }
}

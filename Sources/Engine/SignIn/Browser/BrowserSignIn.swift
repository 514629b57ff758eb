import AccessModel
import AuditTrail
import Definitions
import Persistence

/// Sign-in of a browser at the provider: authorization code with PKCE, bound to the browser that began it.
public struct BrowserSignIn: Sendable {
    /// Where to send the browser, and the cookie to give it first.
    public struct Departure: Sendable {
        public let address: String
        /// For the attempt's cookie, for ``SignInAttempt/lifetime``.
        public let cookie: SecretText
    }

    /// What a return came to.
    public enum Arrival: Sendable {
        /// With where the browser was going.
        case signedIn(SessionDesk.Begun, destination: String)
        /// What the person may be told; the record says more.
        case refused(String)
    }

    private let client: ProviderClient
    /// This server's own address for the way back, as the provider knows it to the byte.
    private let redirect: String
    private let keys: IssuerKeys
    private let http: ProviderHTTP
    private let desk: SessionDesk
    private let personClaim: PersonClaim
    private let roster: @Sendable () async throws -> Roster

    public init(
        client: ProviderClient, redirect: String, keys: IssuerKeys, http: ProviderHTTP, desk: SessionDesk,
        personClaim: PersonClaim, roster: @escaping @Sendable () async throws -> Roster
    ) {
        self.client = client
        self.redirect = redirect
        self.keys = keys
        self.http = http
        self.desk = desk
        self.personClaim = personClaim
        self.roster = roster
    }

    /// - Parameter destination: A path of this server; anything else is taken as `/`.
    public func depart(to destination: String?) async throws -> Departure {
        let document = try await keys.document(of: client.issuer)
        let attempt = SignInAttempt(random: desk.random(), destination: destination, at: desk.now())
        let address = try client.authorizationAddress(
            document, redirect: redirect, state: attempt.state, nonce: attempt.nonce, verifier: attempt.verifier)
        return Departure(address: address, cookie: attempt.encoded)
    }

    /// - Parameters:
    ///   - query: Of the address that the browser came back to.
    ///   - cookie: Of the attempt; nil where the browser has none.
    public func arrive(_ query: FormBody, cookie: String?, from origin: RequestOrigin) async throws -> Arrival {
        do {
            return try await accept(query, cookie, origin)
        } catch let refusal as Refusal {
            try await desk.refusals.note(
                .signIn(refusal.reason, claims: refusal.verdict?.json["claims"], from: origin))
            return .refused(refusal.told)
        }
    }

    private struct Refusal: Error {
        let told: String
        let reason: String
        var verdict: TokenVerdict?
    }

    private func accept(_ query: FormBody, _ cookie: String?, _ origin: RequestOrigin) async throws -> Arrival {
        let again = "this sign-in took too long, or began in another browser; please begin again"
        guard let attempt = cookie.flatMap({ SignInAttempt(cookie: $0, at: desk.now()) }) else {
            throw Refusal(told: again, reason: "the browser has no cookie of a sign-in, or one that is over")
        }
        guard let state = query["state"], ConstantTime.areEqual(state, attempt.state) else {
            throw Refusal(told: again, reason: "`state` is not this browser's")
        }
        let document = try await keys.document(of: client.issuer)
        try checkIssuer(query, document)
        if let error = query["error"] {
            let word = String(error.filter { $0.isASCII && !$0.isWhitespace }.prefix(60))
            throw Refusal(told: "the provider refused: \(word)", reason: "the provider answered `\(word)`")
        }
        guard let code = query["code"], !code.isEmpty, code.utf8.count <= 4_096 else {
            throw Refusal(told: again, reason: "the provider sent no code")
        }
        let answer = try await redeem(code, attempt, document)
        let (person, subject) = try await identify(answer, attempt, document)
        let provenance = SessionDesk.Provenance(.session, issuer: client.issuer.issuer, subject: subject)
        let begun = try await desk.begin(person, provenance, from: origin)
        return .signedIn(begun, destination: attempt.destination)
    }

    /// An answer of another provider, mixed in by an attacker, names itself (RFC 9207).
    private func checkIssuer(_ query: FormBody, _ document: IssuerDocument) throws {
        let told = "the answer is not your provider's; please begin again"
        guard let issuer = query["iss"] else {
            guard !document.namesItself else {
                throw Refusal(told: told, reason: "the answer does not name its issuer")
            }
            return
        }
        guard issuer.utf8.elementsEqual(client.issuer.issuer.utf8) else {
            throw Refusal(told: told, reason: "the answer names another issuer")
        }
    }

    private func redeem(
        _ code: String, _ attempt: SignInAttempt, _ document: IssuerDocument
    ) async throws -> ProviderClient.TokenAnswer {
        var form = FormBody()
        form.add("grant_type", "authorization_code")
        form.add("code", code)
        form.add("redirect_uri", redirect)
        form.add("code_verifier", attempt.verifier)
        let answer = try await client.ask(form, document, http)
        if let error = answer.error {
            throw Refusal(
                told: "the provider did not confirm the sign-in; please begin again",
                reason: "the token endpoint answered `\(error)`")
        }
        return answer
    }

    private func identityToken(_ answer: ProviderClient.TokenAnswer) throws -> SignedToken {
        let told = "the provider did not confirm the sign-in; please begin again"
        guard let text = answer.identityToken else {
            throw Refusal(told: told, reason: "the token endpoint sent no ID token")
        }
        do {
            return try SignedToken(text.reveal())
        } catch {
            throw Refusal(told: told, reason: "the ID token is no token: \(error.reason)")
        }
    }

    private func identify(
        _ answer: ProviderClient.TokenAnswer, _ attempt: SignInAttempt, _ document: IssuerDocument
    ) async throws -> (person: PersonID, subject: String?) {
        let token = try identityToken(answer)
        let set = try await keys.keys(of: client.issuer, holding: token.keyID)
        var verdict = client.identityRules(nonce: attempt.nonce).judge(token, set, at: desk.now())
        guard verdict.isAccepted, var claims = TokenClaims(token) else {
            throw Refusal(
                told: "the provider's token is refused; the log says why", reason: "the ID token is refused",
                verdict: verdict)
        }
        let subject = claims.subject
        if claims.text(personClaim.name) == .missing {
            claims = try await moreClaims(answer, document, of: subject) ?? claims
        }
        let found = personClaim.find(claims, in: try await roster())
        verdict.findings.append(found.finding)
        guard let person = found.person else {
            throw Refusal(
                told: "you are signed in at the provider, but nobody here is meant by that; ask your administrator",
                reason: "no person is meant by the claims", verdict: verdict)
        }
        return (person, subject)
    }

    /// Some providers put the address into their answer about the user alone (OpenID Connect Core, 5.4). It counts only
    /// for the subject of the ID token: the access token that it is asked with could be another's.
    private func moreClaims(
        _ answer: ProviderClient.TokenAnswer, _ document: IssuerDocument, of subject: String?
    ) async throws -> TokenClaims? {
        guard let endpoint = document.userInfo, let access = answer.accessToken, let subject else { return nil }
        let bytes = try await http.get(endpoint, authorization: SecretText("Bearer " + access.reveal()))
        guard let claims = TokenClaims(json: bytes), claims.subject?.utf8.elementsEqual(subject.utf8) == true else {
            throw Refusal(
                told: "the provider's answers do not agree; please begin again",
                reason: "the answer about the user is of another subject, or no JSON")
        }
        return claims
    }
}

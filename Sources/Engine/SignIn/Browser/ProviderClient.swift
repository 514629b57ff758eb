import AccessModel
import StrictJSON

/// This installation as a client of its provider: how it is known there, and what it asks the token endpoint.
public struct ProviderClient: Sendable {
    public let issuer: IssuerSettings
    public let id: String
    /// Nil for a public client.
    public let secret: SecretText?
    /// What is asked for; `openid` is always among it.
    public let scopes: [String]

    public init(issuer: IssuerSettings, id: String, secret: SecretText? = nil, scopes: [String] = ["email"]) {
        self.issuer = issuer
        self.id = id
        self.secret = secret
        self.scopes = ["openid"] + scopes.filter { $0 != "openid" }
    }

    /// What an ID token of a sign-in has to be.
    func identityRules(nonce: String?) -> TokenRules {
        TokenRules(
            issuer: issuer.issuer, audience: id, kind: .identity, algorithms: issuer.algorithms,
            maximumLifetime: .hours(24), nonce: nonce)
    }

    /// The address that a browser is sent to.
    func authorizationAddress(
        _ document: IssuerDocument, redirect: String, state: String, nonce: String, verifier: String
    ) throws(SignInError) -> String {
        guard let endpoint = document.authorization else { throw missing("authorization_endpoint") }
        var query = FormBody()
        query.add("response_type", "code")
        query.add("client_id", id)
        query.add("redirect_uri", redirect)
        query.add("scope", scopes.joined(separator: " "))
        query.add("state", state)
        query.add("nonce", nonce)
        query.add("code_challenge", CodeChallenge.s256(verifier))
        query.add("code_challenge_method", "S256")
        return endpoint.text + (endpoint.text.contains("?") ? "&" : "?") + query.encoded
    }

    /// What the token endpoint answers.
    struct TokenAnswer: Sendable {
        let accessToken: SecretText?
        let identityToken: SecretText?
        let refreshToken: SecretText?
        let lifetime: Span?
        /// An error of the protocol: `authorization_pending`, `access_denied`, ...
        let error: String?

        init(_ answer: ProviderHTTP.Answer) throws(SignInError) {
            func refusal(_ message: String) -> SignInError {
                SignInError(code: .provider, operation: "ask for a token", message: message)
            }
            let object: JSONObject?
            do {
                object = try JSONParser.parse(answer.body).object
            } catch {
                throw refusal("the provider answered \(answer.status) with what is not JSON")
            }
            guard let object else { throw refusal("the provider answered \(answer.status) with what is no object") }
            func secret(_ name: String) -> SecretText? { object[name]?.string.map { SecretText($0) } }
            accessToken = secret("access_token")
            identityToken = secret("id_token")
            refreshToken = secret("refresh_token")
            lifetime = object["expires_in"]?.integer.flatMap {
                (1...31_536_000).contains($0) ? Span.seconds($0) : nil
            }
            let stated = object["error"]?.string.map { String($0.filter { $0.isASCII && !$0.isWhitespace }.prefix(60)) }
            guard stated != nil || answer.status == 200 else { throw refusal("the provider answered \(answer.status)") }
            error = stated
        }
    }

    /// Asks the token endpoint, and proves who asks in the way that the provider takes.
    func ask(
        _ form: FormBody, _ document: IssuerDocument, _ http: ProviderHTTP
    ) async throws(SignInError) -> TokenAnswer {
        guard let endpoint = document.token else { throw missing("token_endpoint") }
        let signed = sign(form, document)
        return try TokenAnswer(try await http.post(signed.form, to: endpoint, authorization: signed.authorization))
    }

    struct SignedForm: Sendable {
        var form: FormBody
        var authorization: SecretText?
    }

    func sign(_ form: FormBody, _ document: IssuerDocument) -> SignedForm {
        var form = form
        guard let secret else {
            form.add("client_id", id)
            return SignedForm(form: form)
        }
        if document.clientAuthentication.contains("client_secret_basic") {
            // RFC 6749, 2.3.1: both halves are escaped as in a form before they are joined.
            let pair = FormBody.encode(id) + ":" + FormBody.encode(secret.reveal())
            return SignedForm(form: form, authorization: SecretText("Basic " + Base64Text.encode(pair.utf8)))
        }
        form.add("client_id", id)
        form.add("client_secret", secret.reveal())
        return SignedForm(form: form)
    }

    func missing(_ name: String) -> SignInError {
        SignInError(
            code: .provider, operation: "ask `\(issuer.issuer)`", message: "its document has no `\(name)`")
    }
}

/// Base64 as HTTP's Basic scheme has it.
enum Base64Text {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let text = Base64URL.encode(bytes)
        let standard = text.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        return String(decoding: standard, as: UTF8.self) + String(repeating: "=", count: (4 - standard.count % 4) % 4)
    }
}

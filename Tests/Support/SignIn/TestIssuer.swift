import AccessModel
import Crypto
import Foundation
import StrictJSON
import Synchronization

/// A provider of OpenID Connect of the tests' own, on the loopback: real keys and real signatures, and it misbehaves when
/// it is told to. Written from the specifications; it proves nothing about any product.
public final class TestIssuer: Sendable {
    /// What it does otherwise than it should.
    public struct Behaviour: Sendable {
        /// What its document names it, instead of its address.
        public var statedIssuer: String?
        /// Whether it answers at all.
        public var isDown = false
        /// Whether it names itself in its answers to browsers, and says that it does.
        public var namesItself = false
        /// Changes the claims of its ID tokens.
        public var alter: @Sendable (inout JSONObject) -> Void = { _ in }
        /// What its token endpoint answers instead, in turn: an error's name.
        public var errors: [String] = []
        public var sendsIdentityToken = true
        /// Where the address is in no token, but in the answer about the user.
        public var userInfo: JSONValue?
        public var document: @Sendable (inout JSONObject) -> Void = { _ in }
    }

    private struct Code {
        let redirect: String
        let client: String
        let challenge: String
        let nonce: String?
    }

    private struct State {
        var keys: [IssuerKey] = []
        var behaviour = Behaviour()
        var codes: [String: Code] = [:]
        var count = 0
    }

    private let state = Mutex(State())
    private let server = Mutex<HTTPDouble?>(nil)
    private let now: @Sendable () -> Instant
    /// Who signs in, by its ID tokens.
    public let user: JSONObject

    public init(
        _ algorithms: [String] = ["ES256"], user: JSONObject? = nil, now: @escaping @Sendable () -> Instant
    ) throws {
        self.now = now
        var standard = JSONObject()
        standard["sub"] = "user-1"
        standard["email"] = "ana@mountainlab.io"
        standard["email_verified"] = true
        self.user = user ?? standard
        let keys = try algorithms.enumerated().map { try IssuerKey($0.element, id: "k\($0.offset + 1)") }
        state.withLock { $0.keys = keys }
        let double = try HTTPDouble { [weak self] request in self?.answer(request) ?? .hangUp }
        server.withLock { $0 = double }
    }

    deinit { stop() }

    public func stop() { server.withLock { $0?.stop() } }

    public var url: String { server.withLock { $0?.url ?? "" } }
    public var keys: [IssuerKey] { state.withLock { $0.keys } }
    public var key: IssuerKey {
        get throws { try state.withLock { try $0.keys.first ?? IssuerKey("ES256", id: "none") } }
    }

    /// Paths that were asked for so far.
    public var paths: [String] { server.withLock { $0?.requests.map(\.path) ?? [] } }
    public var requests: [HTTPDouble.Request] { server.withLock { $0?.requests ?? [] } }

    public func change(_ body: (inout Behaviour) -> Void) { state.withLock { body(&$0.behaviour) } }

    /// Other keys from now on.
    public func rotate(to keys: [IssuerKey]) { state.withLock { $0.keys = keys } }

    public var keySet: JSONValue { ["keys": .array(keys.map { .object($0.json) })] }

    /// A token of its first key, good for an hour.
    public func token(
        aud: JSONValue, sub: String = "user-1", header: [String: JSONValue] = [:], by key: IssuerKey? = nil,
        _ alter: (inout JSONObject) -> Void = { _ in }
    ) throws -> String {
        var claims = standardClaims(aud)
        claims["sub"] = .string(sub)
        alter(&claims)
        return try TestToken.make(.object(claims), by: try key ?? self.key, header: header)
    }

    private func standardClaims(_ audience: JSONValue) -> JSONObject {
        let seconds = now().milliseconds / 1_000
        var claims = user
        claims["iss"] = .string(url)
        claims["aud"] = audience
        claims["iat"] = .integer(seconds)
        claims["exp"] = .integer(seconds + 3_600)
        return claims
    }

    /// What a browser does at this provider when its user agrees: the address that it is sent back to.
    public func agree(to address: String) -> String? {
        guard let parts = URLComponents(string: address) else { return nil }
        func value(_ name: String) -> String? { parts.queryItems?.first { $0.name == name }?.value }
        guard value("response_type") == "code", value("code_challenge_method") == "S256",
            let redirect = value("redirect_uri"), let client = value("client_id"), let state = value("state"),
            let challenge = value("code_challenge")
        else { return nil }
        let (code, namesItself) = self.state.withLock { state -> (String, Bool) in
            state.count += 1
            let code = "code-\(state.count)"
            state.codes[code] = Code(redirect: redirect, client: client, challenge: challenge, nonce: value("nonce"))
            return (code, state.behaviour.namesItself)
        }
        return "\(redirect)?code=\(code)&state=\(state)" + (namesItself ? "&iss=\(escape(url))" : "")
    }

    private func escape(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    private func answer(_ request: HTTPDouble.Request) -> HTTPDouble.Response {
        let behaviour = state.withLock { $0.behaviour }
        guard !behaviour.isDown else { return .hangUp }
        switch request.path {
        case "/.well-known/openid-configuration": return json(document(behaviour))
        case "/jwks": return json(keySet)
        case "/token": return token(request, behaviour)
        case "/device": return device()
        case "/userinfo": return behaviour.userInfo.map { json($0) } ?? HTTPDouble.Response(404)
        case "/revoke": return HTTPDouble.Response(200)
        case "/moved": return HTTPDouble.Response(302, headers: ["Location": url + "/jwks"])
        default: return HTTPDouble.Response(404)
        }
    }

    private func json(_ value: JSONValue, _ status: Int = 200) -> HTTPDouble.Response {
        HTTPDouble.Response(status, headers: ["Content-Type": "application/json"], body: value.compactText)
    }

    private func document(_ behaviour: Behaviour) -> JSONValue {
        var object = JSONObject()
        object["issuer"] = .string(behaviour.statedIssuer ?? url)
        for (name, path) in [
            ("jwks_uri", "/jwks"), ("authorization_endpoint", "/authorize"), ("token_endpoint", "/token"),
            ("device_authorization_endpoint", "/device"), ("revocation_endpoint", "/revoke"),
            ("userinfo_endpoint", "/userinfo"),
        ] {
            object[name] = .string(url + path)
        }
        object["authorization_response_iss_parameter_supported"] = .bool(behaviour.namesItself)
        behaviour.document(&object)
        return .object(object)
    }

    private func device() -> HTTPDouble.Response {
        json([
            "device_code": "device-1", "user_code": "WDJB-MJHT", "verification_uri": .string(url + "/enter"),
            "expires_in": 600, "interval": 5,
        ])
    }

    private func token(_ request: HTTPDouble.Request, _ behaviour: Behaviour) -> HTTPDouble.Response {
        let form = URLComponents(string: "?" + request.body)?.queryItems ?? []
        func value(_ name: String) -> String? { form.first { $0.name == name }?.value }
        let error = state.withLock { state in
            state.behaviour.errors.isEmpty ? nil : state.behaviour.errors.removeFirst()
        }
        if let error { return json(["error": .string(error)], 400) }
        var nonce: String?
        var client = value("client_id") ?? ""
        if value("grant_type") == "authorization_code" {
            let code = state.withLock { state in value("code").flatMap { state.codes.removeValue(forKey: $0) } }
            guard let code, let verifier = value("code_verifier"), value("redirect_uri") == code.redirect,
                TestToken.encode(SHA256.hash(data: Array(verifier.utf8))) == code.challenge
            else { return json(["error": "invalid_grant"], 400) }
            nonce = code.nonce
            client = code.client
        }
        return grant(client, nonce, behaviour)
    }

    private func grant(_ client: String, _ nonce: String?, _ behaviour: Behaviour) -> HTTPDouble.Response {
        var answer = JSONObject()
        answer["access_token"] = "canary-access-token-5f0c"
        answer["token_type"] = "Bearer"
        answer["expires_in"] = 300
        answer["refresh_token"] = "canary-refresh-token-91aa"
        if behaviour.sendsIdentityToken {
            var claims = standardClaims(.string(client))
            if let nonce { claims["nonce"] = .string(nonce) }
            behaviour.alter(&claims)
            do {
                answer["id_token"] = .string(try TestToken.make(.object(claims), by: try key))
            } catch {
                return HTTPDouble.Response(500)
            }
        }
        return json(.object(answer))
    }
}

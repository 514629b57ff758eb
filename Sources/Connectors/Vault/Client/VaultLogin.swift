import AccessModel
import ConnectorKit
import StrictJSON

/// The token that Tenure works with: given, and renewed while it can be, or got for an AppRole or a JWT, and got again.
actor VaultLogin {
    private struct Held {
        let token: SecretText
        /// When it has to be looked after; nil for one that does not end.
        let due: Instant?
    }

    private let connection: VaultConnection
    private let session: HTTPSession
    private let namespace: [HTTPRequest.Field]
    private let clock: @Sendable () -> Instant
    private var held: Held?
    private var underway: Task<Result<Held, ConnectorError>, Never>?

    init(
        _ connection: VaultConnection, session: HTTPSession, _ namespace: [HTTPRequest.Field],
        clock: @escaping @Sendable () -> Instant
    ) {
        self.connection = connection
        self.session = session
        self.namespace = namespace
        self.clock = clock
    }

    func close() async { await session.close() }

    /// The next request signs in anew.
    func forget() { held = nil }

    func token() async throws(ConnectorError) -> SecretText {
        if let held, held.due.map({ clock() < $0 }) ?? true { return held.token }
        // Many ask at the same time; one signs in for all of them.
        let task: Task<Result<Held, ConnectorError>, Never>
        if let underway {
            task = underway
        } else {
            task = Task { await self.obtain() }
            underway = task
        }
        let result = await task.value
        if underway == task { underway = nil }
        let fresh = try result.get()
        held = fresh
        return fresh.token
    }

    private func obtain() async -> Result<Held, ConnectorError> {
        do throws(ConnectorError) {
            // Read anew each time: what was signed in with before may have been replaced since.
            let credential = try connection.credential()
            switch connection.login {
            case .token: return .success(try await lookAfter(credential))
            case .appRole(let mount, let roleID):
                return .success(
                    try await signIn(
                        mount, "secret_id", credential, JSONObject([.init(name: "role_id", value: .string(roleID))])))
            case .jwt(let mount, let role):
                return .success(
                    try await signIn(mount, "jwt", credential, JSONObject([.init(name: "role", value: .string(role))])))
            }
        } catch {
            return .failure(error)
        }
    }

    /// Renews a token that was given, when half of its time is over.
    private func lookAfter(_ token: SecretText) async throws(ConnectorError) -> Held {
        let operation = "look up the connector's own token"
        let header = HTTPRequest.Field("X-Vault-Token", token.reveal())
        let answer = try await send(
            HTTPRequest(.get, ["v1", "auth", "token", "lookup-self"], headers: namespace + [header]), operation,
            hiding: token)
        guard let data = answer["data"], var left = data["ttl"]?.integer else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "the answer is not one of Vault")
        }
        guard left > 0 else { return Held(token: token, due: nil) }
        let whole = data["creation_ttl"]?.integer ?? left
        if data["renewable"]?.bool == true, left * 3 <= whole * 2 {
            let renewed = try await send(
                HTTPRequest(
                    .post, ["v1", "auth", "token", "renew-self"], headers: namespace + [header],
                    body: Array("{}".utf8)), "renew the connector's own token", hiding: token)
            left = renewed["auth"]?["lease_duration"]?.integer ?? left
        }
        return Held(token: token, due: clock() + Span(milliseconds: left * 500))
    }

    /// A token for the credential, to be replaced when two thirds of its time are over.
    private func signIn(
        _ mount: String, _ name: String, _ credential: SecretText, _ more: JSONObject
    ) async throws(ConnectorError) -> Held {
        let operation = "sign in at auth/\(mount)"
        var body = more
        body[name] = .string(credential.reveal())
        let path = ["v1", "auth"] + VaultConnection.segments(mount) + ["login"]
        let answer: JSONValue
        do throws(ConnectorError) {
            answer = try await send(
                HTTPRequest(.post, path, headers: namespace, body: Array(JSONValue.object(body).compactText.utf8)),
                operation, hiding: credential)
        } catch {
            // It is the credential that is wrong, whatever status says so.
            guard error.code == .invalid || error.code == .forbidden else { throw error }
            throw ConnectorError(code: .unauthorized, operation: operation, message: error.message)
        }
        guard let auth = answer["auth"], let token = auth["client_token"]?.string, !token.isEmpty else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "the answer has no token")
        }
        let lifetime = auth["lease_duration"]?.integer ?? 0
        return Held(
            token: SecretText(token), due: lifetime > 0 ? clock() + .seconds(max(1, lifetime / 3 * 2)) : nil)
    }

    private func send(
        _ request: HTTPRequest, _ operation: String, hiding credential: SecretText
    ) async throws(ConnectorError) -> JSONValue {
        let response: HTTPResponse
        do throws(ConnectorError) {
            response = try await session.send(request, operation: operation)
        } catch {
            // A server may repeat what it was sent.
            let secret = credential.reveal()
            throw ConnectorError(
                code: error.code, operation: operation,
                message: error.message.split(separator: secret, omittingEmptySubsequences: false).joined(
                    separator: "[secret]"), retryAfter: error.retryAfter)
        }
        do throws(JSONError) {
            return try JSONParser.parse(response.body)
        } catch {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "the answer is not JSON")
        }
    }
}

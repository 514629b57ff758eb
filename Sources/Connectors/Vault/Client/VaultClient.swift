import AccessModel
import ConnectorKit
import StrictJSON

/// Requests to the server's API, version 1, and what its answers mean.
struct VaultClient: Sendable {
    private let session: HTTPSession
    /// Without a token, and in no namespace.
    private let anonymous: HTTPSession
    private let login: VaultLogin

    init(_ connection: VaultConnection, clock: @escaping @Sendable () -> Instant) throws(ConnectorError) {
        var plain = HTTPSession.Configuration(url: connection.url)
        plain.certificateAuthorities = connection.authorities
        plain.timeout = connection.timeout
        plain.explanation = Self.explanation
        plain.code = Self.code
        let namespace = connection.namespace.map { [HTTPRequest.Field("X-Vault-Namespace", $0)] } ?? []
        let anonymous = try HTTPSession(plain, clock: clock)
        let login = VaultLogin(connection, session: anonymous, namespace, clock: clock)
        var signed = plain
        signed.authorize = { _ throws(ConnectorError) in
            namespace + [HTTPRequest.Field("X-Vault-Token", try await login.token().reveal())]
        }
        session = try HTTPSession(signed, clock: clock)
        self.anonymous = anonymous
        self.login = login
    }

    func close() async {
        await session.close()
        await login.close()
    }

    // MARK: Requests

    /// What is at the path; nil where nothing is.
    func read(
        _ path: [String], _ operation: String, query: [HTTPRequest.Field] = []
    ) async throws(ConnectorError) -> JSONValue? {
        let response = try await send(HTTPRequest(.get, ["v1"] + path, query: query), operation)
        guard try !Self.isAbsent(response, operation) else { return nil }
        return try Self.data(response, operation)
    }

    /// The names under the path, none where there are none.
    func list(_ path: [String], _ operation: String) async throws(ConnectorError) -> VaultListing {
        let response = try await send(HTTPRequest(.list, ["v1"] + path), operation)
        guard try !Self.isAbsent(response, operation) else { return VaultListing(keys: []) }
        return try VaultListing(try Self.data(response, operation), operation)
    }

    /// Writes and hands back what comes with the answer, if it is anything. Nil where the path is not there.
    @discardableResult
    func write(_ path: [String], _ body: JSONValue, _ operation: String) async throws(ConnectorError) -> JSONValue? {
        let response = try await send(
            HTTPRequest(
                .post, ["v1"] + path, headers: [HTTPRequest.Field("Content-Type", "application/json")],
                body: Array(body.compactText.utf8)), operation)
        guard try !Self.isAbsent(response, operation) else { return nil }
        return response.body.isEmpty ? .null : try Self.data(response, operation)
    }

    /// As ``write(_:_:_:)`` where the answer says nothing that matters: whatever it is, it was accepted.
    func put(_ path: [String], _ body: JSONValue, _ operation: String) async throws(ConnectorError) {
        let response = try await send(
            HTTPRequest(
                .post, ["v1"] + path, headers: [HTTPRequest.Field("Content-Type", "application/json")],
                body: Array(body.compactText.utf8)), operation)
        if try Self.isAbsent(response, operation) {
            throw ConnectorError(code: .missingDependency, operation: operation, message: "there is nothing to change")
        }
    }

    func delete(_ path: [String], _ operation: String) async throws(ConnectorError) {
        _ = try Self.isAbsent(try await send(HTTPRequest(.delete, ["v1"] + path), operation), operation)
    }

    private func send(_ request: HTTPRequest, _ operation: String) async throws(ConnectorError) -> HTTPResponse {
        do throws(ConnectorError) {
            return try await session.send(request, operation: operation, accepting: [404])
        } catch {
            guard await isOfTheToken(error, of: request, operation) else { throw error }
            // Revoked, or out of date: the next attempt signs in anew.
            await login.forget()
            guard error.code == .forbidden, request.path != Self.ownToken else { throw error }
            throw ConnectorError(code: .unauthorized, operation: operation, message: error.message)
        }
    }

    private static let ownToken = ["v1", "auth", "token", "lookup-self"]

    /// Whether the server takes the token no more. Newer ones say so; older ones refuse it like one that lacks a right, and
    /// then it may not look at itself either.
    private func isOfTheToken(
        _ error: ConnectorError, of request: HTTPRequest, _ operation: String
    ) async -> Bool {
        guard error.code == .forbidden, request.path != Self.ownToken else {
            return error.code == .unauthorized || error.code == .forbidden
        }
        do throws(ConnectorError) {
            _ = try await session.send(HTTPRequest(.get, Self.ownToken), operation: operation)
            return false
        } catch {
            return error.code == .forbidden || error.code == .unauthorized
        }
    }

    // MARK: Answers

    static func data(_ response: HTTPResponse, _ operation: String) throws(ConnectorError) -> JSONValue {
        guard let answer = parse(response), let data = answer["data"] ?? answer["auth"] else {
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "the answer is not one of Vault")
        }
        return answer["auth"]?.object != nil ? answer["auth"] ?? data : data
    }

    /// An absence is a 404 that says no more; one that speaks of a route means that the settings are wrong.
    private static func isAbsent(_ response: HTTPResponse, _ operation: String) throws(ConnectorError) -> Bool {
        guard response.status == 404 else { return false }
        guard let answer = parse(response), let errors = answer["errors"]?.array else {
            // A version of a secret that is deleted is told with its metadata, an unknown secret id with what is wrong.
            if parse(response)?["data"]?.object != nil { return true }
            throw ConnectorError(
                code: .incomplete, operation: operation, message: "a 404 that is not one of Vault proves no absence")
        }
        guard errors.isEmpty else {
            let said = errors.compactMap(\.string).joined(separator: "; ")
            throw ConnectorError(
                code: .configuration, operation: operation,
                message: "the path is not there: \(String(said.prefix(160)))")
        }
        return true
    }

    private static func parse(_ response: HTTPResponse) -> JSONValue? {
        do throws(JSONError) {
            return try JSONParser.parse(response.body)
        } catch {
            return nil
        }
    }

    @Sendable private static func explanation(_ response: HTTPResponse) -> String? {
        let errors = parse(response)?["errors"]?.array?.compactMap(\.string) ?? []
        return errors.isEmpty ? nil : errors.joined(separator: "; ")
    }

    /// What a status does not say by itself.
    @Sendable private static func code(_ response: HTTPResponse) -> ConnectorError.Code? {
        let said = (explanation(response) ?? "").lowercased()
        switch response.status {
        case 403
        where said.contains("invalid token") || said.contains("bad token") || said.contains("missing client token"):
            return .unauthorized
        case 400 where said.contains("check-and-set"): return .conflict
        case 400 where said.contains("alias") && said.contains("already"): return .conflict
        case 503 where said.contains("sealed"): return .targetFailure
        case 472, 473: return .unreachable
        default: return nil
        }
    }
}

/// The names under a path, and what comes with each.
struct VaultListing: Sendable {
    let keys: [String]

    init(keys: [String]) { self.keys = keys }

    /// - Throws: `incomplete` where names and what comes with them are not the same: then one of both was cut off.
    init(_ data: JSONValue, _ operation: String) throws(ConnectorError) {
        guard let keys = data["keys"]?.array else {
            throw ConnectorError(code: .incomplete, operation: operation, message: "a listing came without its names")
        }
        let names = keys.compactMap(\.string)
        guard names.count == keys.count, Set(names).count == names.count else {
            throw ConnectorError(
                code: .incomplete, operation: operation, message: "a listing names something twice, or not at all")
        }
        if let details = data["key_info"]?.object, Set(details.names) != Set(names) {
            throw ConnectorError(
                code: .incomplete, operation: operation,
                message: "a listing has \(names.count) names and tells of \(details.members.count)")
        }
        self.keys = names
    }
}

extension VaultClient {
    /// The version, as `sys/health` tells it to anybody. Namespaces have no such path, and a standby answers it with an
    /// error unless it is told that it will do.
    func health(_ operation: String) async throws(ConnectorError) -> String {
        let query = [HTTPRequest.Field("standbyok", "true"), HTTPRequest.Field("perfstandbyok", "true")]
        let response = try await anonymous.send(
            HTTPRequest(.get, ["v1", "sys", "health"], query: query), operation: operation)
        guard let version = Self.parse(response)?["version"]?.string else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "the address is no Vault")
        }
        return version
    }
}

import AccessModel
import ConnectorKit
import StrictJSON

/// Requests to a Vault, past every connector: what an administrator, or whoever has a token, does there.
public struct VaultAdmin: Sendable {
    /// What was answered.
    public struct Answer: Sendable {
        public let status: Int
        public let json: JSONValue

        /// What an answer is about.
        public var data: JSONValue { json["data"] ?? .null }
        public var isDenied: Bool { status == 403 }
    }

    public let url: String
    public let token: String
    public let namespace: String?
    private let session: HTTPSession

    public init(url: String, token: String, namespace: String? = nil) throws {
        self.url = url
        self.token = token
        self.namespace = namespace
        session = try HTTPSession(HTTPSession.Configuration(url: url)) { Instant(milliseconds: 0) }
    }

    public func close() async { await session.close() }

    /// - Parameter token: Whose request it is; the administrator's unless it is given.
    @discardableResult
    public func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil, token: String? = nil
    ) async throws -> Answer {
        var headers = [HTTPRequest.Field("X-Vault-Token", token ?? self.token)]
        if let namespace { headers.append(HTTPRequest.Field("X-Vault-Namespace", namespace)) }
        let segments = ["v1"] + path.split(separator: "/").map(String.init)
        let request = HTTPRequest(method, segments, headers: headers, body: body.map { Array($0.compactText.utf8) })
        let response = try await session.send(request, operation: path, accepting: Set(300...599))
        let json = response.body.isEmpty ? JSONValue.null : try JSONParser.parse(response.body)
        return Answer(status: response.status, json: json)
    }

    /// One that must succeed.
    @discardableResult
    public func require(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil
    ) async throws -> JSONValue {
        let answer = try await send(method, path, body)
        guard answer.status < 300 else {
            throw LDAPTool.Failure(
                description: "\(method.rawValue) \(path): \(answer.status) \(answer.json.compactText)")
        }
        return answer.json
    }
}

import AccessModel
import ConnectorKit
import StrictJSON

/// Requests of RFC 7644 over a session.
struct SCIMClient: Sendable {
    enum Endpoint: String, Sendable {
        case users = "Users"
        case groups = "Groups"
    }

    let session: HTTPSession
    let pageSize: Int

    static let mediaType = "application/scim+json"

    func get(
        _ path: [String], query: [HTTPRequest.Field] = [], operation: String, accepting: Set<Int> = []
    ) async throws(ConnectorError) -> JSONValue? {
        let request = HTTPRequest(
            .get, path, query: query, headers: [HTTPRequest.Field("Accept", Self.mediaType)])
        let response = try await session.send(request, operation: operation, accepting: accepting)
        if accepting.contains(response.status) { return nil }
        return try Self.parse(response, operation: operation)
    }

    /// Creates a resource and returns its id, where the service tells it.
    func create(
        _ endpoint: Endpoint, _ resource: JSONValue, operation: String
    ) async throws(ConnectorError) -> String? {
        let response = try await session.send(
            request(.post, [endpoint.rawValue], body: resource), operation: operation)
        return try Self.parse(response, operation: operation)?.attribute("id")?.string
    }

    /// Sends a PATCH; both 200 and 204 are success (RFC 7644, 3.5.2). Returns the response.
    @discardableResult
    func patch(
        _ endpoint: Endpoint, _ id: String, _ patch: SCIMPatch, version: String? = nil, operation: String,
        accepting: Set<Int> = []
    ) async throws(ConnectorError) -> HTTPResponse {
        try await session.send(
            request(.patch, [endpoint.rawValue, id], body: patch.body, version: version), operation: operation,
            accepting: accepting)
    }

    /// Deletes a resource; one that is gone already is fine.
    func delete(
        _ endpoint: Endpoint, _ id: String, version: String? = nil, operation: String
    ) async throws(ConnectorError) -> HTTPResponse {
        try await session.send(
            request(.delete, [endpoint.rawValue, id], version: version), operation: operation, accepting: [404, 410])
    }

    private func request(
        _ method: HTTPRequest.Method, _ path: [String], body: JSONValue? = nil, version: String? = nil
    ) -> HTTPRequest {
        var headers = [HTTPRequest.Field("Accept", Self.mediaType)]
        if body != nil { headers.append(HTTPRequest.Field("Content-Type", Self.mediaType)) }
        if let version { headers.append(HTTPRequest.Field("If-Match", version)) }
        return HTTPRequest(method, path, headers: headers, body: body.map { Array($0.compactText.utf8) })
    }

    private static func parse(_ response: HTTPResponse, operation: String) throws(ConnectorError) -> JSONValue? {
        if response.body.isEmpty { return nil }
        do {
            return try JSONParser.parse(response.body)
        } catch {
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "the answer is not valid JSON: \(error)")
        }
    }

    /// `uniqueness: userName is taken`, out of an error of RFC 7644, 3.12.
    static func explanation(of response: HTTPResponse) -> String? {
        guard response.body.count < 65_536 else { return nil }
        do {
            let error = try JSONParser.parse(response.body)
            let parts = [error.attribute("scimType")?.string, error.attribute("detail")?.string].compactMap { $0 }
            return parts.isEmpty ? nil : parts.joined(separator: ": ")
        } catch {
            return nil
        }
    }

    static func isNoTarget(_ response: HTTPResponse) -> Bool {
        response.status == 400 && (explanation(of: response)?.hasPrefix("noTarget") ?? false)
    }
}

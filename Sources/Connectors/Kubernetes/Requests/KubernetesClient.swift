import AccessModel
import ConnectorKit
import StrictJSON

/// Requests to an API server.
struct KubernetesClient: Sendable {
    let door: ClusterDoor
    /// Objects asked for at once.
    let pageSize: Int

    /// Whose fields server-side apply takes ours for.
    static let fieldManager = "tenure"

    /// Sends a request; one that was refused for its credential is sent once more with a newer one, if there is one.
    func send(
        _ request: HTTPRequest, operation: String, accepting accepted: Set<Int> = []
    ) async throws(ConnectorError) -> HTTPResponse {
        let opened = try await door.open(operation)
        do throws(ConnectorError) {
            return try await opened.session.send(request, operation: operation, accepting: accepted)
        } catch {
            guard error.code == .unauthorized, try await door.renew(after: opened.credential, operation) else {
                throw error
            }
        }
        let again = try await door.open(operation)
        return try await again.session.send(request, operation: operation, accepting: accepted)
    }

    /// Nil where there is no such object.
    func get(_ path: ResourcePath, _ name: String, operation: String) async throws(ConnectorError) -> JSONValue? {
        let response = try await send(
            HTTPRequest(.get, path.segments + [name], headers: Self.accepts), operation: operation, accepting: [404])
        return response.status == 404 ? nil : try Self.object(response, operation)
    }

    /// Makes our fields of an object as they are given, and the object where there is none (server-side apply).
    ///
    /// - Parameter isForced: Whether to take fields from whoever else manages them; for our own objects alone.
    /// - Throws: `conflict`, with the fields, when somebody else manages one that differs.
    func apply(
        _ path: ResourcePath, _ name: String, _ object: JSONValue, isForced: Bool, operation: String
    ) async throws(ConnectorError) -> JSONValue {
        var query = [HTTPRequest.Field("fieldManager", Self.fieldManager)]
        if isForced { query.append(HTTPRequest.Field("force", "true")) }
        let request = HTTPRequest(
            .patch, path.segments + [name], query: query,
            headers: Self.accepts + [HTTPRequest.Field("Content-Type", "application/apply-patch+yaml")],
            body: Array(object.compactText.utf8))
        return try Self.object(try await send(request, operation: operation), operation)
    }

    func create(_ path: ResourcePath, _ object: JSONValue, operation: String) async throws(ConnectorError) -> JSONValue
    {
        let request = HTTPRequest(
            .post, path.segments, headers: Self.accepts + [HTTPRequest.Field("Content-Type", "application/json")],
            body: Array(object.compactText.utf8))
        return try Self.object(try await send(request, operation: operation), operation)
    }

    /// Deletes an object if it is still the one that was read; false where it is gone already.
    func delete(
        _ path: ResourcePath, _ name: String, uid: String, operation: String
    ) async throws(ConnectorError) -> Bool {
        let options: JSONValue = [
            "apiVersion": "v1", "kind": "DeleteOptions", "preconditions": ["uid": .string(uid)],
            "propagationPolicy": "Background",
        ]
        let request = HTTPRequest(
            .delete, path.segments + [name],
            headers: Self.accepts + [HTTPRequest.Field("Content-Type", "application/json")],
            body: Array(options.compactText.utf8))
        return try await send(request, operation: operation, accepting: [404]).status != 404
    }

    static let accepts = [HTTPRequest.Field("Accept", "application/json")]

    static func object(_ response: HTTPResponse, _ operation: String) throws(ConnectorError) -> JSONValue {
        guard let value = JSONValue.parsed(response.body), value["kind"]?.string != nil else {
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "the answer is no object of the API")
        }
        return value
    }
}

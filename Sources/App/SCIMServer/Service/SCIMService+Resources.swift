import HTTPTypes
import StrictJSON
import WebServer

/// Single resources.
extension SCIMService {
    var resourceRoutes: [Route] {
        ResourceKind.allCases.flatMap { kind in
            [
                route(.post, "/\(kind.endpoint)") { try await create($0, kind) },
                route(.get, "/\(kind.endpoint)/{id}") { try await show($0, kind) },
                route(.put, "/\(kind.endpoint)/{id}") { try await replace($0, kind) },
                route(.patch, "/\(kind.endpoint)/{id}") { try await patch($0, kind) },
                route(.delete, "/\(kind.endpoint)/{id}") { try await delete($0, kind) },
            ]
        }
    }

    /// A resource as it is answered.
    struct Shown: Sendable {
        let resource: StoredResource
        let document: JSONObject?
    }

    private func create(_ request: WebRequest, _ kind: ResourceKind) async throws -> WebResponse {
        let projection = try Self.projection(request)
        let content = try ResourceContent.read(try Self.body(of: request), as: kind)
        let text = try ResourceText(content, kind)
        let (id, view) = (newID(kind), view)
        let shown = try await write(request) { scope -> Shown in
            let resource = try scope.create(id, kind, content, text)
            // A user that has just come to be is in no group: there is nothing to read, and nobody waits for the rest.
            if kind == .user { return Shown(resource: resource, document: nil) }
            return try Self.show(resource, projection, view, scope.store)
        }
        let document = shown.document ?? view.show(shown.resource, projection)
        return answer(Shown(resource: shown.resource, document: document), .created).with(
            .location, view.location(kind, id))
    }

    private func show(_ request: WebRequest, _ kind: ResourceKind) async throws -> WebResponse {
        let projection = try Self.projection(request)
        let id = try request.parameter("id")
        let view = view
        // A group may have any number of members.
        let shown = try await read(request, isBrief: kind == .user) { store, _ -> Shown in
            guard let resource = try store.find(id, kind) else { throw SCIMError.unknown(id) }
            return try Self.show(resource, projection, view, store)
        }
        if Precondition.isKnown(shown.resource, to: request) {
            return WebResponse(.notModified, headers: [.eTag: shown.resource.eTag])
        }
        return answer(shown)
    }

    private func replace(_ request: WebRequest, _ kind: ResourceKind) async throws -> WebResponse {
        let projection = try Self.projection(request)
        let content = try ResourceContent.read(try Self.body(of: request), as: kind)
        let (id, precondition, view) = (try request.parameter("id"), Precondition(request), view)
        let shown = try await write(request) { scope in
            let resource = try scope.replace(id, kind, content, if: precondition)
            return try Self.show(resource, projection, view, scope.store)
        }
        return answer(shown)
    }

    private func patch(_ request: WebRequest, _ kind: ResourceKind) async throws -> WebResponse {
        let projection = try Self.projection(request)
        let patch = try PatchRequest(try Self.body(of: request), kind)
        let (id, precondition, view) = (try request.parameter("id"), Precondition(request), view)
        let shown = try await write(request) { scope in
            let resource = try scope.patch(id, kind, patch, if: precondition)
            return try Self.show(resource, projection, view, scope.store)
        }
        return answer(shown)
    }

    private func delete(_ request: WebRequest, _ kind: ResourceKind) async throws -> WebResponse {
        let (id, precondition) = (try request.parameter("id"), Precondition(request))
        try await write(request) { scope in try scope.delete(id, kind, if: precondition) }
        return WebResponse(.noContent)
    }

    private static func projection(_ request: WebRequest) throws -> Projection {
        try request.query.allow(["attributes", "excludedAttributes"])
        return try Projection(request.query)
    }

    private static func show(
        _ resource: StoredResource, _ projection: Projection, _ view: ResourceView, _ store: ResourceStore
    ) throws -> Shown {
        Shown(resource: resource, document: try view.show([resource], projection, from: store).first)
    }

    private func answer(_ shown: Shown, _ status: HTTPResponse.Status = .ok) -> WebResponse {
        Self.answer(.object(shown.document ?? JSONObject()), status).with(.eTag, shown.resource.eTag)
    }
}

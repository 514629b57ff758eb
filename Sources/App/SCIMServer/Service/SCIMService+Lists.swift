import StrictJSON
import WebServer

/// Lists, by GET and by POST to `.search`.
extension SCIMService {
    var listRoutes: [Route] {
        let all = ResourceKind.allCases
        return [
            route(.get, "") { try await list($0, all) },
            route(.post, "/.search") { try await search($0, all) },
        ]
            + all.flatMap { kind in
                [
                    route(.get, "/\(kind.endpoint)") { try await list($0, [kind]) },
                    route(.post, "/\(kind.endpoint)/.search") { try await search($0, [kind]) },
                ]
            }
    }

    private func list(_ request: WebRequest, _ kinds: [ResourceKind]) async throws -> WebResponse {
        try await answer(request, kinds, try ListRequest(request.query))
    }

    private func search(_ request: WebRequest, _ kinds: [ResourceKind]) async throws -> WebResponse {
        try await answer(request, kinds, try ListRequest(try Self.body(of: request)))
    }

    private func answer(
        _ request: WebRequest, _ kinds: [ResourceKind], _ list: ListRequest
    ) async throws -> WebResponse {
        let (view, now) = (view, clock())
        let isBrief = kinds == [.user] && list.filter?.isByKeyOfUser ?? false
        let document = try await read(request, isBrief: isBrief) { store, digest -> JSONObject in
            let page = try store.list(
                ListQuery(kinds: kinds, request: list, digest: digest, base: view.base, now: now))
            let shown = try view.show(page.resources, list.projection, from: store)
            return Self.document(page, shown.map { .object($0) }, list)
        }
        return Self.answer(.object(document))
    }

    private static func document(_ page: ListPage, _ resources: [JSONValue], _ list: ListRequest) -> JSONObject {
        var document = JSONObject()
        document["schemas"] = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
        document["totalResults"] = .integer(Int64(page.total))
        document["itemsPerPage"] = .integer(Int64(resources.count))
        if case .index(let start) = list.page { document["startIndex"] = .integer(Int64(start)) }
        document["nextCursor"] = page.nextCursor.map { .string($0) }
        document["previousCursor"] = page.previousCursor.map { .string($0) }
        document["Resources"] = .array(resources)
        return document
    }
}

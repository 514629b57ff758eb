import AccessModel
import ConnectorKit
import StrictJSON

/// Merge requests by GitLab's REST API, version 4.
public struct GitLabForge: Forge {
    public let noun = "merge request"
    /// It takes a million; nobody reads more than this.
    public let textLimit = 65_536
    private let session: HTTPSession
    let project: [String]

    public init(
        _ place: ForgePlace, token: SecretText, clock: @escaping @Sendable () -> Instant
    ) throws(ConnectorError) {
        var configuration = HTTPSession.Configuration(url: place.url)
        configuration.authorize = { _ throws(ConnectorError) in [HTTPRequest.Field("PRIVATE-TOKEN", token.reveal())] }
        configuration.certificateAuthorities = place.authorities
        configuration.explanation = Self.explanation
        configuration.code = Self.code
        session = try HTTPSession(configuration, clock: clock)
        // The whole path of the project is one segment.
        project = ["projects", place.project]
    }

    private var path: [String] { project + ["merge_requests"] }

    public func headReference(of number: Int64) -> String { "refs/merge-requests/\(number)/head" }

    public func requests(
        from branch: String, into base: String, operation: String
    ) async throws(ConnectorError) -> [ChangeRequest] {
        let query = [
            HTTPRequest.Field("state", "all"), HTTPRequest.Field("source_branch", branch),
            HTTPRequest.Field("target_branch", base), HTTPRequest.Field("order_by", "created_at"),
            HTTPRequest.Field("sort", "desc"), HTTPRequest.Field("per_page", "30"),
        ]
        let answer = try await send(.get, path, query: query, nil, operation)
        guard let items = answer.array else { throw .strangeAnswer(operation) }
        let ours = items.filter { item in
            item["source_branch"]?.string == branch && item["target_branch"]?.string == base
                && item["source_project_id"]?.integer == item["target_project_id"]?.integer
        }
        return try ours.map { item throws(ConnectorError) in try Self.request(item, operation) }
            .sorted { $0.number > $1.number }
    }

    public func openRequests(into base: String, operation: String) async throws(ConnectorError) -> [OpenRequest] {
        let query = [
            HTTPRequest.Field("state", "opened"), HTTPRequest.Field("target_branch", base),
            HTTPRequest.Field("order_by", "created_at"), HTTPRequest.Field("sort", "asc"),
        ]
        let items = try await pages(path, query, limit: OpenRequest.limit, operation)
        return items.filter { $0["state"]?.string == "opened" && $0["target_branch"]?.string == base }
            .compactMap { OpenRequest(number: $0["iid"]?.integer, head: $0["sha"]?.string) }
    }

    public func open(
        _ text: RequestText, from branch: String, into base: String, operation: String
    ) async throws(ConnectorError) -> ChangeRequest {
        let body: JSONValue = [
            "title": .string(text.title), "description": .string(text.body), "source_branch": .string(branch),
            "target_branch": .string(base), "remove_source_branch": true,
        ]
        return try Self.request(try await send(.post, path, body, operation), operation)
    }

    public func update(
        _ request: ChangeRequest, _ text: RequestText, operation: String
    ) async throws(ConnectorError) {
        _ = try await send(
            .put, path + [String(request.number)],
            ["title": .string(text.title), "description": .string(text.body)], operation)
    }

    public func withdraw(
        _ request: ChangeRequest, _ text: RequestText, operation: String
    ) async throws(ConnectorError) {
        _ = try await send(
            .put, path + [String(request.number)],
            ["title": .string(text.title), "description": .string(text.body), "state_event": "close"], operation)
    }

    public func close() async { await session.close() }

    // MARK: Requests

    /// All items of a list, page by page, by number and never by an address that an answer names.
    func pages(
        _ path: [String], _ query: [HTTPRequest.Field], limit: Int, _ operation: String
    ) async throws(ConnectorError) -> [JSONValue] {
        var items: [JSONValue] = []
        var page = 1
        while items.count < limit {
            let fields = query + [HTTPRequest.Field("per_page", "100"), HTTPRequest.Field("page", "\(page)")]
            guard let new = try await send(.get, path, query: fields, nil, operation).array else {
                throw .strangeAnswer(operation)
            }
            items += new
            guard new.count >= 100 else { break }
            page += 1
        }
        return Array(items.prefix(limit))
    }

    func send(
        _ method: HTTPRequest.Method, _ path: [String], query: [HTTPRequest.Field] = [], _ body: JSONValue?,
        _ operation: String
    ) async throws(ConnectorError) -> JSONValue {
        var headers = [HTTPRequest.Field("Accept", "application/json"), HTTPRequest.Field("User-Agent", "tenure")]
        if body != nil { headers.append(HTTPRequest.Field("Content-Type", "application/json")) }
        let response = try await session.send(
            HTTPRequest(method, path, query: query, headers: headers, body: body.map { Array($0.compactText.utf8) }),
            operation: operation)
        guard let value = JSONValue.parsed(response.body) else { throw .strangeAnswer(operation) }
        return value
    }

    private static func request(_ item: JSONValue, _ operation: String) throws(ConnectorError) -> ChangeRequest {
        guard let number = item["iid"]?.integer, let name = item["state"]?.string else {
            throw .strangeAnswer(operation)
        }
        let state: ChangeRequest.State =
            switch name {
            case "merged": .merged
            case "closed": .closed(item["closed_at"]?.string.flatMap { Instant($0) })
            // `locked` while it is being merged.
            default: .open
            }
        return ChangeRequest(
            number: number, url: item["web_url"]?.string ?? "", state: state,
            text: RequestText(title: item["title"]?.string ?? "", body: item["description"]?.string ?? ""))
    }

    /// `message` is a text, a list of them, or an object of lists; `error` a text.
    static func explanation(of response: HTTPResponse) -> String? {
        guard response.body.count <= 1 << 16, let value = JSONValue.parsed(response.body) else { return nil }
        if let text = value["message"]?.string ?? value["error"]?.string { return text }
        let texts = (value["message"]?.array ?? []).compactMap(\.string)
        return texts.isEmpty ? value["message"]?.compactText : texts.joined(separator: "; ")
    }

    private static func code(of response: HTTPResponse) -> ConnectorError.Code? {
        response.status == 404 ? .configuration : nil
    }
}

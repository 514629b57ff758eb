import AccessModel
import ConnectorKit
import StrictJSON

/// Merge requests by GitLab's REST API, version 4.
public struct GitLabForge: Forge {
    public let noun = "merge request"
    /// It takes a million; nobody reads more than this.
    public let textLimit = 65_536
    let session: ForgeSession
    let project: [String]

    public init(
        _ place: ForgePlace, token: SecretText, clock: @escaping @Sendable () -> Instant
    ) throws(ConnectorError) {
        var configuration = HTTPSession.Configuration(url: place.url)
        configuration.authorize = { _ throws(ConnectorError) in [HTTPRequest.Field("PRIVATE-TOKEN", token.reveal())] }
        configuration.certificateAuthorities = place.authorities
        configuration.explanation = Self.explanation
        configuration.code = Self.code
        session = ForgeSession(
            try HTTPSession(configuration, clock: clock),
            headers: [HTTPRequest.Field("Accept", "application/json")])
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
        let answer = try await session.send(.get, path, query: query, nil, operation)
        guard let items = answer.array else { throw .strangeAnswer(operation) }
        let ours = items.filter { item in
            item["source_branch"]?.string == branch && item["target_branch"]?.string == base
                && item["source_project_id"]?.integer == item["target_project_id"]?.integer
        }
        return try ours.map { item throws(ConnectorError) in try Self.request(item, operation) }
            .sorted { $0.number > $1.number }
    }

    public func openRequests(into base: String, operation: String) async throws(ConnectorError) -> OpenRequests {
        let query = [
            HTTPRequest.Field("state", "opened"), HTTPRequest.Field("target_branch", base),
            HTTPRequest.Field("order_by", "created_at"), HTTPRequest.Field("sort", "asc"),
        ]
        let list = try await session.list(path, query, pages: OpenRequests.pageLimit, operation)
        let open = list.items.filter { $0["state"]?.string == "opened" && $0["target_branch"]?.string == base }
        return OpenRequests(
            open.compactMap { OpenRequest(number: $0["iid"]?.integer, head: $0["sha"]?.string) }, isWhole: list.isWhole)
    }

    public func open(
        _ text: RequestText, from branch: String, into base: String, operation: String
    ) async throws(ConnectorError) -> ChangeRequest {
        let body: JSONValue = [
            "title": .string(text.title), "description": .string(text.body), "source_branch": .string(branch),
            "target_branch": .string(base), "remove_source_branch": true,
        ]
        return try Self.request(try await session.send(.post, path, body, operation), operation)
    }

    public func update(
        _ request: ChangeRequest, _ text: RequestText, operation: String
    ) async throws(ConnectorError) {
        _ = try await session.send(
            .put, path + [String(request.number)],
            ["title": .string(text.title), "description": .string(text.body)], operation)
    }

    public func withdraw(
        _ request: ChangeRequest, _ text: RequestText, operation: String
    ) async throws(ConnectorError) {
        _ = try await session.send(
            .put, path + [String(request.number)],
            ["title": .string(text.title), "description": .string(text.body), "state_event": "close"], operation)
    }

    public func close() async { await session.close() }

    // MARK: Requests

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

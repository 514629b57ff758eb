import AccessModel
import ConnectorKit
import StrictJSON

/// Pull requests by GitHub's REST API, version 2022-11-28.
public struct GitHubForge: Forge {
    public let noun = "pull request"
    /// Of an issue's or a request's text, and of a comment.
    public let textLimit = 65_536
    let session: ForgeSession
    let repository: [String]
    private let owner: String

    public init(
        _ place: ForgePlace, token: SecretText, clock: @escaping @Sendable () -> Instant
    ) throws(ConnectorError) {
        var configuration = HTTPSession.Configuration(
            url: place.url, authorization: SecretText("Bearer " + token.reveal()))
        configuration.certificateAuthorities = place.authorities
        configuration.explanation = Self.explanation
        configuration.code = Self.code
        session = ForgeSession(
            try HTTPSession(configuration, clock: clock),
            headers: [
                HTTPRequest.Field("Accept", "application/vnd.github+json"),
                HTTPRequest.Field("X-GitHub-Api-Version", "2022-11-28"),
            ])
        let segments = place.project.split(separator: "/").map(String.init)
        owner = segments.first ?? ""
        repository = ["repos"] + segments
    }

    private var pulls: [String] { repository + ["pulls"] }

    public func headReference(of number: Int64) -> String { "refs/pull/\(number)/head" }

    public func requests(
        from branch: String, into base: String, operation: String
    ) async throws(ConnectorError) -> [ChangeRequest] {
        let query = [
            HTTPRequest.Field("state", "all"), HTTPRequest.Field("head", "\(owner):\(branch)"),
            HTTPRequest.Field("base", base), HTTPRequest.Field("sort", "created"),
            HTTPRequest.Field("direction", "desc"), HTTPRequest.Field("per_page", "30"),
        ]
        let answer = try await session.send(.get, pulls, query: query, nil, operation)
        guard let items = answer.array else { throw .strangeAnswer(operation) }
        // A filter that the server does not understand is one that it leaves out.
        let ours = items.filter { $0["head"]?["ref"]?.string == branch && $0["base"]?["ref"]?.string == base }
        return try ours.map { item throws(ConnectorError) in try Self.request(item, operation) }
            .sorted { $0.number > $1.number }
    }

    public func openRequests(into base: String, operation: String) async throws(ConnectorError) -> OpenRequests {
        let query = [
            HTTPRequest.Field("state", "open"), HTTPRequest.Field("base", base), HTTPRequest.Field("sort", "created"),
            HTTPRequest.Field("direction", "asc"),
        ]
        let list = try await session.list(pulls, query, pages: OpenRequests.pageLimit, operation)
        let open = list.items.filter { $0["state"]?.string == "open" && $0["base"]?["ref"]?.string == base }
        return OpenRequests(
            open.compactMap { OpenRequest(number: $0["number"]?.integer, head: $0["head"]?["sha"]?.string) },
            isWhole: list.isWhole)
    }

    public func open(
        _ text: RequestText, from branch: String, into base: String, operation: String
    ) async throws(ConnectorError) -> ChangeRequest {
        let body: JSONValue = [
            "title": .string(text.title), "body": .string(text.body), "head": .string(branch), "base": .string(base),
            "maintainer_can_modify": false,
        ]
        return try Self.request(try await session.send(.post, pulls, body, operation), operation)
    }

    public func update(
        _ request: ChangeRequest, _ text: RequestText, operation: String
    ) async throws(ConnectorError) {
        _ = try await session.send(
            .patch, pulls + [String(request.number)], ["title": .string(text.title), "body": .string(text.body)],
            operation)
    }

    public func withdraw(
        _ request: ChangeRequest, _ text: RequestText, operation: String
    ) async throws(ConnectorError) {
        _ = try await session.send(
            .patch, pulls + [String(request.number)],
            ["title": .string(text.title), "body": .string(text.body), "state": "closed"], operation)
    }

    public func close() async { await session.close() }

    // MARK: Requests

    private static func request(_ item: JSONValue, _ operation: String) throws(ConnectorError) -> ChangeRequest {
        guard let number = item["number"]?.integer, let state = item["state"]?.string else {
            throw .strangeAnswer(operation)
        }
        let isMerged = item["merged_at"]?.string != nil
        return ChangeRequest(
            number: number, url: item["html_url"]?.string ?? "",
            state: state == "open"
                ? .open : isMerged ? .merged : .closed(item["closed_at"]?.string.flatMap { Instant($0) }),
            text: RequestText(title: item["title"]?.string ?? "", body: item["body"]?.string ?? ""))
    }

    /// `Validation Failed: A pull request already exists for mountainlab:tenure/shop-live.`
    private static func explanation(of response: HTTPResponse) -> String? {
        guard response.body.count <= 1 << 16, let value = JSONValue.parsed(response.body) else { return nil }
        let more = (value["errors"]?.array ?? []).compactMap { error -> String? in
            if let text = error["message"]?.string ?? error.string { return text }
            // Of a field that is wrong by itself it gives a code alone.
            guard let field = error["field"]?.string, let code = error["code"]?.string else { return nil }
            return "\(field) is \(code)"
        }
        let texts = [value["message"]?.string].compactMap(\.self) + more
        return texts.isEmpty ? nil : texts.joined(separator: ": ")
    }

    private static func code(of response: HTTPResponse) -> ConnectorError.Code? {
        let said = explanation(of: response) ?? ""
        switch response.status {
        // Both of its limits answer 403 or 429.
        case 403 where response.header("X-RateLimit-Remaining") == "0" || response.header("Retry-After") != nil:
            return .throttled
        case 403 where said.contains("rate limit"): return .throttled
        // What a token may not see is not there.
        case 404: return .configuration
        case 422 where said.contains("already exists"): return .conflict
        default: return nil
        }
    }
}

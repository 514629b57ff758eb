import AccessModel
import ConnectorKit
import StrictJSON

/// Pull requests by GitHub's REST API, version 2022-11-28.
struct GitHubForge: Forge {
    let noun = "pull request"
    private let session: HTTPSession
    private let path: [String]
    private let owner: String

    init(
        _ settings: GitOpsSettings.ForgeSettings, token: SecretText, clock: @escaping @Sendable () -> Instant
    ) throws(ConnectorError) {
        var configuration = HTTPSession.Configuration(
            url: settings.url, authorization: SecretText("Bearer " + token.reveal()))
        configuration.certificateAuthorities = settings.authorities
        configuration.explanation = Self.explanation
        configuration.code = Self.code
        session = try HTTPSession(configuration, clock: clock)
        let segments = settings.project.split(separator: "/").map(String.init)
        owner = segments.first ?? ""
        path = ["repos"] + segments + ["pulls"]
    }

    func requests(
        from branch: String, into base: String, operation: String
    ) async throws(ConnectorError) -> [ChangeRequest] {
        let query = [
            HTTPRequest.Field("state", "all"), HTTPRequest.Field("head", "\(owner):\(branch)"),
            HTTPRequest.Field("base", base), HTTPRequest.Field("sort", "created"),
            HTTPRequest.Field("direction", "desc"), HTTPRequest.Field("per_page", "30"),
        ]
        let answer = try await send(.get, path, query: query, nil, operation)
        guard let items = answer.array else { throw Self.strange(operation) }
        // A filter that the server does not understand is one that it leaves out.
        let ours = items.filter { $0["head"]?["ref"]?.string == branch && $0["base"]?["ref"]?.string == base }
        return try ours.map { item throws(ConnectorError) in try Self.request(item, operation) }
            .sorted { $0.number > $1.number }
    }

    func open(
        _ text: RequestText, from branch: String, into base: String, operation: String
    ) async throws(ConnectorError) -> ChangeRequest {
        let body: JSONValue = [
            "title": .string(text.title), "body": .string(text.body), "head": .string(branch), "base": .string(base),
            "maintainer_can_modify": false,
        ]
        return try Self.request(try await send(.post, path, body, operation), operation)
    }

    func update(_ request: ChangeRequest, _ text: RequestText, operation: String) async throws(ConnectorError) {
        _ = try await send(
            .patch, path + [String(request.number)], ["title": .string(text.title), "body": .string(text.body)],
            operation)
    }

    func withdraw(_ request: ChangeRequest, _ text: RequestText, operation: String) async throws(ConnectorError) {
        _ = try await send(
            .patch, path + [String(request.number)],
            ["title": .string(text.title), "body": .string(text.body), "state": "closed"], operation)
    }

    func close() async { await session.close() }

    // MARK: Requests

    private func send(
        _ method: HTTPRequest.Method, _ path: [String], query: [HTTPRequest.Field] = [], _ body: JSONValue?,
        _ operation: String
    ) async throws(ConnectorError) -> JSONValue {
        let headers = [
            HTTPRequest.Field("Accept", "application/vnd.github+json"),
            HTTPRequest.Field("X-GitHub-Api-Version", "2022-11-28"), HTTPRequest.Field("User-Agent", "tenure"),
        ]
        let request = HTTPRequest(
            method, path, query: query,
            headers: headers + (body == nil ? [] : [HTTPRequest.Field("Content-Type", "application/json")]),
            body: body.map { Array($0.compactText.utf8) })
        let response = try await session.send(request, operation: operation)
        guard let value = JSONValue.parsed(response.body) else { throw Self.strange(operation) }
        return value
    }

    private static func strange(_ operation: String) -> ConnectorError {
        ConnectorError(
            code: .targetFailure, operation: operation, message: "the forge's answer is not what it should be")
    }

    private static func request(_ item: JSONValue, _ operation: String) throws(ConnectorError) -> ChangeRequest {
        guard let number = item["number"]?.integer, let state = item["state"]?.string else { throw strange(operation) }
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

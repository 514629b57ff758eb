import StrictJSON

extension ForgeDouble {
    /// Who the token stands for.
    public static let ownName = "tenure-bot"

    public struct Comment: Sendable {
        public let id: Int
        public let request: Int
        public let author: String
        public internal(set) var body: String
        /// How often it was written anew.
        public internal(set) var edits = 0
    }

    public struct Status: Sendable, Hashable {
        public let commit: String
        public let name: String
        public let state: String
        public let description: String
    }

    struct Written: Sendable {
        var comments: [Comment] = []
        var statuses: [Status] = []
        /// Whether the token is an app's, or a pipeline's.
        var isBot = false
    }

    public var comments: [Comment] { written.withLock { $0.comments } }
    public var statuses: [Status] { written.withLock { $0.statuses } }

    /// The token stands for no user: it may not ask who it is.
    public func becomeBot() { written.withLock { $0.isBot = true } }

    /// Somebody else writes below a request.
    public func comment(_ body: String, on request: Int, by author: String) {
        written.withLock { written in
            written.comments.append(
                Comment(id: written.comments.count + 1, request: request, author: author, body: body))
        }
    }

    /// Somebody opens a request by hand.
    public func openByHand(from branch: String, into base: String = "main") {
        requests.withLock { all in
            all.append(Request(number: all.count + 1, state: "open", title: branch, body: "", head: branch, base: base))
        }
    }

    /// Both keep every request's head in the repository that it is to be merged into.
    func keepHeads() {
        for request in open {
            let name =
                kind == .github ? "refs/pull/\(request.number)/head" : "refs/merge-requests/\(request.number)/head"
            try? repository.keep(name, at: request.head)
        }
    }

    /// A page of a list. GitHub says in `Link` whether another follows, where there is more than one; GitLab always does in
    /// `X-Next-Page`.
    func listed(_ request: HTTPDouble.Request, _ items: [JSONValue]) -> HTTPDouble.Response {
        let size = min(request.query("per_page").flatMap { Int($0) } ?? 30, 100)
        let page = request.query("page").flatMap { Int($0) } ?? 1
        var answer = Self.json(200, .array(Array(items.dropFirst((page - 1) * size).prefix(size))))
        let isLast = page * size >= items.count
        if kind == .gitlab {
            answer.headers["X-Next-Page"] = isLast ? "" : "\(page + 1)"
        } else if items.count > size {
            // Addresses that nobody is to follow.
            answer.headers["Link"] = "<http://127.0.0.1:9/elsewhere>; rel=\"\(isLast ? "prev" : "next")\""
        }
        return answer
    }

    // MARK: The API

    /// Nil for what is not about users, comments and statuses.
    func answerToCheck(
        _ request: HTTPDouble.Request, _ body: JSONValue, _ project: String
    ) -> HTTPDouble.Response? {
        if request.path == "/user" { return user() }
        guard request.path.hasPrefix(project + "/") else { return nil }
        let parts = request.path.dropFirst(project.count + 1).split(separator: "/").map(String.init)
        switch (request.method, parts.count) {
        case ("POST", 2) where parts[0] == "statuses": return setStatus(parts[1], body)
        case (_, 3) where kind == .github && parts[0] == "issues" && parts[2] == "comments":
            return comments(of: Int(parts[1]) ?? 0, request, body)
        case ("PATCH", 3) where kind == .github && parts[0] == "issues" && parts[1] == "comments":
            return edit(Int(parts[2]) ?? 0, body)
        case (_, 3) where kind == .gitlab && parts[0] == "merge_requests" && parts[2] == "notes":
            return comments(of: Int(parts[1]) ?? 0, request, body)
        case ("PUT", 4) where kind == .gitlab && parts[0] == "merge_requests" && parts[2] == "notes":
            return edit(Int(parts[3]) ?? 0, body)
        default: return nil
        }
    }

    private func user() -> HTTPDouble.Response {
        guard !written.withLock({ $0.isBot }) else {
            return Self.json(403, ["message": "Resource not accessible by integration"])
        }
        return Self.json(200, ["login": .string(Self.ownName), "username": .string(Self.ownName), "id": .integer(7)])
    }

    private func comments(
        of number: Int, _ request: HTTPDouble.Request, _ body: JSONValue
    ) -> HTTPDouble.Response {
        guard all.contains(where: { $0.number == number }) else { return Self.json(404, ["message": "Not Found"]) }
        guard request.method == "POST" else {
            let own = comments.filter { $0.request == number }
            return listed(request, own.map(json))
        }
        if let refusal = refusal(of: body) { return refusal }
        let comment = written.withLock { written in
            let comment = Comment(
                id: written.comments.count + 1, request: number, author: Self.ownName, body: body["body"]?.string ?? "")
            written.comments.append(comment)
            return comment
        }
        return Self.json(201, json(comment))
    }

    private func edit(_ id: Int, _ body: JSONValue) -> HTTPDouble.Response {
        if let refusal = refusal(of: body) { return refusal }
        let comment = written.withLock { written -> Comment? in
            guard let index = written.comments.firstIndex(where: { $0.id == id }) else { return nil }
            written.comments[index].body = body["body"]?.string ?? ""
            written.comments[index].edits += 1
            return written.comments[index]
        }
        return comment.map { Self.json(200, json($0)) } ?? Self.json(404, ["message": "Not Found"])
    }

    private func refusal(of body: JSONValue) -> HTTPDouble.Response? {
        let text = body["body"]?.string ?? ""
        let isTooLong = text.unicodeScalars.count > (kind == .github ? 65_536 : 1_000_000)
        guard text.isEmpty || isTooLong else { return nil }
        guard kind == .github else {
            return Self.json(400, ["message": .string(text.isEmpty ? "note can't be blank" : "note is too long")])
        }
        let message = text.isEmpty ? "body can't be blank" : "Body is too long (maximum is 65536 characters)"
        return Self.json(
            422,
            [
                "message": "Validation Failed",
                "errors": [
                    [
                        "resource": "IssueComment", "code": "unprocessable", "field": "data",
                        "message": .string(message),
                    ]
                ],
            ])
    }

    private func setStatus(_ commit: String, _ body: JSONValue) -> HTTPDouble.Response {
        let isGitHub = kind == .github
        let state = body["state"]?.string ?? ""
        let description = body["description"]?.string ?? ""
        guard repository.holds(commit) else {
            return isGitHub
                ? Self.json(422, ["message": .string("No commit found for SHA: \(commit)")])
                : Self.json(404, ["message": "404 Commit Not Found"])
        }
        let states =
            isGitHub ? ["error", "failure", "pending", "success"] : ["pending", "running", "success", "failed"]
        guard states.contains(state), description.count <= (isGitHub ? 140 : 255) else {
            return isGitHub
                ? Self.json(422, ["message": "Validation Failed: description is too long (maximum is 140 characters)"])
                : Self.json(400, ["message": ["description": ["is too long (maximum is 255 characters)"]]])
        }
        let status = Status(
            commit: commit, name: body[isGitHub ? "context" : "name"]?.string ?? "default", state: state,
            description: description)
        let last = statuses.last { $0.commit == commit && $0.name == status.name }
        // As GitLab did before 18.3.
        if !isGitHub, last?.state == state {
            let message = "Cannot transition status via :change from :\(state) (Reason(s): Status cannot transition)"
            return Self.json(400, ["message": .string(message)])
        }
        written.withLock { $0.statuses.append(status) }
        return Self.json(201, ["id": 1, "state": .string(state)])
    }

    private func json(_ comment: Comment) -> JSONValue {
        let isOwn = comment.author == Self.ownName
        let isBot = isOwn && written.withLock { $0.isBot }
        guard kind == .gitlab else {
            return [
                "id": .integer(Int64(comment.id)), "body": .string(comment.body),
                "user": [
                    "login": .string(isBot ? "app[bot]" : comment.author), "type": .string(isBot ? "Bot" : "User"),
                ],
            ]
        }
        return [
            "id": .integer(Int64(comment.id)), "body": .string(comment.body), "system": false,
            "author": ["id": .integer(isOwn ? 7 : 8), "username": .string(comment.author)],
        ]
    }
}

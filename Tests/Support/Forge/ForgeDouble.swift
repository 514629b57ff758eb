import Foundation
import StrictJSON
import Synchronization

/// A double of a forge: a real git repository, and as much of GitHub's or GitLab's API as pull requests need, written from
/// the vendors' references. It refuses what they refuse, and proves nothing about either product.
public final class ForgeDouble: Sendable {
    public enum Kind: Sendable { case github, gitlab }

    public struct Request: Sendable {
        public let number: Int
        public internal(set) var state: String
        public internal(set) var title: String
        public internal(set) var body: String
        public let head: String
        let base: String
        var mergedAt: String?
        var closedAt: String?
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public static let token = "canary-forge-token-0123456789"
    public let kind: Kind
    public let repository: ForgeRepository
    let requests = Mutex<[Request]>([])
    let written = Mutex(Written())
    private let answers = Mutex<[HTTPDouble.Response]>([])
    private let isSlow = Mutex(false)
    private let server = Mutex<HTTPDouble?>(nil)

    public init(_ kind: Kind = .github) throws {
        self.kind = kind
        repository = try ForgeRepository()
        let double = try HTTPDouble { [weak self] request in self?.answer(request) ?? HTTPDouble.Response(500) }
        server.withLock { $0 = double }
    }

    deinit { server.withLock { $0?.stop() } }

    public var url: String { server.withLock { $0?.url } ?? "" }
    /// What was sent, as `POST /repos/...`.
    public var calls: [String] { server.withLock { $0?.requests.map { "\($0.method) \($0.path)" } } ?? [] }
    public var all: [Request] { requests.withLock { $0 } }
    public var open: [Request] { all.filter { $0.state == "open" } }

    /// Whether a request whose branch is gone stays open for now: GitLab closes it by a job of its own.
    public func closeSlowly(_ slowly: Bool) { isSlow.withLock { $0 = slowly } }

    /// What the next requests are answered instead.
    public func answerNext(_ response: HTTPDouble.Response) { answers.withLock { $0.append(response) } }

    // MARK: What people do

    /// Merges a request as one commit; `edit` changes the folder before that, as a reviewer might.
    public func merge(_ number: Int, edit: ((String) throws -> Void)? = nil) throws {
        guard let request = all.first(where: { $0.number == number && $0.state == "open" }) else {
            throw Failure(description: "no open request \(number)")
        }
        try repository.squash(request.head, into: request.base, edit: edit)
        change(number) {
            $0.state = "closed"
            $0.mergedAt = Self.now()
            $0.closedAt = Self.now()
        }
    }

    /// Somebody says no.
    public func reject(_ number: Int) {
        change(number) {
            $0.state = "closed"
            $0.closedAt = Self.now()
        }
    }

    /// Somebody opens it again.
    public func reopen(_ number: Int) {
        change(number) {
            $0.state = "open"
            $0.closedAt = nil
        }
    }

    private func change(_ number: Int, _ body: (inout Request) -> Void) {
        requests.withLock { all in
            for index in all.indices where all[index].number == number { body(&all[index]) }
        }
    }

    private static func now() -> String { ISO8601DateFormatter().string(from: Date()) }

    // MARK: The API

    private func answer(_ request: HTTPDouble.Request) -> HTTPDouble.Response {
        let planned = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let planned { return planned }
        let credential =
            kind == .github
            ? request.headers["authorization"] == "Bearer \(Self.token)"
            : request.headers["private-token"] == Self.token
        guard credential else { return Self.json(401, ["message": "Bad credentials"]) }
        guard request.headers["user-agent"]?.isEmpty == false else {
            return Self.json(403, ["message": "Request forbidden by administrative rules"])
        }
        let project = kind == .github ? "/repos/mountainlab/clusters" : "/projects/mountainlab%2Fclusters"
        let root = project + (kind == .github ? "/pulls" : "/merge_requests")
        closeThoseWithoutABranch()
        keepHeads()
        let body = (try? JSONParser.parse(request.body)) ?? .null
        if let answer = answerToCheck(request, body, project) { return answer }
        guard request.path.hasPrefix(root) else { return Self.json(404, ["message": "Not Found"]) }
        let number = Int(request.path.dropFirst(root.count + 1))
        switch (request.method, number) {
        case ("GET", nil): return list(request)
        case ("POST", nil): return create(body)
        case ("PATCH", let number?) where kind == .github: return update(number, body)
        case ("PUT", let number?) where kind == .gitlab: return update(number, body)
        default: return Self.json(404, ["message": "Not Found"])
        }
    }

    /// Both close a request whose branch is deleted.
    private func closeThoseWithoutABranch() {
        guard !isSlow.withLock({ $0 }) else { return }
        for request in open where (try? repository.head(of: request.head)) == nil { reject(request.number) }
    }

    private func list(_ request: HTTPDouble.Request) -> HTTPDouble.Response {
        let head = request.query(kind == .github ? "head" : "source_branch")
        let base = request.query(kind == .github ? "base" : "target_branch") ?? ""
        let state = request.query("state") ?? "open"
        let found = all.filter { item in
            let isWanted = head.map { (kind == .github ? "mountainlab:\(item.head)" : item.head) == $0 } ?? true
            return isWanted && item.base == base && (state == "all" || item.state == "open")
        }
        let isRising = request.query(kind == .github ? "direction" : "sort") == "asc"
        return listed(request, (isRising ? found : found.reversed()).map(json))
    }

    private func create(_ body: JSONValue) -> HTTPDouble.Response {
        let isGitHub = kind == .github
        let head = body[isGitHub ? "head" : "source_branch"]?.string ?? ""
        let base = body[isGitHub ? "base" : "target_branch"]?.string ?? ""
        func invalid(_ error: JSONValue) -> HTTPDouble.Response {
            Self.json(422, ["message": "Validation Failed", "errors": [error]])
        }
        func custom(_ message: String) -> HTTPDouble.Response {
            invalid(["resource": "PullRequest", "code": "custom", "message": .string(message)])
        }
        guard let from = try? repository.head(of: head), let into = try? repository.head(of: base) else {
            return isGitHub
                ? invalid(["resource": "PullRequest", "field": "head", "code": "invalid"])
                : Self.json(400, ["message": ["source_branch is invalid"]])
        }
        if open.contains(where: { $0.head == head && $0.base == base }) {
            return isGitHub
                ? custom("A pull request already exists for mountainlab:\(head).")
                : Self.json(409, ["message": ["Another open merge request already exists for this source branch: !1"]])
        }
        let text = body[isGitHub ? "body" : "description"]?.string ?? ""
        if text.unicodeScalars.count > (isGitHub ? 65_536 : 1_048_576) {
            return isGitHub
                ? invalid(["resource": "Issue", "code": "custom", "field": "body", "message": "body is too long"])
                : Self.json(400, ["message": ["description": ["is too long"]]])
        }
        if isGitHub, from == into { return custom("No commits between \(base) and \(head)") }
        let request = requests.withLock { all in
            let request = Request(
                number: all.count + 1, state: "open", title: body["title"]?.string ?? "",
                body: body[isGitHub ? "body" : "description"]?.string ?? "", head: head, base: base)
            all.append(request)
            return request
        }
        return Self.json(201, json(request))
    }

    private func update(_ number: Int, _ body: JSONValue) -> HTTPDouble.Response {
        guard let request = all.first(where: { $0.number == number }) else {
            return Self.json(404, ["message": "Not Found"])
        }
        let wantsClosed = body["state"]?.string == "closed" || body["state_event"]?.string == "close"
        if wantsClosed, request.mergedAt != nil { return Self.json(422, ["message": "Validation Failed"]) }
        change(number) { item in
            if let title = body["title"]?.string { item.title = title }
            if let text = body[kind == .github ? "body" : "description"]?.string { item.body = text }
            if wantsClosed {
                item.state = "closed"
                item.closedAt = Self.now()
            }
        }
        return Self.json(200, json(all.first { $0.number == number } ?? request))
    }

    private func json(_ request: Request) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        let commit = text(try? repository.head(of: request.head))
        guard kind == .gitlab else {
            return [
                "number": .integer(Int64(request.number)), "state": .string(request.state),
                "html_url": .string("\(url)/pull/\(request.number)"), "title": .string(request.title),
                "body": .string(request.body), "merged_at": text(request.mergedAt), "closed_at": text(request.closedAt),
                "head": ["ref": .string(request.head), "sha": commit],
                "base": ["ref": .string(request.base)],
            ]
        }
        let state = request.mergedAt != nil ? "merged" : request.state == "open" ? "opened" : "closed"
        return [
            "iid": .integer(Int64(request.number)), "state": .string(state),
            "web_url": .string("\(url)/-/merge_requests/\(request.number)"), "title": .string(request.title),
            "description": .string(request.body), "merged_at": text(request.mergedAt),
            "closed_at": text(request.mergedAt == nil ? request.closedAt : nil),
            "source_branch": .string(request.head), "target_branch": .string(request.base), "source_project_id": 1,
            "target_project_id": 1, "sha": commit,
        ]
    }

    public static func json(_ status: Int, _ body: JSONValue) -> HTTPDouble.Response {
        HTTPDouble.Response(status, headers: ["Content-Type": "application/json"], body: body.compactText)
    }
}

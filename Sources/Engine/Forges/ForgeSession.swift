import ConnectorKit
import StrictJSON

/// JSON to and from a forge's API, and its lists: what both forges have in common.
struct ForgeSession: Sendable {
    private let http: HTTPSession
    /// Sent with everything.
    private let headers: [HTTPRequest.Field]

    init(_ http: HTTPSession, headers: [HTTPRequest.Field]) {
        self.http = http
        self.headers = headers + [HTTPRequest.Field("User-Agent", "tenure")]
    }

    func send(
        _ method: HTTPRequest.Method, _ path: [String], query: [HTTPRequest.Field] = [], _ body: JSONValue?,
        _ operation: String
    ) async throws(ConnectorError) -> JSONValue {
        let response = try await response(to: method, path, query: query, body, operation)
        guard let value = JSONValue.parsed(response.body) else { throw .strangeAnswer(operation) }
        return value
    }

    private func response(
        to method: HTTPRequest.Method, _ path: [String], query: [HTTPRequest.Field], _ body: JSONValue?,
        _ operation: String
    ) async throws(ConnectorError) -> HTTPResponse {
        let own = body == nil ? [] : [HTTPRequest.Field("Content-Type", "application/json")]
        return try await http.send(
            HTTPRequest(
                method, path, query: query, headers: headers + own, body: body.map { Array($0.compactText.utf8) }),
            operation: operation)
    }

    /// The items of a list, page by page; by number, and never by an address that an answer names.
    ///
    /// - Parameter limit: Pages that are read; what comes after them is left, and the list says so.
    func list(
        _ path: [String], _ query: [HTTPRequest.Field], pages limit: Int, _ operation: String
    ) async throws(ConnectorError) -> ForgeList {
        var items: [JSONValue] = []
        for page in 1...max(limit, 1) {
            let place = [
                HTTPRequest.Field("per_page", "\(ForgeList.pageSize)"), HTTPRequest.Field("page", "\(page)"),
            ]
            let response = try await response(to: .get, path, query: query + place, nil, operation)
            guard let new = JSONValue.parsed(response.body)?.array else { throw .strangeAnswer(operation) }
            items += new
            guard ForgeList.goesOn(after: response, count: new.count) else {
                return ForgeList(items: items, isWhole: true, pages: page)
            }
        }
        return ForgeList(items: items, isWhole: false, pages: limit)
    }

    func close() async { await http.close() }
}

/// A list as far as it was read.
struct ForgeList: Hashable, Sendable {
    /// Both forges give this many at most.
    static let pageSize = 100

    let items: [JSONValue]
    /// Whether nothing comes after it.
    let isWhole: Bool
    let pages: Int

    /// All of it.
    ///
    /// - Throws: `targetFailure` for one that goes on after as many pages as are read.
    func whole(_ operation: String) throws(ConnectorError) -> [JSONValue] {
        guard isWhole else {
            throw ConnectorError(
                code: .targetFailure, operation: operation,
                message: "the list goes on after \(pages) pages of \(Self.pageSize), and no more are read")
        }
        return items
    }

    /// Whether another page follows. GitHub says so in `Link`, and leaves it out where all is on one page; GitLab says so in
    /// `X-Next-Page`, empty at the end. A page may hold fewer items than were asked for and not be the last.
    static func goesOn(after response: HTTPResponse, count: Int) -> Bool {
        // Nothing is learned from another empty page, whatever is said of it.
        guard count > 0 else { return false }
        if let next = response.header("X-Next-Page") { return !next.isEmpty }
        if let links = response.header("Link") { return links.contains("rel=\"next\"") }
        return count >= pageSize
    }
}

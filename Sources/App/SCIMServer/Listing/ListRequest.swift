import StrictJSON
import WebServer

/// What a list is asked for by: the query of a GET, or the body of a POST to `.search`.
struct ListRequest: Sendable {
    enum Page: Sendable {
        /// From 1.
        case index(Int)
        /// Empty for the first page.
        case cursor(String)
    }

    static let defaultCount = 100
    static let maximumCount = 1_000

    var filter: Filter?
    var sortBy: String?
    var isDescending = false
    var page = Page.index(1)
    var count = ListRequest.defaultCount
    var projection = Projection.usual

    private static let names: Set<String> = [
        "filter", "sortBy", "sortOrder", "startIndex", "count", "cursor", "attributes", "excludedAttributes",
    ]

    init(_ query: WebQuery) throws {
        try query.allow(Self.names)
        projection = try Projection(query)
        try take(filter: query.value("filter"), sortBy: query.value("sortBy"), sortOrder: query.value("sortOrder"))
        try take(
            startIndex: query.value("startIndex").map { try Self.number($0, "startIndex") },
            cursor: query.value("cursor"), count: query.value("count").map { try Self.number($0, "count") })
    }

    /// The body of a search.
    init(_ body: JSONValue) throws(SCIMError) {
        guard case .object(let object) = body else { throw .syntax("expected an object, found \(body.kindName)") }
        let schema = "urn:ietf:params:scim:api:messages:2.0:searchrequest"
        guard object["schemas"]?.array?.contains(where: { $0.string?.lowercased() == schema }) == true else {
            throw .syntax(
                "`schemas` has to be an array with `urn:ietf:params:scim:api:messages:2.0:SearchRequest` in it")
        }
        for name in object.names where name != "schemas" && !Self.names.contains(name) {
            throw .syntax("\(TextRule.quoted(name)) has no meaning in a search")
        }
        projection = try Projection(
            attributes: Self.list("attributes", object), excluded: Self.list("excludedAttributes", object))
        try take(
            filter: Self.text("filter", object), sortBy: Self.text("sortBy", object),
            sortOrder: Self.text("sortOrder", object))
        try take(
            startIndex: Self.number("startIndex", object), cursor: Self.text("cursor", object),
            count: Self.number("count", object))
    }

    private mutating func take(filter: String?, sortBy: String?, sortOrder: String?) throws(SCIMError) {
        if let filter { self.filter = try FilterParser.parse(filter) }
        self.sortBy = sortBy
        switch sortOrder?.lowercased() {
        case nil, "ascending"?: isDescending = false
        case "descending"?: isDescending = true
        case _?: throw .invalid("`sortOrder` is `ascending` or `descending`")
        }
    }

    private mutating func take(startIndex: Int?, cursor: String?, count: Int?) throws(SCIMError) {
        if let cursor {
            guard startIndex == nil else { throw .invalid("either `cursor` or `startIndex` is taken, not both") }
            if let count, count < 1 {
                throw SCIMError(.badRequest, .invalidCount, "`count` has to be between 1 and \(Self.maximumCount)")
            }
            page = .cursor(cursor)
        } else {
            page = .index(max(1, startIndex ?? 1))
        }
        self.count = min(max(0, count ?? Self.defaultCount), Self.maximumCount)
    }

    // MARK: Single parameters

    private static func number(_ text: String, _ name: String) throws(SCIMError) -> Int {
        guard let number = Int(text) else {
            throw SCIMError(
                .badRequest, name == "count" ? .invalidCount : .invalidValue,
                "`\(name)` is \(TextRule.quoted(text)), not a whole number")
        }
        return number
    }

    private static func number(_ name: String, _ object: JSONObject) throws(SCIMError) -> Int? {
        switch object[name] {
        case nil, .null?: return nil
        case .integer(let value)?: return Int(value)
        case let other?: throw .invalid("`\(name)`: expected a whole number, found \(other.kindName)")
        }
    }

    private static func text(_ name: String, _ object: JSONObject) throws(SCIMError) -> String? {
        switch object[name] {
        case nil, .null?: return nil
        case .string(let value)?: return value
        case let other?: throw .invalid("`\(name)`: expected a string, found \(other.kindName)")
        }
    }

    private static func list(_ name: String, _ object: JSONObject) throws(SCIMError) -> [String]? {
        switch object[name] {
        case nil, .null?: return nil
        case .string(let value)?: return value.split(separator: ",").map(String.init)
        case .array(let elements)?:
            let names = elements.compactMap(\.string)
            guard names.count == elements.count else { throw .invalid("`\(name)`: expected strings") }
            return names
        case let other?: throw .invalid("`\(name)`: expected an array of strings, found \(other.kindName)")
        }
    }
}

import ConnectorKit
import StrictJSON

extension AWSClient {
    /// So many pages at most: no organisation has more, and a service that never ends must not be read for ever.
    static let maximumPages = 20_000

    /// Reads a listing to its end. Each page must hold the list, and each token must be new.
    ///
    /// - Parameters:
    ///   - list: The name of the list in each page.
    ///   - tolerated: Codes that mean that what is listed is not there: the list is empty then.
    /// - Throws: `incomplete` where the pages do not prove that they are all.
    func listAll(
        _ service: AWSService, _ name: String, _ input: JSONValue, list: String, _ operation: String,
        tolerating tolerated: Set<String> = []
    ) async throws(ConnectorError) -> [JSONValue] {
        var elements: [JSONValue] = []
        var pages = PageTokens(name: name, operation: operation)
        var input = input.object ?? JSONObject()
        while true {
            let answer = try await call(service, name, .object(input), operation, tolerating: tolerated)
            if answer.refusal != nil {
                guard elements.isEmpty else { throw pages.broken("what it lists went away between two pages") }
                return []
            }
            guard let page = answer.json[list]?.array else { throw pages.broken("a page has no `\(list)`") }
            elements += page
            guard let next = answer.json["NextToken"]?.string, !next.isEmpty else { return elements }
            try pages.take(next)
            input["NextToken"] = .string(next)
        }
    }

    /// The same for services that answer in XML: `IsTruncated` says whether there is more, `Marker` where.
    func listAll(
        _ service: AWSService, _ name: String, _ fields: [HTTPRequest.Field], list: String, _ operation: String,
        tolerating tolerated: Set<String> = []
    ) async throws(ConnectorError) -> [XMLElement] {
        var elements: [XMLElement] = []
        var pages = PageTokens(name: name, operation: operation)
        var marker: [HTTPRequest.Field] = []
        while true {
            let answer = try await query(service, name, fields + marker, operation, tolerating: tolerated)
            if answer.refusal != nil {
                guard elements.isEmpty else { throw pages.broken("what it lists went away between two pages") }
                return []
            }
            guard let page = answer.result.members(list) else { throw pages.broken("a page has no `\(list)`") }
            elements += page
            guard answer.result.text("IsTruncated") == "true" else { return elements }
            guard let next = answer.result.text("Marker"), !next.isEmpty else {
                throw pages.broken("a page says that there is more, and not where")
            }
            try pages.take(next)
            marker = [HTTPRequest.Field("Marker", next)]
        }
    }
}

/// The tokens of a listing so far.
private struct PageTokens {
    let name: String
    let operation: String
    private var seen: Set<String> = []

    init(name: String, operation: String) {
        self.name = name
        self.operation = operation
    }

    mutating func take(_ token: String) throws(ConnectorError) {
        guard seen.insert(token).inserted else { throw broken("a page leads back to an earlier one") }
        guard seen.count < AWSClient.maximumPages else { throw broken("it does not end") }
    }

    func broken(_ message: String) -> ConnectorError {
        ConnectorError(code: .incomplete, operation: operation, message: "\(name): \(message)")
    }
}

import ConnectorKit
import StrictJSON

/// What a listing brought, and whether it is all.
struct ResourceListing: Sendable {
    var items: [JSONValue] = []
    /// Why something may be missing; nil when nothing is.
    var doubt: String?
    /// Of the moment that all of its pages show.
    var resourceVersion = ""
}

extension KubernetesClient {
    /// All pages. One whose continuation has expired is begun anew once; if that expires too, it comes with its doubt.
    ///
    /// - Parameters:
    ///   - labels: A label selector.
    ///   - name: Of what alone is listed, wherever it is.
    func list(
        _ path: ResourcePath, labels: String? = nil, name: String? = nil, operation: String
    ) async throws(ConnectorError) -> ResourceListing {
        var selectors: [HTTPRequest.Field] = []
        if let labels { selectors.append(HTTPRequest.Field("labelSelector", labels)) }
        if let name { selectors.append(HTTPRequest.Field("fieldSelector", "metadata.name=\(name)")) }
        for _ in 0..<2 {
            if let listing = try await readPages(path, selectors, operation) { return listing }
        }
        return ResourceListing(doubt: "\(path.name): the listing expired twice before its end")
    }

    /// A listing that must be whole.
    func listAll(
        _ path: ResourcePath, labels: String? = nil, name: String? = nil, operation: String
    ) async throws(ConnectorError) -> [JSONValue] {
        let listing = try await list(path, labels: labels, name: name, operation: operation)
        guard let doubt = listing.doubt else { return listing.items }
        throw ConnectorError(code: .incomplete, operation: operation, message: doubt)
    }

    /// Nil when a continuation had expired.
    private func readPages(
        _ path: ResourcePath, _ selectors: [HTTPRequest.Field], _ operation: String
    ) async throws(ConnectorError) -> ResourceListing? {
        var listing = ResourceListing()
        var names = Set<String>()
        var tokens = Set<String>()
        var token: String?
        while true {
            var query = [HTTPRequest.Field("limit", String(pageSize))] + selectors
            if let token { query.append(HTTPRequest.Field("continue", token)) }
            let response = try await send(
                HTTPRequest(.get, path.segments, query: query, headers: Self.accepts), operation: operation,
                accepting: token == nil ? [] : [410])
            if response.status == 410 { return nil }
            let page = try Self.page(response, path, operation)
            if token == nil {
                listing.resourceVersion = page.version
            } else if page.version != listing.resourceVersion {
                return doubt("\(path.name): its pages are of different moments", listing)
            }
            for item in page.items {
                guard let name = Self.key(of: item) else { return doubt("\(path.name): one has no name", listing) }
                guard names.insert(name).inserted else { return doubt("\(path.name): `\(name)` came twice", listing) }
                listing.items.append(item)
            }
            guard let next = page.next else {
                return page.remaining > 0 ? doubt("\(path.name): it ends before its end", listing) : listing
            }
            guard tokens.insert(next).inserted else { return doubt("\(path.name): it goes round in circles", listing) }
            token = next
        }
    }

    private func doubt(_ text: String, _ listing: ResourceListing) -> ResourceListing {
        var listing = listing
        listing.doubt = text
        return listing
    }

    private struct Page {
        let items: [JSONValue]
        let version: String
        let next: String?
        /// How many the server says are left, where it does.
        let remaining: Int64
    }

    private static func page(
        _ response: HTTPResponse, _ path: ResourcePath, _ operation: String
    ) throws(ConnectorError) -> Page {
        let list = try object(response, operation)
        let items = list["items"] == .null ? [] : list["items"]?.array
        guard list["kind"]?.string?.hasSuffix("List") == true, let items,
            let version = list["metadata"]?["resourceVersion"]?.string
        else {
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "the answer is no list of \(path.name)")
        }
        let next = list["metadata"]?["continue"]?.string
        return Page(
            items: items, version: version, next: next.flatMap { $0.isEmpty ? nil : $0 },
            remaining: list["metadata"]?["remainingItemCount"]?.integer ?? 0)
    }

    private static func key(of item: JSONValue) -> String? {
        guard let name = item["metadata"]?["name"]?.string else { return nil }
        return item["metadata"]?["namespace"]?.string.map { "\($0)/\(name)" } ?? name
    }
}

import ConnectorKit
import StrictJSON

/// What a query brought, and whether it is all.
struct SCIMListing: Sendable {
    var resources: [JSONValue] = []
    /// Why something may be missing; nil when nothing is.
    var doubt: String?
}

extension SCIMClient {
    /// All pages of a query. A listing that does not add up is read again, as somebody may have changed something
    /// meanwhile; if it still does not, it comes with its doubt.
    ///
    /// - Parameter filter: A service that refuses filters is asked for everything instead: the caller compares anyway.
    func list(
        _ endpoint: Endpoint, filter: SCIMFilter? = nil, attributes: [String], operation: String
    ) async throws(ConnectorError) -> SCIMListing {
        var listing = SCIMListing()
        for _ in 0..<3 {
            do throws(ConnectorError) {
                listing = try await read(endpoint, filter, attributes, operation)
            } catch {
                guard error.code == .invalid, filter != nil else { throw error }
                return try await list(endpoint, attributes: attributes, operation: operation)
            }
            if listing.doubt == nil { return listing }
        }
        return listing
    }

    /// A listing that must be whole.
    func listAll(
        _ endpoint: Endpoint, filter: SCIMFilter? = nil, attributes: [String], operation: String
    ) async throws(ConnectorError) -> [JSONValue] {
        let listing = try await list(endpoint, filter: filter, attributes: attributes, operation: operation)
        guard let doubt = listing.doubt else { return listing.resources }
        throw ConnectorError(code: .incomplete, operation: operation, message: doubt)
    }

    private func read(
        _ endpoint: Endpoint, _ filter: SCIMFilter?, _ attributes: [String], _ operation: String
    ) async throws(ConnectorError) -> SCIMListing {
        var listing = SCIMListing()
        var ids = Set<String>()
        var total: Int64?
        repeat {
            let page = try await page(
                endpoint, filter, attributes, from: listing.resources.count + 1, operation: operation)
            guard let announced = page.attribute("totalResults")?.integer else {
                throw ConnectorError(
                    code: .targetFailure, operation: operation, message: "a listing does not state `totalResults`")
            }
            if let total, total != announced {
                listing.doubt = "\(endpoint.rawValue): the total went from \(total) to \(announced) between pages"
                return listing
            }
            total = announced
            let resources = page.attribute("Resources")?.array ?? []
            for resource in resources {
                guard let id = resource.attribute("id")?.string else {
                    listing.doubt = "\(endpoint.rawValue): a resource has no id"
                    return listing
                }
                guard ids.insert(id).inserted else {
                    listing.doubt = "\(endpoint.rawValue): `\(id)` came twice, so another one was passed over"
                    return listing
                }
                listing.resources.append(resource)
            }
            if resources.isEmpty { break }
        } while Int64(listing.resources.count) < total ?? 0
        if let total, Int64(listing.resources.count) != total {
            listing.doubt = "\(endpoint.rawValue): \(listing.resources.count) came, \(total) were announced"
        }
        return listing
    }

    private func page(
        _ endpoint: Endpoint, _ filter: SCIMFilter?, _ attributes: [String], from start: Int, operation: String
    ) async throws(ConnectorError) -> JSONValue {
        var query = [
            HTTPRequest.Field("startIndex", String(start)), HTTPRequest.Field("count", String(pageSize)),
            HTTPRequest.Field("attributes", attributes.joined(separator: ",")),
        ]
        if let filter { query.append(HTTPRequest.Field("filter", filter.text)) }
        guard let page = try await get([endpoint.rawValue], query: query, operation: operation) else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "a listing is empty of content")
        }
        return page
    }
}

import HTTPTypes
import StrictJSON

/// One request, read whole. Its path and query are decoded once, here, and what cannot be decoded is refused.
public struct WebRequest: Sendable {
    public let method: HTTPRequest.Method
    /// Decoded segments, none of which is empty, `.` or `..`.
    public let path: [String]
    public let query: WebQuery
    public let headers: HTTPFields
    public let body: [UInt8]
    /// Named in every record, line of the log and answer that this request causes.
    public let correlation: String
    /// Whom it came from.
    public let peer: WebPeer
    /// What stands in the path where the route has a name in braces.
    public internal(set) var parameters: [String: String] = [:]

    public init(
        method: HTTPRequest.Method, path: [String], query: WebQuery = WebQuery(), headers: HTTPFields = [:],
        body: [UInt8] = [], correlation: String, peer: WebPeer
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.correlation = correlation
        self.peer = peer
    }

    /// The same with what came in behind its head.
    func with(body: [UInt8]) -> WebRequest {
        WebRequest(
            method: method, path: path, query: query, headers: headers, body: body, correlation: correlation, peer: peer
        )
    }

    /// What stands at a name of the route's pattern.
    public func parameter(_ name: String) throws(Problem) -> String {
        guard let value = parameters[name] else { throw .notFound("no `\(name)` in this path") }
        return value
    }

    /// The media type of the body in lower case, without its parameters; nil where none is said.
    public var mediaType: String? {
        headers[.contentType]?.split(separator: ";").first.map {
            $0.lowercased().filter { $0 != " " && $0 != "\t" }
        }
    }

    /// The body as JSON, read strictly: a name that stands twice is refused.
    public func json(_ types: Set<String> = ["application/json"]) throws(Problem) -> JSONValue {
        guard let mediaType, types.contains(mediaType) else {
            throw .unsupportedMediaType(types.sorted())
        }
        do {
            return try JSONParser.parse(body)
        } catch {
            throw Problem(.badRequest, "invalid-json", "the body is no JSON: \(error)")
        }
    }
}

/// The other end of a connection.
public struct WebPeer: Hashable, Sendable {
    /// Without a port.
    public let address: String
    public let isLoopback: Bool
    /// SHA-256 of the certificate that it showed and that was verified, in lower-case hex; nil where it showed none.
    public let certificate: String?

    public init(address: String, isLoopback: Bool, certificate: String? = nil) {
        self.address = address
        self.isLoopback = isLoopback
        self.certificate = certificate
    }
}

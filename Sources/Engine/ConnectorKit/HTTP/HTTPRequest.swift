/// One request, relative to its session's address.
public struct HTTPRequest: Hashable, Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        /// Vault's own, for what is under a path.
        case list = "LIST"
    }

    public struct Field: Hashable, Sendable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public var method: Method
    /// Segments under the session's address; each is escaped, so an id with a `/` stays one segment.
    public var path: [String]
    public var query: [Field]
    /// No secrets here: those are the session's.
    public var headers: [Field]
    public var body: [UInt8]?

    public init(
        _ method: Method, _ path: [String], query: [Field] = [], headers: [Field] = [], body: [UInt8]? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The path and the query, escaped: `/Users/2819?filter=a%20eq%20%22b%22`.
    var target: String {
        let path = path.map { "/" + Self.escape($0) }.joined()
        let query = query.map { Self.escape($0.name) + "=" + Self.escape($0.value) }.joined(separator: "&")
        return query.isEmpty ? path : path + "?" + query
    }

    /// Everything but RFC 3986's unreserved characters. A segment of dots alone would be resolved away, so its dots
    /// are escaped too.
    static func escape(_ text: String) -> String {
        let isDots = text == "." || text == ".."
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            if byte.isUnreserved && !isDots {
                escaped.append(byte)
            } else {
                escaped.append(UInt8(ascii: "%"))
                escaped.append(hexDigits[Int(byte >> 4)])
                escaped.append(hexDigits[Int(byte & 15)])
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)
}

extension UInt8 {
    fileprivate var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

import HTTPTypes

/// A method and a path, and what answers.
public struct Route: Sendable {
    public typealias Handler = @Sendable (WebRequest) async throws -> WebResponse
    /// Looks at a request whose body is still to come, and says no; nil lets it in.
    public typealias Gate = @Sendable (WebRequest) async throws -> WebResponse?

    public let method: HTTPRequest.Method
    public let pattern: RoutePattern
    /// What it is called where it is told what was asked for; the method and the pattern where it has no name of its own.
    public let name: String
    /// Bytes that a body may have; a longer one is refused before it is read.
    public let bodyLimit: Int
    /// Asked before a body is read, where one is announced: who may not send any is not listened to. The handler does not
    /// rely on it. Nil lets everybody in.
    public let gate: Gate?
    public let handler: Handler

    public static let defaultBodyLimit = 1 << 20

    public init(
        _ method: HTTPRequest.Method, _ pattern: RoutePattern, name: String? = nil,
        bodyLimit: Int = Route.defaultBodyLimit,
        gate: Gate? = nil, _ handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.name = name ?? "\(method) \(pattern)"
        self.bodyLimit = bodyLimit
        self.gate = gate
        self.handler = handler
    }
}

/// `/api/v1/cases/{id}`: segments that are given, and names of such that are not.
public struct RoutePattern: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    enum Segment: Hashable, Sendable {
        case fixed(String)
        case named(String)
    }

    let segments: [Segment]

    public init(_ text: String) {
        segments = text.split(separator: "/").map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .named(String(segment.dropFirst().dropLast())) : .fixed(String(segment))
        }
    }

    public init(stringLiteral value: String) { self.init(value) }

    public var description: String {
        "/"
            + segments.map { segment in
                switch segment {
                case .fixed(let text): text
                case .named(let name): "{\(name)}"
                }
            }.joined(separator: "/")
    }

    /// Names in braces, in their order.
    public var names: [String] {
        segments.compactMap { segment in
            if case .named(let name) = segment { name } else { nil }
        }
    }
}

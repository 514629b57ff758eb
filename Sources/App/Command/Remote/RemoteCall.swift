import AccessModel
import ConnectorKit
import ControlPlane
import StrictJSON

/// One thing that a server is asked.
struct RemoteCall: Sendable {
    /// Whether it may be sent again where the answer is lost.
    enum Repeat: Sendable {
        /// It only reads, or a repeat changes nothing.
        case always
        /// It bears a key by which a server knows a repeat.
        case byKey
        case never
    }

    private(set) var request: HTTPRequest
    var repeats: Repeat
    /// In JSON its pages are put together.
    var isList = false
    /// For the whole of it.
    var patience = Span.seconds(60)
    /// What was sent, where the server's problems are about its lines.
    var file: String?

    static func get(_ path: String..., query: [Field?] = []) -> RemoteCall {
        RemoteCall(request: HTTPRequest(.get, prefix + path, query: fields(query)), repeats: .always)
    }

    /// - Parameter query: Those that are nil are left out.
    static func list(_ path: String..., query: [Field?] = []) -> RemoteCall {
        var call = RemoteCall(request: HTTPRequest(.get, prefix + path, query: fields(query)), repeats: .always)
        call.isList = true
        return call
    }

    static func post(_ path: String..., body: [Member?] = [], repeats: Repeat = .never) -> RemoteCall {
        send(.post, path, body, repeats)
    }

    static func post(_ path: [String], body: [Member?], repeats: Repeat) -> RemoteCall {
        send(.post, path, body, repeats)
    }

    static func patch(_ path: String..., body: [Member?]) -> RemoteCall { send(.patch, path, body, .never) }

    /// Bytes as they are.
    static func send(_ bytes: [UInt8], type: String, to path: String..., query: [Field?]) -> RemoteCall {
        RemoteCall(
            request: HTTPRequest(
                .post, prefix + path, query: fields(query), headers: [HTTPRequest.Field("Content-Type", type)],
                body: bytes), repeats: .never)
    }

    private static let prefix = ["api", "v1"]

    private static func send(
        _ method: HTTPRequest.Method, _ path: [String], _ body: [Member?], _ repeats: Repeat
    ) -> RemoteCall {
        var headers: [HTTPRequest.Field] = []
        var bytes: [UInt8]?
        let members = body.compactMap(\.self)
        if !members.isEmpty {
            let object = JSONObject(members.map { JSONObject.Member(name: $0.name, value: $0.value) })
            headers.append(HTTPRequest.Field("Content-Type", "application/json"))
            bytes = Array(JSONValue.object(object).compactText.utf8)
        }
        if case .byKey = repeats {
            headers.append(HTTPRequest.Field("Idempotency-Key", "cli-" + SecretKey.make()))
        }
        return RemoteCall(
            request: HTTPRequest(method, prefix + path, headers: headers, body: bytes), repeats: repeats)
    }

    private static func fields(_ fields: [Field?]) -> [HTTPRequest.Field] {
        fields.compactMap(\.self).map { HTTPRequest.Field($0.name, $0.value) }
    }

    /// The same with time for what a server waits for, and for what it does meanwhile.
    func waiting(_ wait: Span) -> RemoteCall {
        var call = self
        call.patience = Span(milliseconds: wait.milliseconds + Span.minutes(15).milliseconds)
        return call
    }

    mutating func query(_ further: [Field]) { request.query += Self.fields(further) }

    func with(headers: [HTTPRequest.Field] = []) -> HTTPRequest {
        var request = request
        request.headers += headers
        return request
    }

    /// In an address's query.
    struct Field: Sendable {
        let name: String
        let value: String

        /// Nil where there is nothing to say.
        init?(_ name: String, _ value: String?) {
            guard let value else { return nil }
            self.name = name
            self.value = value
        }

        init?(_ name: String, _ flag: Bool) {
            guard flag else { return nil }
            self.init(name, "true")
        }

        init?(_ name: String, _ moment: Instant?) { self.init(name, moment?.description) }
    }

    /// Of a JSON body.
    struct Member: Sendable {
        let name: String
        let value: JSONValue

        init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }

        /// Nil where there is nothing to say.
        init?(_ name: String, _ text: String?) {
            guard let text else { return nil }
            self.init(name, JSONValue.string(text))
        }

        init?(_ name: String, _ moment: Instant?) { self.init(name, moment?.description) }

        init?(_ name: String, _ span: Span?) { self.init(name, span?.description) }
    }
}

/// What nobody else hits upon.
private enum SecretKey {
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in String(UInt64.random(in: .min ... .max, using: &generator), radix: 36) }.joined()
    }
}

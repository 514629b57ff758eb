import ConnectorKit
import Foundation
import StrictJSON
import Synchronization

/// A double of a Vault server, written from the vendor's documentation of its HTTP API: it takes what that takes, refuses what
/// that refuses, and holds every request to the policies of its token. It proves nothing about any product.
///
/// It knows the identity store, policies, tokens, leases, the auth methods userpass, approle and jwt, and KV version 2.
public final class VaultDouble: Sendable {
    public static let rootToken = "canary-root-token-of-the-double"

    public var url: String { http.url }
    /// Everything that came so far.
    public var requests: [HTTPDouble.Request] { http.requests }

    private let http: HTTPDouble
    private let state: SharedState

    /// - Parameter namespace: The one that everything is in; requests to others are refused.
    public init(namespace: String? = nil) throws {
        let state = SharedState(namespace)
        self.state = state
        http = try HTTPDouble { request in state.respond(request) }
    }

    public func stop() { http.stop() }

    /// Answers all requests of tokens other than root's with 429 and the delay, as a quota does; nil ends it.
    public func throttle(_ seconds: Int?) { state.throttle(seconds) }

    /// Refuses a token that is not one as if it lacked a right, as older servers do.
    public func sayLess() { state.sayLess() }

    /// Lists an accessor whose token is gone, as a server does that was cut off while it revoked one.
    public func leaveBehind(accessor: String) { state.leaveBehind(accessor) }

    private final class SharedState: Sendable {
        private let state: Mutex<VaultState>
        private let delay = Mutex<Int?>(nil)

        init(_ namespace: String?) { state = Mutex(VaultState(namespace: namespace)) }

        func throttle(_ seconds: Int?) { delay.withLock { $0 = seconds } }

        func sayLess() { state.withLock { $0.saysLess = true } }

        func leaveBehind(_ accessor: String) { state.withLock { $0.accessorsLeftBehind.append(accessor) } }

        func respond(_ request: HTTPDouble.Request) -> HTTPDouble.Response {
            if let delay = delay.withLock({ $0 }), request.headers["x-vault-token"] != VaultDouble.rootToken {
                let text = "request path \"\(request.path)\": rate limit quota exceeded"
                return VaultAnswer.refused(429, text).response(["Retry-After": "\(delay)"])
            }
            return state.withLock { $0.answer(VaultRequest(request)).response() }
        }
    }
}

/// A request, taken apart.
struct VaultRequest {
    enum Operation { case read, list, write, delete }

    let operation: Operation
    /// Below `/v1/`.
    let path: [String]
    let token: String?
    let namespace: String?
    let query: [String: String]
    /// Nil for a body that is not JSON.
    let body: JSONObject?

    init(_ request: HTTPDouble.Request) {
        let segments = request.path.split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) }
        path = segments.first == "v1" ? Array(segments.dropFirst()) : []
        let items = URLComponents(string: request.target)?.queryItems ?? []
        query = Dictionary(items.map { ($0.name, $0.value ?? "") }) { $1 }
        operation =
            switch request.method {
            case "LIST": .list
            case "GET": query["list"] == "true" ? .list : .read
            case "DELETE": .delete
            default: .write
            }
        token = request.headers["x-vault-token"]
        namespace = request.headers["x-vault-namespace"]
        body = request.body.isEmpty ? JSONObject() : (try? JSONParser.parse(Array(request.body.utf8)))?.object
    }

    var text: String { path.joined(separator: "/") }

    func string(_ name: String) -> String? { body?[name]?.string }

    func strings(_ name: String) -> [String]? {
        if let text = body?[name]?.string { return text.isEmpty ? [] : text.split(separator: ",").map(String.init) }
        return body?[name]?.array?.compactMap(\.string)
    }
}

/// An answer, as the server puts it.
enum VaultAnswer {
    case data(JSONValue)
    case auth(JSONValue)
    /// Without an envelope.
    case plain(JSONValue)
    case done
    case absent
    /// 404 all the same.
    case absentWith(JSONValue)
    case refused(Int, String)

    static let denied = VaultAnswer.refused(403, "1 error occurred:\n\t* permission denied\n\n")

    static func noRoute(_ path: String) -> VaultAnswer {
        .refused(404, "no handler for route \"\(path)\". route entry not found.")
    }

    static func list(_ keys: [String], info: JSONValue? = nil) -> VaultAnswer {
        guard !keys.isEmpty else { return .absent }
        var object = JSONObject()
        object["key_info"] = info
        object["keys"] = .array(keys.sorted().map(JSONValue.string))
        return .data(.object(object))
    }

    func response(_ headers: [String: String] = [:]) -> HTTPDouble.Response {
        let headers = headers.merging(["Content-Type": "application/json"]) { first, _ in first }
        func make(_ status: Int, _ json: JSONValue) -> HTTPDouble.Response {
            HTTPDouble.Response(status, headers: headers, body: json.compactText)
        }
        switch self {
        case .data(let data): return make(200, ["request_id": "double", "auth": nil, "data": data])
        case .auth(let auth): return make(200, ["request_id": "double", "auth": auth, "data": nil])
        case .plain(let json): return make(200, json)
        case .done: return HTTPDouble.Response(204, headers: headers)
        case .absent: return make(404, ["errors": []])
        case .absentWith(let data): return make(404, ["request_id": "double", "auth": nil, "data": data])
        case .refused(let status, let text): return make(status, ["errors": [.string(text)]])
        }
    }
}

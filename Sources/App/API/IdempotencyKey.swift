import AccessModel
import Crypto
import HTTPTypes
import Persistence
import StrictJSON
import WebServer

/// A request that may be sent again: it is done once, and answered alike.
struct IdempotencyKey {
    static let header = HTTPField.Name("Idempotency-Key") ?? .via

    let key: String
    let caller: String
    private let digest: String

    /// Nil where the request bears none.
    init?(_ request: WebRequest, caller: String) throws(Problem) {
        guard let key = request.headers[Self.header] else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalid("an idempotency key has 1 to 255 printable characters of ASCII", at: "Idempotency-Key")
        }
        self.key = key
        self.caller = caller
        let head = "\(request.method.rawValue) /\(request.path.joined(separator: "/"))\n"
        digest = SHA256.hash(data: Array(head.utf8) + request.body).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Runs `body` once for the key; a repeat is answered as the first time. What failed may be tried again under the
    /// same key, unless it may have been done in part: then it says so.
    func once(
        in database: any Database, at now: Instant, _ body: () async throws -> WebResponse
    ) async throws -> WebResponse {
        let known = try await database.write { session in
            try IdempotencyStore(session).begin(caller: caller, key: key, digest: digest, at: now)
        }
        switch known {
        case .other:
            throw Problem(
                .unprocessableContent, "idempotency-key-reused", "the idempotency key stood for another request before")
        case .begun(let moment):
            throw Problem(
                .conflict, "idempotency-unknown",
                "a request of this key began at \(moment) and was not answered: it is under way, or was broken off; "
                    + "look before you try again with another key")
        case .tooMany:
            throw Problem(
                .tooManyRequests, "too-many-keys",
                "too many idempotency keys were used within a day; use none, or wait",
                headers: [.retryAfter: "3600"])
        case .answered(let status, let text):
            return KeptAnswer.read(text, HTTPResponse.Status(code: status))
        case .new: break
        }
        let response: WebResponse
        do {
            response = try await body()
        } catch {
            if let problem = Problem(error), problem.status.kind == .clientError {
                try await database.write { session in try IdempotencyStore(session).forget(caller: caller, key: key) }
            }
            throw error
        }
        if let text = KeptAnswer.text(of: response) {
            try await database.write { session in
                try IdempotencyStore(session).answer(
                    caller: caller, key: key, status: response.status.code, text: text)
            }
        }
        return response
    }
}

/// An answer as it is kept: a line that says so, its header fields as a line of JSON, and its body.
enum KeptAnswer {
    private static let mark = "tenure-answer/1"

    /// Nil for one that goes on and on.
    static func text(of response: WebResponse) -> String? {
        guard case .bytes(let bytes) = response.body else { return nil }
        let fields = response.headers.map { field -> JSONValue in [.string(field.name.rawName), .string(field.value)] }
        return "\(mark)\n\(JSONValue.array(fields).compactText)\n" + String(decoding: bytes, as: UTF8.self)
    }

    static func read(_ text: String, _ status: HTTPResponse.Status) -> WebResponse {
        let parts = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == mark, let fields = try? JSONParser.parse(Array(parts[1].utf8)).array else {
            // What a release before this one kept: JSON alone.
            return .text(text, status, type: "application/json")
        }
        var headers = HTTPFields()
        for field in fields {
            guard let pair = field.array, pair.count == 2, let name = pair[0].string.flatMap({ HTTPField.Name($0) }),
                let value = pair[1].string
            else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        return WebResponse(status, headers: headers, body: .bytes(Array(parts[2].utf8)))
    }
}

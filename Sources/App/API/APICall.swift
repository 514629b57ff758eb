import AccessModel
import ControlPlane
import Definitions
import StrictJSON
import WebServer

/// One call of an operation, checked against what the document says of it.
struct APICall: Sendable {
    let request: WebRequest
    /// At this moment, with the caller as the actor.
    let installation: Installation
    let authority: Authority
    /// An empty object where there is none.
    let body: JSONObject

    func parameter(_ name: String) throws(Problem) -> String { try request.parameter(name) }

    func query(_ name: String) throws(Problem) -> String? { try request.query.value(name) }

    func time(_ name: String) throws(Problem) -> Instant? { try query(name).flatMap { Instant($0) } }

    /// As the definitions in force have it.
    func organization() async throws -> Organization {
        guard let definitions = try await installation.definitionsInForce() else {
            throw Problem.notFound("no definitions were applied yet; `tenure apply DIR` does")
        }
        return definitions.organization
    }

    func text(_ name: String) -> String? { body[name]?.string }

    func span(_ name: String) -> Span? { text(name).flatMap { Span($0) } }

    /// How long the call itself waits for targets; the server goes on by itself afterwards.
    var patience: Span { span("wait") ?? .seconds(5) }

    /// A person by id or address; whoever may not see them hears that there is no such person.
    func person(_ name: String = "person") async throws -> PersonID {
        let text = try parameter(name)
        let states = try await installation.people().roster(at: installation.now)
        guard let found = try? states.find(text).person.id, authority.maySee(found) else {
            throw Problem.notFound("there is no person `\(text)` whom you may see")
        }
        return found
    }
}

/// A part of a list, and where the next begins.
struct Page {
    static let parameters = [
        Operation.Parameter(
            name: "limit", schema: .integer(1...1_000), summary: "how many at most; 100 where left out"),
        Operation.Parameter(
            name: "cursor", schema: .text(maximum: 200, minimum: 1), summary: "`next` of the page before"),
    ]

    let limit: Int
    /// The key of the last one on the page before; nil on the first.
    let after: String?

    init(_ call: APICall) throws(Problem) {
        limit = try call.query("limit").flatMap { Int($0) } ?? 100
        guard let cursor = try call.query("cursor") else {
            after = nil
            return
        }
        guard let key = Self.decode(cursor) else { throw .invalid("`cursor` is none that was given out", at: "cursor") }
        after = key
    }

    /// - Parameter key: Unique, and what the elements come sorted by, in whichever direction.
    func json<Element>(
        _ all: [Element], key: (Element) -> String, _ json: (Element) -> JSONValue
    ) -> JSONValue {
        let start = after.flatMap { after in all.firstIndex { key($0) == after } }.map { $0 + 1 } ?? 0
        let rest = all[min(start, all.count)...]
        let shown = rest.prefix(limit)
        let next = shown.count < rest.count ? shown.last.map { Self.encode(key($0)) } : nil
        return ["items": .array(shown.map(json)), "next": next.map(JSONValue.string) ?? .null]
    }

    /// A key may hold what would not do in an address.
    static func encode(_ key: String) -> String {
        "c"
            + key.utf8.map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }

    static func decode(_ cursor: String) -> String? {
        let digits = Array(cursor.utf8.dropFirst())
        guard cursor.utf8.first == UInt8(ascii: "c"), !digits.isEmpty, digits.count.isMultiple(of: 2) else {
            return nil
        }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[place...place + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    static func schema(_ element: String) -> Schema {
        .object([
            .required("items", .array(.named(element)), "the page"),
            .required("next", .nullable(.text()), "the `cursor` of the next page; null on the last"),
        ])
    }
}

import AccessModel
import Answers
import ControlPlane
import Definitions
import Lifecycle
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
    /// Who asks by now: for an answer that goes on. Throws a ``Problem`` once they may not.
    let renew: @Sendable () async throws -> Authority

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
    var patience: Span { min(span("wait") ?? .seconds(5), .minutes(15)) }

    /// A person by id or address, as they are now; whoever may not see them hears that there is no such person.
    func personState(_ name: String = "person") async throws -> PersonState {
        try await find(try parameter(name), at: installation.now)
    }

    func person(_ name: String = "person") async throws -> PersonID { try await personState(name).person.id }

    /// The same of a person who is named elsewhere.
    func person(called text: String) async throws -> PersonID {
        try await find(text, at: installation.now).person.id
    }

    /// A person whom a caller may see, as of a time. Of others they hear what they hear of nobody.
    func find(_ text: String, at moment: Instant) async throws -> PersonState {
        let people = try await installation.people()
        guard !authority.isPlatformMember else { return try await people.find(text, at: moment) }
        do {
            let found = try await people.find(text, at: moment)
            if authority.maySee(found.person.id) { return found }
        } catch let error as LifecycleError where error.code == .unknown {
            // Said below, in the same words as of whom one may not see.
        }
        return try Roster([]).find(text)
    }
}

/// A part of a list, and where the next begins.
struct Page {
    static let parameters = [
        Operation.Parameter(
            name: "limit", schema: .integer(1...1_000), summary: "how many at most; 100 where left out"),
        Operation.Parameter(
            name: "cursor", schema: .text(maximum: 2_000, minimum: 1), summary: "`next` of the page before"),
    ]

    /// Where the page before ended.
    struct Cursor: Hashable {
        let key: String
        /// Of the element after it, then: where the key is gone, the list goes on about there.
        let place: Int
    }

    let limit: Int
    let after: Cursor?

    init(_ call: APICall) throws(Problem) {
        limit = try call.query("limit").flatMap { Int($0) } ?? 100
        guard let text = try call.query("cursor") else {
            after = nil
            return
        }
        guard let cursor = Cursor(text) else { throw .invalid("`cursor` is none that was given out", at: "cursor") }
        after = cursor
    }

    /// - Parameter key: Unique in the list.
    func json<Element>(
        _ all: [Element], key: (Element) -> String, _ json: (Element) -> JSONValue
    ) -> JSONValue {
        let shown = part(all, key: key)
        return ["items": .array(shown.map(json)), "next": next(after: shown, of: all, key: key)]
    }

    /// The same of a list that commands print, too.
    func json<Element>(
        _ all: [Element], key: (Element) -> String, _ printout: ([Element]) -> Printout
    ) -> JSONValue {
        let shown = part(all, key: key)
        return ["items": printout(Array(shown)).json ?? [], "next": next(after: shown, of: all, key: key)]
    }

    func elements<Element>(_ all: [Element], key: (Element) -> String) -> [Element] { Array(part(all, key: key)) }

    private func part<Element>(_ all: [Element], key: (Element) -> String) -> ArraySlice<Element> {
        let known = after.flatMap { after in all.firstIndex { key($0) == after.key } }.map { $0 + 1 }
        return all[min(known ?? after?.place ?? 0, all.count)...].prefix(limit)
    }

    private func next<Element>(
        after shown: ArraySlice<Element>, of all: [Element], key: (Element) -> String
    ) -> JSONValue {
        guard shown.endIndex < all.endIndex, let last = shown.last else { return .null }
        return .string(Cursor(key: key(last), place: shown.endIndex).text)
    }

    static func schema(_ element: String) -> Schema {
        .object([
            .required("items", .array(.named(element)), "the page"),
            .required("next", .nullable(.text(maximum: 2_000)), "the `cursor` of the next page; null on the last"),
        ])
    }
}

extension Page.Cursor {
    /// Letters and digits: a key may hold what would not do in an address.
    var text: String {
        "\(place)c"
            + key.utf8.map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }

    /// Nil for what ``text`` never was.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "c"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let place = Int(String(decoding: parts[0], as: UTF8.self)), place >= 0 else {
            return nil
        }
        let digits = Array(parts[1])
        guard !digits.isEmpty, digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[place...place + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        guard let key = String(validating: bytes, as: UTF8.self) else { return nil }
        self.init(key: key, place: place)
    }
}

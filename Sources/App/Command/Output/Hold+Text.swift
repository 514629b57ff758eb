import AccessModel
import Lifecycle
import Persistence
import StrictJSON

extension HoldStore.Hold {
    var reason: String { body["reason"]?.string ?? "" }

    /// What exactly is held, a line each: changes, or people.
    var details: [String] {
        let problems = (body["problems"]?.array ?? []).compactMap { problem -> String? in
            guard let line = problem["line"]?.integer, let message = problem["message"]?.string else { return nil }
            return "line \(line): \(message)"
        }
        let changes = (body["changes"]?.array ?? []).compactMap(\.string)
        let people = (body["people"]?.array ?? []).compactMap(\.string)
        return problems.isEmpty ? (changes.isEmpty ? people : changes) : problems
    }

    fileprivate var json: JSONValue {
        [
            "id": .string(id), "kind": .string(kind), "state": .string(state.rawValue),
            "opened_at": .string(openedAt.description), "opened_by": .string(openedBy),
            "decided_by": decidedBy.map(JSONValue.string) ?? .null,
            "decided_at": decidedAt.map { .string($0.description) } ?? .null, "reason": .string(reason),
            "people": body["people"] ?? .array([]), "changes": body["changes"] ?? .array([]),
            "problems": body["problems"] ?? .array([]),
        ]
    }
}

extension HoldTicket {
    var json: JSONValue {
        var object = hold.json.object ?? JSONObject()
        object["needs"] = .array(needs.map(\.json))
        object["until"] = until.map { .string($0.description) } ?? .null
        return .object(object)
    }

    /// How far it is, in a column; nil where any second person decides.
    var asked: String? {
        needs.isEmpty
            ? nil : "\(needs.reduce(0) { $0 + min($1.agreed.count, $1.count) }) of \(needs.reduce(0) { $0 + $1.count })"
    }

    /// Who is asked, and who agreed.
    var lines: [String] {
        var lines = needs.flatMap { need -> [String] in
            let agreed = need.agreed.isEmpty ? "nobody yet" : need.agreed.map(\.text).joined(separator: ", ")
            var lines = ["asks     \(need.text)", "agreed   \(agreed)"]
            guard hold.state == .open, need.missing > 0 else { return lines }
            let open = need.open.isEmpty ? "nobody: the definitions name no one else" : Self.some(need.open)
            lines.append("missing  \(need.missing) of \(open)")
            return lines
        }
        if hold.state == .open, let until { lines.append("until    \(until)") }
        return lines
    }

    private static func some(_ people: [PersonID]) -> String {
        let rest = people.count > 10 ? " and \(people.count - 10) more" : ""
        return people.prefix(10).map(\.text).joined(separator: ", ") + rest
    }
}

extension HoldTicket.Need {
    fileprivate var json: JSONValue {
        [
            "asks": .string(text), "count": .integer(Int64(count)), "missing": .integer(Int64(missing)),
            "agreed": .array(agreed.map { .string($0.text) }), "open": .array(open.map { .string($0.text) }),
        ]
    }
}

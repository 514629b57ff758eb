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

    var json: JSONValue {
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

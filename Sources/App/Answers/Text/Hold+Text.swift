import AccessModel
import Lifecycle
import Persistence

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
}

extension HoldTicket {
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

import AccessModel
import StrictJSON

extension Decision {
    /// `{"verdict", "approvals", "window", "risk", "matches"}`.
    public var json: JSONValue {
        var object = JSONObject()
        object["verdict"] = .string(verdict.rawValue)
        if !approvals.isEmpty { object["approvals"] = .array(approvals.map(\.json)) }
        object["window"] = window.map { .string($0.description) }
        object["risk"] = .integer(Int64(risk))
        object["matches"] = .array(matches.map(\.json))
        return .object(object)
    }

    /// One line for each thing that was said; what only adds to the score last.
    public var lines: [String] {
        let weights = matches.filter { if case .risk = $0.effect { true } else { false } }
        let others = matches.filter { if case .risk = $0.effect { false } else { true } }
        return (others + weights).map(\.text)
    }

    /// The verdict in one line: `needs approval: 2 of the group's approvers; at most 2h; risk 100`.
    public var summary: String {
        let outcome =
            switch verdict {
            case .allowed: "allowed"
            case .needsApproval: "needs approval: " + approvals.map(\.text).joined(separator: ", and ")
            case .denied: "denied: " + denials.map { "\($0.message) (`\($0.policy)`)" }.joined(separator: "; ")
            }
        let window = window.map { "; at most \($0)" } ?? ""
        return "\(outcome)\(window); risk \(risk)"
    }
}

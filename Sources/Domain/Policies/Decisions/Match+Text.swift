import AccessModel
import CEL
import Definitions
import StrictJSON

extension Match {
    /// What it says, attributes filled in.
    public var message: String {
        let said =
            switch effect {
            case .deny: rule.deny?.text(activation)
            case .justification: rule.justification?.message.text(activation)
            case .warn: rule.warn?.text(activation)
            case .hold: rule.hold?.text(activation)
            case .approval(let requirement): "needs \(requirement.text)"
            case .limit(let span): "the window is \(span) at most"
            case .risk(let points): "adds \(points) to the risk"
            case .failure, .external: nil as String?
            }
        let text = [said, note].compactMap { $0 }.joined(separator: "; ")
        return text.isEmpty ? effect.name : text
    }

    /// The attributes that the policy's condition reads, in the order of the text: the inputs that mattered.
    public var inputs: [Input] {
        rule.reads.compactMap { path in
            let value = PolicyQuestion(.change, activation: activation).value(path)
            return value.map { Input(path: path.joined(separator: "."), value: PolicyQuestion.json($0)) }
        }
    }

    /// What somebody should know though nothing was stopped by it.
    public var isWarning: Bool {
        guard mode == .enforce else { return false }
        return switch effect {
        case .warn: true
        case .deny, .justification, .approval, .hold, .failure, .external: !counts
        case .limit, .risk: false
        }
    }

    /// ``` denied by `payments-office-hours` (policies/payments.yaml:3:11): payments is closed ```
    public var text: String {
        let verb =
            switch effect {
            case .deny, .justification, .failure, .external: "denied"
            case .approval: "approval asked for"
            case .limit: "limited"
            case .risk: "weighed"
            case .warn: "warned"
            case .hold: "held"
            }
        let reserve =
            counts ? "" : mode == .observe ? " (observed only)" : " (does not stop what takes access away)"
        return "\(verb) by `\(policy)` (\(place)): \(message)\(reserve)"
    }

    /// `{"policy", "mode", "effect", "message", "file", "line", "column", "counts", "inputs"}`.
    public var json: JSONValue {
        var object = JSONObject()
        object["policy"] = .string(policy.text)
        object["mode"] = .string(mode.rawValue)
        object["effect"] = .string(effect.name)
        object["message"] = .string(message)
        object["file"] = .string(place.file)
        object["line"] = .integer(Int64(place.line))
        object["column"] = .integer(Int64(place.column))
        object["counts"] = .bool(counts)
        object["inputs"] = .object(JSONObject(inputs.map { JSONObject.Member(name: $0.path, value: $0.value) }))
        return .object(object)
    }
}

/// Two are the same when they say the same for the same reason.
extension Match: Hashable {
    public static func == (left: Match, right: Match) -> Bool {
        left.policy == right.policy && left.place == right.place && left.mode == right.mode
            && left.effect == right.effect && left.counts == right.counts && left.message == right.message
            && left.inputs == right.inputs
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(policy)
        hasher.combine(effect)
        hasher.combine(counts)
    }
}

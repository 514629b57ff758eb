import Definitions
import StrictJSON

/// The rules read directly and slowly, over the plain JSON of a question: an opinion that shares nothing with what is
/// tested but the files' meaning.
struct SlowReading {
    struct Outcome: Equatable {
        var verdict = "allowed"
        /// Kind of people and how many of them, with the hours that they are waited for.
        var approvals: [String] = []
        var window: Int?
        var risk = 0
        /// Policy, effect and whether it had its effect.
        var said: [String] = []
    }

    private var values: [String: JSONValue] = [:]

    init(_ question: JSONValue) {
        for member in question.object?.members ?? [] {
            values[member.name] = member.value
            for field in member.value.object?.members ?? [] {
                values["\(member.name).\(field.name)"] = field.value
            }
        }
    }

    private func value(_ path: String) -> JSONValue? { values[path] }

    /// Nil: it has no value.
    private func isTrue(_ term: RandomPolicy.Term) -> Bool? {
        switch term {
        case .equals(let path, let wanted): return (value(path)?.string ?? "") == wanted
        case .differs(let path, let wanted): return (value(path)?.string ?? "") != wanted
        case .among(let path, let wanted): return wanted.contains(value(path)?.string ?? "")
        case .truth(let path, let wanted): return (value(path)?.bool ?? false) == wanted
        case .more(let path, let wanted): return (value(path)?.integer ?? 0) > Int64(wanted)
        case .holds(let path, let wanted): return (value(path)?.array ?? []).contains(.string(wanted))
        case .fails: return nil
        case .either(let left, let right):
            let (left, right) = (isTrue(left), isTrue(right))
            if left == true || right == true { return true }
            return left == nil || right == nil ? nil : false
        }
    }

    /// All true, one false, or without a value.
    private func isTrue(_ terms: [RandomPolicy.Term]) -> Bool? {
        var isKnown = true
        for term in terms {
            guard let truth = isTrue(term) else {
                isKnown = false
                continue
            }
            if !truth { return false }
        }
        return isKnown ? true : nil
    }

    func outcome(_ policies: [RandomPolicy]) -> Outcome {
        let kind = value("on")?.string ?? ""
        let operation = value("change.operation")?.string
        let lessens = kind == "change" && value("change.lane")?.string == "revoke" && operation != "add"
        var outcome = Outcome(risk: Int(value("risk")?.integer ?? 0))
        var denied = false
        var approvers = (count: 0, hours: Int.max)
        var second = false
        for policy in policies where policy.kinds.contains(where: { $0.rawValue == kind }) {
            let holds = isTrue(policy.terms)
            if holds == false { continue }
            func say(_ effect: String, _ counts: Bool) { outcome.said.append("\(policy.name) \(effect) \(counts)") }
            let blocks = !policy.isObserved && !lessens
            guard holds == true else {
                say("failure", blocks)
                denied = denied || blocks
                continue
            }
            for effect in Self.sorted(policy.effects) {
                switch effect {
                case .deny:
                    say("deny", blocks)
                    denied = denied || blocks
                case .justification:
                    guard kind == "request", !hasTicket else { continue }
                    say("require_justification", blocks)
                    denied = denied || blocks
                case .approval(let count, let hours):
                    guard kind != "review" else { continue }
                    say("require_approval", blocks)
                    if blocks { approvers = (max(approvers.count, count), min(approvers.hours, hours)) }
                case .limit(let hours):
                    guard kind == "request" else { continue }
                    say("limit", !policy.isObserved)
                    if !policy.isObserved { outcome.window = min(outcome.window ?? hours, hours) }
                case .hold:
                    guard kind == "change" else { continue }
                    let isCounted =
                        value("change.counted")?.bool == true || value("change.held")?.bool == true
                        || value("cause.kinds")?.array == ["drift"]
                    say("hold", !policy.isObserved && isCounted)
                    second = second || (!policy.isObserved && isCounted)
                case .risk(let points):
                    say("risk", !policy.isObserved)
                    if !policy.isObserved { outcome.risk += points }
                case .warn: say("warn", !policy.isObserved)
                }
            }
        }
        outcome.risk = max(0, outcome.risk)
        if approvers.count > 0 { outcome.approvals.append("approvers \(approvers.count) \(approvers.hours)h") }
        if second { outcome.approvals.append("second-person 1") }
        outcome.approvals.sort()
        outcome.verdict = denied ? "denied" : outcome.approvals.isEmpty ? "allowed" : "needs-approval"
        return outcome
    }

    /// In the order in which effects are said.
    private static func sorted(_ effects: [RandomPolicy.Effect]) -> [RandomPolicy.Effect] {
        func rank(_ effect: RandomPolicy.Effect) -> Int {
            switch effect {
            case .deny: 0
            case .justification: 1
            case .approval: 2
            case .limit: 3
            case .hold: 4
            case .risk: 5
            case .warn: 6
            }
        }
        return effects.sorted { rank($0) < rank($1) }
    }

    /// `INC-` and a digit somewhere in the reason.
    private var hasTicket: Bool {
        let reason = Array((value("request.reason")?.string ?? "").utf8)
        let ticket = Array("INC-".utf8)
        return reason.indices.contains { start in
            reason[start...].starts(with: ticket) && start + 4 < reason.count
                && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(reason[start + 4])
        }
    }
}

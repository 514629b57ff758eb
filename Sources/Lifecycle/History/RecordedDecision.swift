import AccessModel
import AuditTrail
import Persistence
import StrictJSON

/// What policy decided about a person, as a record keeps it.
public struct RecordedDecision: Hashable, Sendable {
    public let at: Instant
    /// A request's id, a change's id.
    public let about: String
    /// `allowed`, `needs-approval` or `denied`.
    public let verdict: String
    /// As it was recorded: verdict, risk, approvals, matches with their places.
    public let decision: JSONValue

    init?(_ json: JSONValue, at: Instant) {
        guard let about = json["about"]?.string, let decision = json["decision"],
            let verdict = decision["verdict"]?.string
        else { return nil }
        self.at = at
        self.about = about
        self.verdict = verdict
        self.decision = decision
    }

    public var json: JSONValue {
        ["at": .string(at.description), "about": .string(about), "decision": decision]
    }

    /// The verdict with its score, then a line for each policy that spoke.
    public var lines: [String] {
        let risk = decision["risk"]?.integer.map { ", risk \($0)" } ?? ""
        let matches = (decision["matches"]?.array ?? []).map { match -> String in
            func text(_ name: String) -> String { match[name]?.string ?? "" }
            let place = "\(text("file")):\(match["line"]?.integer ?? 0):\(match["column"]?.integer ?? 0)"
            let reserve = match["counts"]?.bool == true ? "" : ", without effect"
            return "  \(text("effect")) by `\(text("policy"))` (\(place)\(reserve)): \(text("message"))"
        }
        return ["\(at)  \(about): \(verdict)\(risk)"] + matches
    }

    /// The latest about a person until a time: of requests, and of the last plan that said something.
    static func latest(
        about person: PersonID, until moment: Instant, _ session: any SQLSession
    ) throws -> [RecordedDecision] {
        let log = AuditLog(session)
        var filter = AuditLog.Filter()
        filter.until = moment + Span(milliseconds: 1)
        filter.last = 5
        filter.subject = person.text
        filter.types = [RecordType.policyDecided.rawValue]
        var found = try log.entries(filter).compactMap { entry in
            entry.record.body["detail"]?["decision"].flatMap { RecordedDecision($0, at: entry.record.at) }
        }
        filter.last = 1
        filter.subject = nil
        filter.types = [RecordType.planDecided.rawValue]
        for entry in try log.entries(filter) {
            for decision in entry.record.body["decisions"]?.array ?? []
            where decision["question"]?["subject"]?["id"]?.string == person.text {
                if let decision = RecordedDecision(decision, at: entry.record.at) { found.append(decision) }
            }
        }
        return found
    }
}

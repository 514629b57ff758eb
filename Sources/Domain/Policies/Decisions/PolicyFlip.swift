import AccessModel
import Definitions
import StrictJSON

/// A recorded decision that other policies would have made otherwise.
public struct PolicyFlip: Sendable {
    public let at: Instant
    /// What it was about: a request's id, a change's id.
    public let about: String
    public let question: PolicyQuestion
    public let before: Decision.Verdict
    /// The policies that made it so then.
    public let beforeBy: [Slug]
    public let after: Decision

    /// Nil when the verdict is the same.
    public init?(
        at: Instant, about: String, question: PolicyQuestion, before: Decision.Verdict, by: [Slug], after: Decision
    ) {
        guard before != after.verdict else { return nil }
        self.at = at
        self.about = about
        self.question = question
        self.before = before
        beforeBy = by
        self.after = after
    }

    /// What opens up comes first, the widest of it before all; then what closes.
    public static func precedes(_ left: PolicyFlip, _ right: PolicyFlip) -> Bool {
        (left.rank, left.at, left.about) < (right.rank, right.at, right.about)
    }

    private var rank: Int {
        let severity: [Decision.Verdict: Int] = [.allowed: 0, .needsApproval: 1, .denied: 2]
        return (severity[after.verdict] ?? 0) - (severity[before] ?? 0)
    }

    /// `denied -> allowed`.
    public var direction: String { "\(before.rawValue) -> \(after.verdict.rawValue)" }

    /// Who and what, as far as the question says: `e-0001 payments-live-contributors`.
    public var who: String {
        [question.text("subject", "id"), question.text("group", "slug")].compactMap { $0 }.filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    /// `{"at", "on", "about", "from", "to", "by", "decision"}`.
    public var json: JSONValue {
        [
            "at": .string(at.description), "on": .string(question.kind.rawValue), "about": .string(about),
            "subject": .string(question.text("subject", "id") ?? ""),
            "group": .string(question.text("group", "slug") ?? ""), "from": .string(before.rawValue),
            "to": .string(after.verdict.rawValue), "by": .array(beforeBy.map { .string($0.text) }),
            "decision": after.json,
        ]
    }
}

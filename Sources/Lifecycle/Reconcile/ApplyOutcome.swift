import AccessModel
import StrictJSON
import WorkflowEngine

/// What an apply did, and what is left.
public struct ApplyOutcome: Sendable {
    /// A case that was opened.
    public struct OpenedCase: Hashable, Sendable {
        public let id: String
        public let kind: Case.Kind
        public let identity: IdentityID?
        public let changes: Int
    }

    /// A leaver, and what is left of their access by the targets' own word.
    public struct Departure: Hashable, Sendable {
        public let person: PersonID
        public let caseID: String
        /// From when the person ceased to count until the last removal was read back; nil while something is open, and
        /// where nothing but accounts disabled long ago was deleted.
        public let timeToRevoke: Span?
        /// Facts that still hold, by target; a target that did not answer is not in it.
        public let residual: [Slug: Int]
        /// Targets that could not be asked.
        public let unknown: [Slug]
    }

    public var cases: [OpenedCase]
    public var summary: RunSummary
    /// Holds that wait for a second person, opened by this apply or before it.
    public var holds: [String]
    /// Policy denied what the plan would have granted.
    public var isDenied: Bool
    public var departures: [Departure]
    /// What had ended and was taken away first; nil where nothing was overdue.
    public var sweep: Reconciler.Sweep?
}

extension ApplyOutcome {
    /// Whether everything that was to be done is done and read back.
    public var isComplete: Bool {
        summary.isFinished && departures.allSatisfy { $0.residual.values.allSatisfy { $0 == 0 } }
    }

    public func json(_ plan: Plan) -> JSONValue {
        [
            "hash": .string(plan.hash), "held": .bool(plan.isHeld), "denied": .bool(isDenied),
            "complete": .bool(isComplete), "verified": .integer(Int64(summary.verified)),
            "waiting": .integer(Int64(summary.waitingCount)), "stalled": .integer(Int64(summary.stalledCount)),
            "cases": .array(cases.map(\.json)), "holds": .array(holds.map(JSONValue.string)),
            "departures": .array(departures.map(\.json)), "ended": .integer(Int64(sweep?.windows ?? 0)),
        ]
    }
}

extension ApplyOutcome.OpenedCase {
    var json: JSONValue {
        [
            "id": .string(id), "kind": .string(kind.rawValue),
            "identity": identity.map { .string($0.description) } ?? .null, "changes": .integer(Int64(changes)),
        ]
    }
}

extension ApplyOutcome.Departure {
    var json: JSONValue {
        let members = residual.sorted { $0.key < $1.key }
            .map { JSONObject.Member(name: $0.key.text, value: .integer(Int64($0.value))) }
        return [
            "person": .string(person.text), "case": .string(caseID),
            "time_to_revoke_s": timeToRevoke.map { .number($0.seconds) } ?? .null,
            "residual": .object(JSONObject(members)), "unknown": .array(unknown.map { .string($0.text) }),
        ]
    }
}

import AccessModel
import StrictJSON

/// A case, how it got where it is, and what it waits for.
public struct CaseReport: Hashable, Sendable {
    public struct ChangeReport: Hashable, Sendable {
        public let sequence: Int
        public let change: Change
        public let state: StepState
        public let attempts: Int
        public let verifiedAt: Instant?
        /// What went wrong last; nil if nothing did.
        public let problem: String?
        /// What it waits for; nil when it is done.
        public let waitsFor: String?
        /// When the clock alone moves it; nil where it does not.
        public let until: Instant?
    }

    public let summary: CaseSummary
    public let timeline: [Case.Transition]
    public let changes: [ChangeReport]
    /// What caused it, as its opener said.
    public let source: JSONValue
    public let planHash: String

    /// What the case as a whole waits for: what stands in its way longest; nil when it is over.
    public var waitsFor: String? { blocking?.waitsFor.map { "\(blocking?.change.id ?? ""): \($0)" } }
    public var until: Instant? { blocking?.until }

    private var blocking: ChangeReport? {
        changes.first { $0.state == .stalled }
            ?? changes.filter { $0.waitsFor != nil }.max {
                ($0.until?.milliseconds ?? 0) < ($1.until?.milliseconds ?? 0)
            }
    }

    /// `{"id", "kind", "identity", "state", "timeline": [{"state", "at"}], "changes": [{"target", "op", "state",
    /// "attempts", "verified_at"}]}`, and more.
    public var json: JSONValue {
        var object = summary.json.object ?? JSONObject()
        object["timeline"] = .array(
            timeline.map { ["state": .string($0.state.rawValue), "at": .string($0.at.description)] })
        object["changes"] = .array(changes.map(\.json))
        object["waits_for"] = waitsFor.map(JSONValue.string) ?? .null
        object["until"] = until.map { .string($0.description) } ?? .null
        object["source"] = source
        object["plan_hash"] = .string(planHash)
        return .object(object)
    }
}

extension CaseReport.ChangeReport {
    var json: JSONValue {
        [
            "seq": .integer(Int64(sequence)), "target": .string(change.target.text),
            "op": .string(change.operation.rawValue), "lane": .string(change.lane.rawValue), "fact": change.fact.json,
            "causes": .array(change.causes.map(\.json)), "state": .string(state.rawValue),
            "attempts": .integer(Int64(attempts)),
            "verified_at": verifiedAt.map { .string($0.description) } ?? .null,
            "problem": problem.map(JSONValue.string) ?? .null, "waits_for": waitsFor.map(JSONValue.string) ?? .null,
            "until": until.map { .string($0.description) } ?? .null,
        ]
    }
}

/// A case without its changes.
public struct CaseSummary: Hashable, Sendable {
    public let id: String
    public let kind: Case.Kind
    public let identity: IdentityID?
    public let state: Case.State
    public let causedAt: Instant
    public let openedAt: Instant
    /// Whether a person is needed, or was called for.
    public let isStalled: Bool

    /// `{"id", "kind", "identity", "state", "stalled", "caused_at", "opened_at"}`.
    public var json: JSONValue {
        [
            "id": .string(id), "kind": .string(kind.rawValue),
            "identity": identity.map { .string($0.description) } ?? .null, "state": .string(state.rawValue),
            "stalled": .bool(isStalled), "caused_at": .string(causedAt.description),
            "opened_at": .string(openedAt.description),
        ]
    }

    init(_ row: CaseRow) {
        id = row.id
        kind = row.kind
        identity = row.identity
        state = row.state
        causedAt = row.causedAt
        openedAt = row.openedAt
        isStalled = row.isStalled
    }
}

/// Which cases to list. What is nil does not count.
public struct CaseFilter: Hashable, Sendable {
    public var states: [Case.State]?
    public var kind: Case.Kind?
    public var identity: IdentityID?
    /// Only those that a person is needed for.
    public var isStalled = false
    /// Only those that are not over: neither active, revoked, archived nor cancelled.
    public var isOpen = false
    public var limit = 1_000
    /// Only those that come after this one in the list, where the one before ended.
    public var after: Place?

    public init() {}

    /// Where a case stands in the list, also once it is gone.
    public struct Place: Hashable, Sendable {
        public let openedAt: Instant
        public let id: String

        public init(openedAt: Instant, id: String) {
            self.openedAt = openedAt
            self.id = id
        }
    }
}

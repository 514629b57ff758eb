import AccessModel
import StrictJSON

/// A case to be opened: whom it is about, why, and which of an approved plan's changes it carries out.
public struct CaseOpening: Sendable {
    /// `[A-Za-z0-9][A-Za-z0-9._:-]{0,127}`, unique for ever.
    public let id: String
    public let kind: Case.Kind
    /// Nil for a case about groups as a whole.
    public let identity: IdentityID?
    /// When what caused it took effect.
    public let causedAt: Instant
    /// All of them from the approved plan. Their `after` ids speak of changes of the same case, or of ones that older
    /// cases are carrying out.
    public let changes: [Change]
    /// What caused it, an object: kept with the case and in its first record.
    public let source: JSONValue
    /// Whether ``Workflow/cancel(_:compensating:reason:actor:)`` may undo what was done. A leaver's case never does.
    public let compensates: Bool

    public init(
        id: String, kind: Case.Kind, identity: IdentityID?, causedAt: Instant, changes: [Change],
        source: JSONValue = .object(JSONObject()), compensates: Bool = true
    ) {
        self.id = id
        self.kind = kind
        self.identity = identity
        self.causedAt = causedAt
        self.changes = changes
        self.source = source
        self.compensates = compensates && kind != .leaver
    }

    var hasValidID: Bool {
        func isPlain(_ byte: UInt8) -> Bool { byte.isLetter || byte.isDigit }
        guard let first = id.utf8.first, isPlain(first), id.utf8.count <= 128 else { return false }
        return id.utf8.allSatisfy { isPlain($0) || ".-_:".utf8.contains($0) }
    }
}

/// What became of a ``CaseOpening``.
public struct OpenedCase: Hashable, Sendable {
    /// A change that was not made a step of the case.
    public struct LeftOut: Hashable, Sendable {
        public enum Reason: String, Sendable {
            /// Its target is only reported on.
            case reportMode = "report_mode"
            /// A guard holds it for a second person.
            case held
        }

        public let change: Change
        public let reason: Reason
    }

    public let id: String
    /// Steps that were opened.
    public let steps: Int
    public let leftOut: [LeftOut]
    /// Steps of older cases that this one contradicts, and that were therefore ended.
    public let superseded: [StepReference]
}

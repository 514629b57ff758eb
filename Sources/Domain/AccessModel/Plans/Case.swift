/// One lifecycle request on its way.
public struct Case: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case joiner, mover, leaver
        /// HR's word about somebody who stays in place: a name, an address, a location.
        case profile
        /// Changed files: groups, roles, trusts, and people whose entries changed.
        case definitions
        /// A window that begins or ends.
        case access
        /// Differences that neither people nor files explain.
        case reconcile
    }

    /// A case goes from each state only to a later one.
    public enum State: String, CaseIterable, Sendable {
        case requested, approved, provisioned
        /// Reached only by reading every change back from its target.
        case validated
        case active, revoked, archived
        /// A person ended it before its end; what was done stands or was undone, as its timeline says.
        case cancelled
    }

    public struct Transition: Hashable, Sendable {
        public let state: State
        public let at: Instant

        public init(state: State, at: Instant) {
            self.state = state
            self.at = at
        }
    }

    public let id: String
    public let kind: Kind
    /// Nil for a case about groups as a whole.
    public let identity: IdentityID?
    public var state: State
    public var timeline: [Transition]
    /// When what caused it took effect: what time-to-provision and time-to-revoke count from.
    public let causedAt: Instant

    public init(
        id: String, kind: Kind, identity: IdentityID?, state: State, timeline: [Transition], causedAt: Instant
    ) {
        self.id = id
        self.kind = kind
        self.identity = identity
        self.state = state
        self.timeline = timeline
        self.causedAt = causedAt
    }
}

import AccessModel
import Persistence
import StrictJSON

/// Something that people should hear of.
public struct Notice: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case requested = "access.requested"
        case edited = "access.edited"
        case granted = "access.granted"
        case denied = "access.denied"
        case withdrawn = "access.withdrawn"
        case expired = "access.expired"
        case opened = "access.opened"
        case released = "access.released"
        case lost = "access.lost"
        case closed = "access.closed"
        case glassBroken = "breakglass.activated"
        case glassReviewed = "breakglass.reviewed"
    }

    public let kind: Kind
    public let at: Instant
    /// Whom it is about.
    public let person: PersonID
    /// Who is to hear of it; sorted.
    public let to: [PersonID]
    /// Of the request, window or activation that it is about: one notice of a kind for each and each hash.
    public let subject: String
    /// What there is to say, an object: as `tenure access show -o json` names it.
    public let body: JSONValue

    public init(
        _ kind: Kind, at: Instant, person: PersonID, to: [PersonID], subject: String, body: JSONValue
    ) {
        self.kind = kind
        self.at = at
        self.person = person
        self.to = Set(to).sorted()
        self.subject = subject
        self.body = body
    }
}

/// Where notices go: into an outbox, in the very transaction of what they speak of. It never waits for a network, and
/// what it throws undoes the transaction.
public protocol Noticing: Sendable {
    func put(_ notice: Notice, in session: any SQLSession) throws
}

/// Nobody is told; the audit log knows.
public struct NoNotices: Noticing {
    public init() {}

    public func put(_ notice: Notice, in session: any SQLSession) throws {}
}

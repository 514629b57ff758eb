import AccessModel
import StrictJSON

/// What a client's write means for one person.
public struct SCIMPersonChange: Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// A user came to be.
        case joined
        /// What is said of the person changed, and whether they are active did not.
        case changed
        /// `active` became false.
        case deactivated
        /// `active` became true again.
        case reactivated
        /// The user was deleted.
        case deleted
    }

    public let kind: Kind
    /// Of the user: `u-...`.
    public let resource: String
    /// Of the user, after the change: one change, one version.
    public let version: Int64
    public let person: PersonID
    /// The user as it was: its attributes, in the schemas' names. Nil for one that came to be.
    public let before: JSONValue?
    /// The user as it is. Nil for one that was deleted.
    public let after: JSONValue?
    /// The person that the manager's resource stands for; nil where there is none that is known.
    public let manager: PersonID?
    /// When it was done.
    public let at: Instant

    public init(
        kind: Kind, resource: String, version: Int64, person: PersonID, before: JSONValue?,
        after: JSONValue?, manager: PersonID? = nil, at: Instant
    ) {
        self.kind = kind
        self.resource = resource
        self.version = version
        self.person = person
        self.before = before
        self.after = after
        self.manager = manager
        self.at = at
    }
}

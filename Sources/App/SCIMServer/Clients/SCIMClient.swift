import AccessModel

/// Whoever pushes people and groups: an identity provider, or an HR suite. It sees and edits what it made and nothing
/// else.
public struct SCIMClient: Hashable, Sendable {
    /// Whom a user that it pushes stands for.
    public enum PersonIdentity: String, CaseIterable, Sendable {
        /// A person of its own: `CLIENT.RESOURCEID`.
        case id
        /// The person whose id is the enterprise extension's `employeeNumber`. It has to be there, and never changes.
        case employeeNumber
    }

    /// What becomes of a person who is set inactive or deleted.
    public enum Leaver: String, CaseIterable, Sendable {
        case left, suspended
    }

    /// The longest name: an id of a person has room for it, a dot, and an id of a resource.
    public static let maximumNameLength = 32

    public let name: Slug
    public let personIdentity: PersonIdentity
    public let leaver: Leaver
    public let createdAt: Instant
    public let revokedAt: Instant?
    /// To within a few minutes.
    public let lastUsedAt: Instant?

    public init(
        name: Slug, personIdentity: PersonIdentity = .id, leaver: Leaver = .left, createdAt: Instant,
        revokedAt: Instant? = nil, lastUsedAt: Instant? = nil
    ) {
        self.name = name
        self.personIdentity = personIdentity
        self.leaver = leaver
        self.createdAt = createdAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
    }

    /// Who acts, in records: `scim:okta`.
    public var actor: String { "scim:\(name)" }
    /// Where events come from that follow from what it pushes.
    public var source: String { "scim/\(name)" }
}

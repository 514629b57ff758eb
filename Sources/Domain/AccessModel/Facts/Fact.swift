/// One thing that holds in a target: the one language between the planner and the connectors.
///
/// A fact's ``key`` says which thing it is, the rest says how it is. Two facts of one key that differ are an update.
public enum Fact: Hashable, Sendable {
    case account(Account)
    case group(GroupFact)
    case membership(Membership)
    case roleAssignment(RoleAssignment)
    case federatedTrust(FederatedTrust)
    case eligibility(Eligibility)
    case credential(Credential)
    case session(Session)

    /// The kinds, as they are written in JSON.
    public enum Kind: String, CaseIterable, Sendable {
        case account, group, membership
        case roleAssignment = "role_assignment"
        case federatedTrust = "federated_trust"
        case eligibility, credential, session
    }

    public var kind: Kind {
        switch self {
        case .account: .account
        case .group: .group
        case .membership: .membership
        case .roleAssignment: .roleAssignment
        case .federatedTrust: .federatedTrust
        case .eligibility: .eligibility
        case .credential: .credential
        case .session: .session
        }
    }

    /// Which thing this is, unique within a target: `membership payments-live-readers e-0001`.
    public var key: String {
        switch self {
        case .account(let account): "account \(account.identity)"
        case .group(let group): "group \(group.slug)"
        case .membership(let membership): "membership \(membership.group) \(membership.identity)"
        case .roleAssignment(let role): "role_assignment \(role.group) \(role.role) \(role.scope)"
        case .federatedTrust(let trust):
            "federated_trust \(trust.group) \(trust.issuer) \(trust.subject) \(trust.audience)"
        case .eligibility(let eligibility): "eligibility \(eligibility.group) \(eligibility.identity)"
        case .credential(let credential): "credential \(credential.identity) \(credential.id)"
        case .session(let session): "session \(session.identity) \(session.id)"
        }
    }

    /// Whose fact it is; nil for one that concerns a group as a whole.
    public var identity: IdentityID? {
        switch self {
        case .account(let account): account.identity
        case .membership(let membership): membership.identity
        case .eligibility(let eligibility): eligibility.identity
        case .credential(let credential): credential.identity
        case .session(let session): session.identity
        case .group, .roleAssignment, .federatedTrust: nil
        }
    }

    /// The slug of the group that it concerns.
    public var groupSlug: String? {
        switch self {
        case .group(let group): group.slug
        case .membership(let membership): membership.group
        case .roleAssignment(let role): role.group
        case .federatedTrust(let trust): trust.group
        case .eligibility(let eligibility): eligibility.group
        case .account, .credential, .session: nil
        }
    }

    /// The notation of the group that it concerns; nil for a birthright group, which has none.
    public var notation: Group? {
        switch self {
        case .group(let group): group.notation
        case .membership(let membership): membership.notation
        case .roleAssignment(let role): role.notation
        case .federatedTrust(let trust): trust.notation
        case .eligibility(let eligibility): eligibility.notation
        case .account, .credential, .session: nil
        }
    }

    /// Whether what is seen is as it is wanted.
    public func satisfies(_ desired: Fact) -> Bool {
        switch (self, desired) {
        case (.account(let seen), .account(let wanted)): seen.satisfies(wanted)
        case (.credential(let seen), .credential(let wanted)): seen.satisfies(wanted)
        default: key == desired.key
        }
    }
}

/// That a group exists, even while nobody is in it.
public struct GroupFact: Hashable, Sendable {
    public let slug: String
    public let notation: Group?

    public init(slug: String, notation: Group?) {
        self.slug = slug
        self.notation = notation
    }
}

/// That an identity is in a group.
public struct Membership: Hashable, Sendable {
    public let group: String
    public let notation: Group?
    public let identity: IdentityID
    /// The name of the identity's account in this target.
    public let account: String

    public init(group: String, notation: Group?, identity: IdentityID, account: String) {
        self.group = group
        self.notation = notation
        self.identity = identity
        self.account = account
    }
}

/// That a group holds a role in a place.
public struct RoleAssignment: Hashable, Sendable {
    /// The group's slug. Who was put by hand into what Tenure gave a group is `foreign:` and the target's name for it.
    public let group: String
    public let notation: Group?
    /// The role's own name, or a target's name for it.
    public let role: String
    /// Where, as the target says it; a coordinate (`sector/tier/region/tenant`) unless the connector knows better.
    public let scope: String

    public init(group: String, notation: Group?, role: String, scope: String) {
        self.group = group
        self.notation = notation
        self.role = role
        self.scope = scope
    }
}

/// That a target takes tokens of a workload from an external issuer for what a group may do.
public struct FederatedTrust: Hashable, Sendable {
    public let group: String
    public let notation: Group?
    public let issuer: String
    public let subject: String
    public let audience: String

    public init(group: String, notation: Group?, issuer: String, subject: String, audience: String) {
        self.group = group
        self.notation = notation
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
    }
}

/// That an identity may ask for a window on a group, in a target that keeps such lists itself.
public struct Eligibility: Hashable, Sendable {
    public let group: String
    public let notation: Group?
    public let identity: IdentityID

    public init(group: String, notation: Group?, identity: IdentityID) {
        self.group = group
        self.notation = notation
        self.identity = identity
    }
}

/// A key, a password or a secret of an identity; never its value.
public struct Credential: Hashable, Sendable {
    public let identity: IdentityID
    public let id: String
    /// When it became what it is. Of one that is wanted: it may be no older than this.
    public let createdAt: Instant?
    public let lastUsedAt: Instant?

    public init(identity: IdentityID, id: String, createdAt: Instant?, lastUsedAt: Instant?) {
        self.identity = identity
        self.id = id
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }

    /// Whether what is seen is the one that is wanted, and as young as it has to be.
    public func satisfies(_ wanted: Credential) -> Bool {
        guard identity == wanted.identity, id == wanted.id else { return false }
        guard let latest = wanted.createdAt else { return true }
        return createdAt.map { $0 >= latest } ?? false
    }
}

/// A sign-in that still lives.
public struct Session: Hashable, Sendable {
    public let identity: IdentityID
    public let id: String
    public let until: Instant?

    public init(identity: IdentityID, id: String, until: Instant?) {
        self.identity = identity
        self.id = id
        self.until = until
    }
}

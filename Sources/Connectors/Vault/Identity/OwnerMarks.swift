import AccessModel

/// How Tenure's own objects are called and told from others'.
struct OwnerMarks: Hashable, Sendable {
    let organization: Slug
    let loginAccessor: String

    static let identity = "tenure_identity"
    static let organizationKey = "tenure_organization"

    /// What entities are called: by the id, which never changes.
    func entityName(_ identity: IdentityID) -> String { "tenure-\(organization)-\(identity)" }

    func metadata(_ identity: IdentityID) -> [String: String] {
        [Self.organizationKey: organization.text, Self.identity: identity.description]
    }

    var groupMetadata: [String: String] { [Self.organizationKey: organization.text] }

    func owns(_ group: VaultGroup) -> Bool {
        group.isInternal && group.metadata[Self.organizationKey] == organization.text
    }

    /// Whose an entity is; a stranger by the name that he signs in with, or else the entity's.
    func identity(of entity: VaultEntity) -> IdentityID {
        guard entity.metadata[Self.organizationKey] == organization.text,
            let identity = entity.metadata[Self.identity].flatMap({ IdentityID($0) })
        else { return .foreign(accountName(of: entity)) }
        if case .foreign = identity { return .foreign(accountName(of: entity)) }
        return identity
    }

    func accountName(of entity: VaultEntity) -> String { entity.alias(on: loginAccessor)?.name ?? entity.name }

    /// Active is who is not disabled and can sign in.
    func account(of entity: VaultEntity) -> Account {
        let identity = identity(of: entity)
        let isActive = !entity.isDisabled && (!identity.isOwned || entity.alias(on: loginAccessor) != nil)
        return Account(
            identity: identity, name: accountName(of: entity), state: isActive ? .active : .disabled)
    }
}

extension IdentityID {
    /// Whether it is somebody that Tenure knows.
    var isOwned: Bool { if case .foreign = self { false } else { true } }
}

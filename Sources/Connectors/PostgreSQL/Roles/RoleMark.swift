import AccessModel

/// What Tenure writes into the comment of a role that is its own: whose it is, or what a group was given.
///
/// A role's name may change; whoever may change its comment may change anything about it.
enum RoleMark: Hashable, Sendable {
    case account(IdentityID)
    case group([AssignmentMark])

    /// What all marks of an organisation begin with.
    static func prefix(_ organization: Slug) -> String { "tenure:\(organization) " }

    /// The whole comment.
    func text(_ organization: Slug) -> String {
        switch self {
        case .account(let identity): Self.account(identity, organization)
        case .group(let assignments):
            ([Self.prefix(organization) + "group"] + assignments.sorted().map(\.text)).joined(separator: " ")
        }
    }

    /// The comment of an identity's account.
    static func account(_ identity: IdentityID, _ organization: Slug) -> String {
        prefix(organization) + "account \(identity)"
    }

    /// Nil for a comment that Tenure does not write.
    init?(_ comment: String?, _ organization: Slug) {
        let prefix = Self.prefix(organization)
        guard let comment, comment.utf8.starts(with: prefix.utf8) else { return nil }
        let words = comment.dropFirst(prefix.count).split(separator: " ", omittingEmptySubsequences: false)
        switch words.first {
        case "account":
            guard words.count == 2, let identity = IdentityID(String(words[1])), identity.isOwned else { return nil }
            self = .account(identity)
        case "group":
            let assignments = words.dropFirst().compactMap { AssignmentMark(String($0)) }
            guard assignments.count == words.count - 1 else { return nil }
            self = .group(assignments)
        default: return nil
        }
    }
}

/// A role that a group was given, and where.
struct AssignmentMark: Hashable, Comparable, Sendable {
    let role: Role
    let scope: Coordinate

    init(role: Role, scope: Coordinate) {
        self.role = role
        self.scope = scope
    }

    /// `reader@ecommerce/live/*/payments`
    init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let role = Role(rawValue: String(parts[0])),
            let scope = Coordinate(text: String(parts[1]))
        else { return nil }
        self.init(role: role, scope: scope)
    }

    /// Nil for what is no coordinate or no role.
    init?(_ assignment: RoleAssignment) {
        guard let role = Role(rawValue: assignment.role), let scope = Coordinate(text: assignment.scope) else {
            return nil
        }
        self.init(role: role, scope: scope)
    }

    var text: String { "\(role.rawValue)@\(scope)" }

    static func < (left: AssignmentMark, right: AssignmentMark) -> Bool { left.text < right.text }
}

extension IdentityID {
    /// Whether it is somebody that Tenure knows.
    var isOwned: Bool { if case .foreign = self { false } else { true } }
}

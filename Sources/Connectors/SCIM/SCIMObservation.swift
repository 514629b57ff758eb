import AccessModel
import ConnectorKit

/// Puts facts together from users and groups, members resolved by one table.
struct SCIMObservation {
    private var facts: [Fact] = []
    private var findings: [String] = []
    /// Whose identity each user's id is, and the name.
    private var members: [String: (identity: IdentityID, name: String)] = [:]
    /// Users whose memberships count wherever they are seen.
    private let shown: Set<String>
    private var slugs: [String: String] = [:]
    private var memberships = Set<String>()

    /// - Parameter shown: Ids of the users whose accounts are facts; the others only resolve members. Nil for all.
    init(users: [SCIMUser], shown: Set<String>? = nil) {
        self.shown = shown ?? Set(users.map(\.id))
        var holders: [IdentityID: SCIMUser] = [:]
        for user in users.sorted(by: { $0.id < $1.id }) {
            var identity = user.identity
            if let first = holders[identity] {
                findings.append(
                    "`\(first.userName)` and `\(user.userName)` both bear the id \(identity); the latter counts as foreign"
                )
                identity = .foreign(user.userName)
            }
            holders[identity] = user
            members[user.id] = (identity, user.userName)
            if self.shown.contains(user.id) { facts.append(.account(user.account(of: identity))) }
        }
    }

    /// - Parameter membersAreAll: Whether the group is asked for as a whole, or only for the users who are shown.
    mutating func add(_ group: SCIMGroup, membersAreAll: Bool) {
        let slug = group.displayName
        if membersAreAll {
            if let other = slugs.updateValue(group.id, forKey: slug) {
                findings.append("two groups are called `\(slug)` (\(other), \(group.id)); they are seen as one")
            } else {
                facts.append(.group(GroupFact(slug: slug, notation: nil)))
            }
            if !group.nested.isEmpty {
                findings.append("`\(slug)` holds \(group.nested.count) groups; members through them are not seen")
            }
        }
        for id in group.members where membersAreAll || shown.contains(id) {
            guard let member = members[id] else {
                findings.append("a member of `\(slug)` cannot be resolved: \(id)")
                continue
            }
            let membership = Fact.membership(
                Membership(group: slug, notation: nil, identity: member.identity, account: member.name))
            if memberships.insert(membership.key).inserted { facts.append(membership) }
        }
    }

    func finish(doubt: String?) -> Observation {
        Observation(
            facts: facts, completeness: doubt.map { .partial(reason: $0) } ?? .complete, findings: findings.sorted())
    }
}

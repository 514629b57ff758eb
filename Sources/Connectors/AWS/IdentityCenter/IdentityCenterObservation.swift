import AccessModel
import ConnectorKit

/// Puts facts together from what was read: members by their users, assignments by the group's ledger.
struct IdentityCenterObservation {
    private let mapping: UserMapping
    private let settings: IdentityCenterSettings
    private var facts: [Fact] = []
    private var users: [String: StoreUser] = [:]
    private var holders: [IdentityID: StoreUser] = [:]
    private var sets: [String: PermissionSet] = [:]
    private var keys: Set<String> = []
    private var remnants: [Fact] = []
    var findings: [String] = []

    init(_ mapping: UserMapping, _ settings: IdentityCenterSettings) {
        self.mapping = mapping
        self.settings = settings
    }

    private mutating func add(_ fact: Fact) {
        if keys.insert(fact.key).inserted { facts.append(fact) }
    }

    /// - Parameters:
    ///   - areShown: Whether their accounts are facts; if not they only name members.
    ///   - members: The ids of those who are in a group.
    mutating func add(users: [StoreUser], areShown: Bool, members: Set<String> = []) {
        for user in users.sorted(by: { $0.id < $1.id }) where self.users[user.id] == nil {
            self.users[user.id] = user
            guard areShown else { continue }
            var account = account(of: user, isMember: members.contains(user.id))
            if let first = holders[account.identity] {
                findings.append(
                    "`\(first.userName)` and `\(user.userName)` both stand for \(account.identity); the latter counts as "
                        + "foreign")
                account = Account(identity: .foreign(user.userName), name: account.name, state: account.state)
            }
            holders[account.identity] = user
            add(.account(account))
        }
    }

    /// Where an identity provider brings the users, one that it disabled and that is in a group has not been cut off by Tenure:
    /// called disabled, nothing would ever end its sessions.
    private mutating func account(of user: StoreUser, isMember: Bool) -> Account {
        var account = mapping.account(user)
        guard settings.users == .verify, user.isDisabledByStore, isMember, mapping.isOwn(user) else { return account }
        account.state = .active
        findings.append(
            "\(account.identity) is disabled by the identity provider and in a group still: it counts as active until "
                + "its access is ended")
        return account
    }

    func knows(_ userID: String) -> Bool { users[userID] != nil }

    mutating func add(sets: [PermissionSet]) {
        for set in sets { self.sets[set.arn] = set }
    }

    mutating func add(_ group: StoreGroup, members: [StoreMembership]) {
        add(.group(GroupFact(slug: group.name, notation: nil)))
        for member in members { add(member, of: group.name) }
    }

    mutating func add(_ membership: StoreMembership, of slug: String) {
        guard let user = users[membership.user] else {
            findings.append("a member of `\(slug)` cannot be resolved: \(membership.user)")
            return
        }
        add(
            .membership(
                Membership(group: slug, notation: nil, identity: mapping.identity(of: user), account: user.name)))
    }

    // MARK: Roles

    /// What a group holds in the accounts of the settings, explained by its ledger as far as it goes.
    mutating func add(_ held: [AccountAssignment], of group: StoreGroup) {
        let known = Set(settings.accounts.map(\.id))
        var unexplained = Set(held.filter { known.contains($0.account) })
        let all = unexplained
        let arns = Dictionary(
            sets.values.filter(\.isOwn).map { ($0.name, $0.arn) }, uniquingKeysWith: { first, _ in first })
        for entry in AssignmentLedger(group.description, owner: settings.owner)?.entries ?? [] {
            let accounts = AssignmentScope(entry.scope)?.accounts(of: settings.accounts) ?? []
            let arn = settings.permissionSets[entry.role].flatMap { arns[$0.name] }
            let present = all.filter { $0.permissionSet == arn && accounts.contains($0.account) }
            unexplained.subtract(present)
            if holds(entry, present: present.count, of: accounts.count) {
                add(assignment(entry.role, entry.scope, of: group))
            } else if !entry.isEnding {
                remnants.append(assignment(entry.role, entry.scope, of: group))
                findings.append(
                    "`\(group.name)` is \(entry.role) of `\(entry.scope)` in \(present.count) of \(accounts.count) accounts"
                )
            }
        }
        for stray in unexplained.sorted(by: { ($0.account, $0.permissionSet) < ($1.account, $1.permissionSet) }) {
            add(assignment(roleName(of: stray), stray.account, of: group))
        }
    }

    private func holds(_ entry: AssignmentLedger.Entry, present: Int, of count: Int) -> Bool {
        if settings.permissionSets[entry.role] == nil { return true }
        return entry.isEnding ? present > 0 : count > 0 && present == count
    }

    private func assignment(_ role: String, _ scope: String, of group: StoreGroup) -> Fact {
        .roleAssignment(RoleAssignment(group: group.name, notation: nil, role: role, scope: scope))
    }

    /// The role that the settings give the permission set, else the set's own name.
    private func roleName(of assignment: AccountAssignment) -> String {
        guard let set = sets[assignment.permissionSet] else { return assignment.permissionSet }
        return settings.permissionSets.values.first { $0.name == set.name }?.role ?? set.name
    }

    // MARK: Findings

    mutating func noteDirect(_ held: [AccountAssignment]) {
        for assignment in held.sorted(by: { ($0.account, $0.principal) < ($1.account, $1.principal) }) {
            let who = users[assignment.principal].map { mapping.identity(of: $0).description } ?? assignment.principal
            findings.append(
                "\(who) holds `\(roleName(of: assignment))` directly in account \(assignment.account), not by a group")
        }
    }

    /// Assignments of groups that are gone: the service keeps them.
    mutating func noteOrphans(_ held: [String: [AccountAssignment]], _ groups: [StoreGroup]) {
        let known = Set(groups.map(\.id))
        for (id, assignments) in held.sorted(by: { $0.key < $1.key }) where !known.contains(id) {
            findings.append("\(assignments.count) assignments are of a group that is gone: \(id)")
        }
    }

    func finish() -> Observation {
        Observation(facts: facts, completeness: .complete, findings: findings.sorted(), remnants: remnants)
    }
}

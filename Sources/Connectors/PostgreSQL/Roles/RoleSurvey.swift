import AccessModel
import ConnectorKit

/// Puts facts together from the catalog, within one transaction.
struct RoleSurvey {
    let session: ServerSession
    let organization: Slug
    let access: AccessRules

    private var catalog: RoleCatalog { RoleCatalog(session: session, organization: organization) }

    func everything() throws(ConnectorError) -> Observation {
        let roles = try catalog.everyone()
        let accounts = roles.filter { $0.identity != nil }
        let groups = roles.filter { $0.assignments != nil }
        var observation = RoleObservation()
        observation.add(accounts: accounts)
        observation.add(groups: groups)
        observation.add(try catalog.members(of: groups), of: groups)
        observation.add(try catalog.sessions(of: accounts.filter { $0.identity?.isOwned ?? false }), of: accounts)
        let grants = try GrantCatalog(session, access)
        observation.add(groups, catalog: grants, held: try grants.held(by: groups))
        observation.find(roles)
        for parent in try catalog.parents(of: groups) {
            observation.find(
                "the group `\(parent.group)` is in the role `\(parent.parent)` and may do what that one may")
        }
        for finding in try grants.findings(groups: groups) { observation.find(finding) }
        return observation.finish()
    }

    func only(
        _ identities: Set<IdentityID>, _ names: Set<String>, _ slugs: Set<String>
    ) throws(ConnectorError) -> Observation {
        let accounts = try catalog.accounts(identities, names: names)
        let groups = try catalog.groups(named: slugs)
        let members = try catalog.members(of: groups, and: accounts)
        let all = try catalog.groups(Set(members.map(\.group)).union(groups.map(\.oid)))
        var observation = RoleObservation()
        observation.add(accounts: accounts)
        observation.add(groups: groups)
        observation.add(members, of: all)
        observation.add(try catalog.sessions(of: accounts.filter { $0.identity?.isOwned ?? false }), of: accounts)
        if !groups.isEmpty {
            let grants = try GrantCatalog(session, access)
            observation.add(groups, catalog: grants, held: try grants.held(by: groups))
        }
        return observation.finish()
    }
}

/// Facts and findings, each once.
struct RoleObservation {
    private var facts: [Fact] = []
    private var remnants: [Fact] = []
    private var findings: Set<String> = []
    private var keys: Set<String> = []

    private mutating func add(_ fact: Fact) {
        if keys.insert(fact.key).inserted { facts.append(fact) }
    }

    mutating func find(_ finding: String) { findings.insert(finding) }

    /// Two roles with one identity are seen as one account, active while any of them is.
    mutating func add(accounts: [RoleEntry]) {
        let holders = Dictionary(grouping: accounts) { $0.identity }
        for role in accounts where role.canLogin || holders[role.identity]?.contains(where: \.canLogin) != true {
            if let account = role.account { add(.account(account)) }
        }
        for (identity, roles) in holders where roles.count > 1 {
            guard let identity else { continue }
            find("\(roles.map { "`\($0.name)`" }.joined(separator: ", ")) all bear the identity \(identity)")
        }
    }

    mutating func add(groups: [RoleEntry]) {
        for role in groups { add(.group(GroupFact(slug: role.name, notation: nil))) }
    }

    mutating func add(_ members: [RoleCatalog.Member], of groups: [RoleEntry]) {
        let names = Dictionary(groups.map { ($0.oid, $0.name) }) { first, _ in first }
        for member in members {
            guard let group = names[member.group] else { continue }
            let identity = member.role.identity ?? .foreign(member.role.name)
            add(
                .membership(
                    Membership(group: group, notation: nil, identity: identity, account: member.role.name)))
            if member.isAdmin { find("`\(member.role.name)` may let others into `\(group)` (ADMIN OPTION)") }
        }
    }

    mutating func add(_ sessions: [OpenSession], of accounts: [RoleEntry]) {
        let identities = Dictionary(accounts.map { ($0.oid, $0.identity) }) { first, _ in first }
        for session in sessions {
            guard case let identity?? = identities[session.role], identity.isOwned else { continue }
            add(.session(Session(identity: identity, id: String(session.pid), until: nil)))
        }
    }

    /// An assignment holds where all of it is granted. What a group holds beyond its assignments is told as one of its own.
    mutating func add(_ groups: [RoleEntry], catalog: GrantCatalog, held: [Int64: Grants]) {
        var cache: [AssignmentMark: Grants] = [:]
        for group in groups {
            let granted = held[group.oid] ?? [:]
            var wanted: Grants = [:]
            for mark in group.assignments ?? [] {
                let grants = cache[mark] ?? catalog.wanted(mark)
                cache[mark] = grants
                wanted.add(grants)
                let fact = Fact.roleAssignment(
                    RoleAssignment(
                        group: group.name, notation: nil, role: mark.role.rawValue, scope: mark.scope.description))
                if grants.without(granted).isEmpty { add(fact) } else { remnants.append(fact) }
            }
            for (object, privileges) in granted.without(wanted).sorted(by: { $0.key < $1.key }) {
                add(
                    .roleAssignment(
                        RoleAssignment(
                            group: group.name, notation: nil, role: privileges.sorted().joined(separator: ","),
                            scope: object.description)))
            }
        }
    }

    mutating func find(_ roles: [RoleEntry]) {
        for role in roles {
            if role.hasBrokenMark {
                find("the comment of `\(role.name)` begins as Tenure's do and says nothing it knows")
            }
            guard role.mark != nil else { continue }
            if role.isPowerful { find("`\(role.name)` was given rights over the server that Tenure gives nobody") }
            if role.assignments != nil, role.canLogin { find("the group `\(role.name)` can sign in") }
        }
    }

    func finish() -> Observation {
        Observation(facts: facts, completeness: .complete, findings: findings.sorted(), remnants: remnants)
    }
}

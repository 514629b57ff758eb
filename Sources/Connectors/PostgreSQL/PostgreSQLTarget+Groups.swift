import AccessModel
import ConnectorKit

extension PostgreSQLTarget {
    func add(_ group: GroupFact, _ operation: String) async throws(ConnectorError) -> Receipt {
        try RoleName.check(group.slug, operation)
        let organization = settings.organization
        let isMade = try await writing.transaction(.write, operation) { session throws(ConnectorError) in
            let catalog = RoleCatalog(session: session, organization: organization)
            if let role = try catalog.role(exactly: group.slug) {
                guard role.assignments != nil else { throw Self.isNotOurs(role, session) }
                return false
            }
            try session.run("CREATE ROLE %I NOLOGIN", [group.slug])
            try session.run("COMMENT ON ROLE %I IS %L", [group.slug, RoleMark.group([]).text(organization)])
            return true
        }
        return receipt(isMade ? .applied : .alreadyHeld, isMade ? "the role is made" : "the role is there")
    }

    /// Takes back what the group was given, and drops its role; its members lose it with that.
    func remove(_ group: GroupFact, _ operation: String) async throws(ConnectorError) -> Receipt {
        let (organization, access) = (settings.organization, settings.access)
        let (moment, endsSessions) = (clock(), settings.endsSessionsOnRevoke)
        let members: [RoleEntry]? = try await writing.transaction(.write, operation) {
            session throws(ConnectorError) in
            let editor = AccountEditor(session: session, organization: organization, moment: moment)
            guard let role = try editor.catalog.groups(named: [group.slug]).first else { return nil }
            let members = try editor.catalog.members(of: [role])
            try GrantEditor(session: session, organization: organization, access: access).clear(role)
            try editor.drop(role)
            return endsSessions ? members.filter(\.maySet).map(\.role) : []
        }
        guard let members else { return receipt(.alreadyHeld, "there is no such role of Tenure's") }
        let ended = try await end(members, operation)
        return receipt(.applied, "the role is dropped; \(ended) sessions ended")
    }

    func add(_ membership: Membership, _ operation: String) async throws(ConnectorError) -> Receipt {
        let organization = settings.organization
        let isMade = try await writing.transaction(.write, operation) { session throws(ConnectorError) in
            let catalog = RoleCatalog(session: session, organization: organization)
            guard let group = try catalog.role(exactly: membership.group) else {
                throw session.error(.missingDependency, "there is no role `\(membership.group)`")
            }
            guard group.assignments != nil else { throw Self.isNotOurs(group, session) }
            let accounts = membership.identity.isOwned ? try catalog.accounts(of: membership.identity) : []
            guard let account = accounts.first else {
                throw session.error(.missingDependency, "\(membership.identity) has no role here")
            }
            guard accounts.count == 1 else {
                throw session.error(.conflict, "\(accounts.count) roles bear the identity \(membership.identity)")
            }
            let members = try catalog.members(of: [group])
            guard !members.contains(where: { $0.role.oid == account.oid }) else { return false }
            // The newer servers can keep a member from becoming the group, whose objects would then be the group's.
            let options = session.version >= 160_000 ? " WITH INHERIT TRUE, SET FALSE" : ""
            try session.run("GRANT %I TO %I\(options)", [group.name, account.name])
            return true
        }
        return receipt(isMade ? .applied : .alreadyHeld, "")
    }

    /// Takes all roles of the identity out, or the one foreign role that is named.
    func remove(_ membership: Membership, _ operation: String) async throws(ConnectorError) -> Receipt {
        let (organization, endsSessions) = (settings.organization, settings.endsSessionsOnRevoke)
        let out: Removed = try await writing.transaction(.write, operation) { session throws(ConnectorError) in
            let catalog = RoleCatalog(session: session, organization: organization)
            guard let group = try catalog.groups(named: [membership.group]).first else { return Removed() }
            let meant = try catalog.members(of: [group]).filter { Self.isMeant($0, membership) }
            for member in meant {
                try session.run("REVOKE %I FROM %I CASCADE", [group.name, member.role.name])
            }
            if !meant.isEmpty, try catalog.members(of: [group]).contains(where: { Self.isMeant($0, membership) }) {
                throw session.error(
                    .forbidden, "somebody else made it a member too, and the connector's role cannot undo that")
            }
            var removed = Removed(isChanged: !meant.isEmpty, mayLiveOn: meant.filter(\.maySet).map(\.role))
            // Before it is committed: who is read back as gone has no session that began before.
            if endsSessions { removed.ended = try catalog.end(removed.mayLiveOn) }
            return removed
        }
        guard out.isChanged else { return receipt(.alreadyHeld, "it is not in the group") }
        guard endsSessions else {
            return receipt(.applied, "residual access: a session that took on the group's role keeps it until it ends")
        }
        let ended = try await out.ended + end(out.mayLiveOn, operation)
        return receipt(.applied, "\(ended) sessions ended")
    }

    /// Who was taken out.
    private struct Removed: Sendable {
        var isChanged = false
        /// Those who may have become the group in a session that is open.
        var mayLiveOn: [RoleEntry] = []
        var ended = 0
    }

    private static func isMeant(_ member: RoleCatalog.Member, _ membership: Membership) -> Bool {
        guard case .foreign(let name) = membership.identity else {
            return member.role.identity == membership.identity
        }
        return member.role.mark == nil && member.role.name == name
    }

    static func isNotOurs(_ role: RoleEntry, _ session: ServerSession) -> ConnectorError {
        session.error(.conflict, "there is a role `\(role.name)` already, and it is not Tenure's")
    }
}

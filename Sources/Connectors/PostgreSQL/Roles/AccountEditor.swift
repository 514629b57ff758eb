import AccessModel
import ConnectorKit

/// Changes login roles within one transaction.
struct AccountEditor {
    let session: ServerSession
    let organization: Slug
    let moment: Instant

    var catalog: RoleCatalog { RoleCatalog(session: session, organization: organization) }

    struct Outcome: Sendable {
        var isChanged = false
        var note = ""
        var roles: [RoleEntry] = []
        /// Sessions that were ended on the way.
        var ended = 0
    }

    /// - Parameter taken: The name of the stranger's role that may be taken over.
    func put(_ account: Account, name: String, takingOver taken: String?) throws(ConnectorError) -> Outcome {
        let own = try catalog.accounts(of: account.identity)
        if account.state == .disabled, own.count > 1 {
            var outcome = Outcome(note: "\(own.count) roles bear the identity", roles: own)
            for role in own where try shut(role) { outcome.isChanged = true }
            return outcome
        }
        guard own.count <= 1 else {
            throw session.error(.conflict, "\(own.count) roles bear the identity \(account.identity)")
        }
        let bearers = try catalog.roles(named: name)
        if let role = own.first {
            if let other = bearers.first(where: { $0.oid != role.oid }) {
                throw session.error(.conflict, "there is a role `\(other.name)` already, of somebody else's")
            }
            return try bring(role, to: account, name: name)
        }
        if let stranger = bearers.first {
            guard stranger.mark == nil, stranger.canLogin, stranger.name == taken, stranger.oid != session.ownRole
            else { throw session.error(.conflict, "there is a role `\(stranger.name)` already, of somebody else's") }
            guard !stranger.isPowerful else {
                throw session.error(.invalid, "`\(stranger.name)` has rights that no account of Tenure's may have")
            }
            try mark(stranger.name, account.identity)
            var outcome = try bring(stranger, to: account, name: name)
            outcome.isChanged = true
            return outcome
        }
        return try make(account, name: name)
    }

    private func make(_ account: Account, name: String) throws(ConnectorError) -> Outcome {
        let end = account.end ?? .never
        switch account.state {
        case .active: try session.run("CREATE ROLE %I LOGIN INHERIT VALID UNTIL %L", [name, end.moment])
        case .disabled: try session.run("CREATE ROLE %I NOLOGIN INHERIT", [name])
        }
        try mark(name, account.identity)
        guard let role = try catalog.role(exactly: name) else {
            throw session.error(.targetFailure, "the role that was made is not there")
        }
        return Outcome(isChanged: true, note: "role \(role.oid) is made; it has no password", roles: [role])
    }

    private func mark(_ name: String, _ identity: IdentityID) throws(ConnectorError) {
        try session.run("COMMENT ON ROLE %I IS %L", [name, RoleMark.account(identity, organization)])
    }

    private func bring(_ role: RoleEntry, to account: Account, name: String) throws(ConnectorError) -> Outcome {
        var outcome = Outcome(note: "role \(role.oid)", roles: [role])
        if role.name != name {
            try session.run("ALTER ROLE %I RENAME TO %I", [role.name, name])
            outcome.isChanged = true
        }
        switch account.state {
        case .active:
            let end = account.end ?? .never
            guard !role.canLogin || role.end != end else { break }
            try session.run("ALTER ROLE %I LOGIN VALID UNTIL %L", [name, end.moment])
            outcome.isChanged = true
        case .disabled:
            guard role.canLogin else { break }
            try session.run("ALTER ROLE %I NOLOGIN VALID UNTIL %L", [name, moment.description])
            outcome.isChanged = true
        }
        return outcome
    }

    /// Whether there was anything to shut.
    func shut(_ role: RoleEntry) throws(ConnectorError) -> Bool {
        guard role.canLogin else { return false }
        try session.run("ALTER ROLE %I NOLOGIN VALID UNTIL %L", [role.name, moment.description])
        return true
    }

    /// Drops a role that nothing belongs to; its memberships go with it.
    func drop(_ role: RoleEntry) throws(ConnectorError) {
        let row = try session.rows(
            """
            SELECT count(*) FILTER (WHERE deptype = 'o'), count(*) FILTER (WHERE deptype <> 'o'),
                min(coalesce(b.datname::text, 'the whole server'))
            FROM pg_shdepend s LEFT JOIN pg_database b ON b.oid = s.dbid
            WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid::bigint = $1 AND s.deptype IN ('o', 'a', 'r')
                AND s.classid <> 'pg_auth_members'::regclass
            """, [.integer(role.oid)]
        ).first
        guard let row else { throw session.error(.targetFailure, "the catalog answers nothing") }
        let (owned, granted) = (try row.integer(0), try row.integer(1))
        guard owned == 0, granted == 0 else {
            throw session.error(
                .invalid,
                "the role owns \(owned) objects and holds \(granted) grants of others, the first in \(try row.text(2)); it "
                    + "is shut and stays until they are reassigned and revoked (REASSIGN OWNED, DROP OWNED)")
        }
        try session.run("DROP ROLE %I", [role.name])
    }
}

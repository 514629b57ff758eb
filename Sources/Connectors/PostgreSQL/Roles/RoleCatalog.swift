import AccessModel
import ConnectorKit
import PostgreSQLDriver

/// What the server knows of roles and of who is in which, within one transaction.
struct RoleCatalog {
    let session: ServerSession
    let organization: Slug

    private func entries(
        _ condition: String, _ parameters: [SQLValue]
    ) throws(ConnectorError) -> [RoleEntry] {
        let sql = "SELECT \(RoleEntry.columns) FROM \(RoleEntry.tables) WHERE \(condition) ORDER BY r.oid"
        var entries: [RoleEntry] = []
        for row in try session.rows(sql, parameters) { entries.append(try RoleEntry(row, organization)) }
        return entries
    }

    /// Everybody who can sign in, and every role of Tenure's, but for the one that it signs in as itself.
    func everyone() throws(ConnectorError) -> [RoleEntry] {
        try entries(
            "(r.rolcanlogin OR starts_with(d.description, $1)) AND r.oid::bigint <> $2",
            [.text(RoleMark.prefix(organization)), .integer(session.ownRole)])
    }

    /// The accounts of these identities, and those of these names in any case.
    func accounts(_ identities: Set<IdentityID>, names: Set<String>) throws(ConnectorError) -> [RoleEntry] {
        var marks: [String] = []
        var exact: [String] = []
        for identity in identities {
            if case .foreign(let name) = identity {
                exact.append(name)
            } else {
                marks.append(RoleMark.account(identity, organization))
            }
        }
        return try entries(
            """
            (d.description IN (SELECT json_array_elements_text($1::text::json))
                OR lower(r.rolname::text COLLATE "C") IN (SELECT json_array_elements_text($2::text::json))
                OR r.rolname IN (SELECT json_array_elements_text($3::text::json)))
            AND r.oid::bigint <> $4
            """,
            [
                ServerSession.list(marks), ServerSession.list(names.map { $0.lowercased() }),
                ServerSession.list(exact), .integer(session.ownRole),
            ]
        ).filter { $0.identity != nil }
    }

    /// The accounts that bear the identity's mark: one, or none, unless somebody else wrote the mark too.
    func accounts(of identity: IdentityID) throws(ConnectorError) -> [RoleEntry] {
        try entries("d.description = $1", [.text(RoleMark.account(identity, organization))])
    }

    /// Roles of the name in any case; at most one of them has it to the byte.
    func roles(named name: String) throws(ConnectorError) -> [RoleEntry] {
        try entries(#"lower(r.rolname::text COLLATE "C") = $1"#, [.text(name.lowercased())])
    }

    func role(exactly name: String) throws(ConnectorError) -> RoleEntry? {
        try entries("r.rolname = $1", [.text(name)]).first
    }

    func groups(named names: Set<String>) throws(ConnectorError) -> [RoleEntry] {
        try entries("r.rolname IN (SELECT json_array_elements_text($1::text::json))", [ServerSession.list(names)])
            .filter { $0.assignments != nil }
    }

    // MARK: Members

    /// Somebody in a group.
    struct Member {
        let group: Int64
        let role: RoleEntry
        /// May let others in.
        let isAdmin: Bool
        /// May become the group, and so keep what it may do in a session that is open.
        let maySet: Bool
    }

    /// Those in the groups, and those who are these roles in any group of Tenure's.
    func members(of groups: [RoleEntry], and roles: [RoleEntry] = []) throws(ConnectorError) -> [Member] {
        let isNew = session.version >= 160_000
        // Whoever makes a role is its administrator from then on, and no member for that.
        let maker = isNew ? "AND NOT (m.member::bigint = $3 AND NOT m.inherit_option AND NOT m.set_option)" : ""
        let rows = try session.rows(
            """
            SELECT m.roleid::bigint, bool_or(m.admin_option), bool_or(\(isNew ? "m.set_option" : "true")),
                \(RoleEntry.columns)
            FROM pg_auth_members m JOIN (\(RoleEntry.tables)) ON r.oid = m.member
            WHERE (m.roleid::bigint IN (SELECT json_array_elements_text($1::text::json)::bigint)
                OR m.member::bigint IN (SELECT json_array_elements_text($2::text::json)::bigint))
                AND $3::bigint IS NOT NULL \(maker)
            GROUP BY m.roleid, r.oid, r.rolname, r.rolcanlogin, r.rolsuper, r.rolreplication, r.rolbypassrls,
                r.rolcreaterole, r.rolcreatedb, r.rolvaliduntil, d.description
            ORDER BY m.roleid, r.oid
            """,
            [
                ServerSession.list(groups.map(\.oid)), ServerSession.list(roles.map(\.oid)),
                .integer(session.ownRole),
            ])
        var members: [Member] = []
        for row in rows {
            members.append(
                Member(
                    group: try row.integer(0), role: try RoleEntry(row, from: 3, organization),
                    isAdmin: try row.bool(1), maySet: try row.bool(2)))
        }
        return members
    }

    /// The names of roles by their numbers, of groups that Tenure made.
    func groups(_ oids: Set<Int64>) throws(ConnectorError) -> [RoleEntry] {
        try entries(
            "r.oid::bigint IN (SELECT json_array_elements_text($1::text::json)::bigint)",
            [ServerSession.list(oids.sorted())]
        ).filter { $0.assignments != nil }
    }

    /// Roles, other than Tenure's groups, that groups of Tenure's are in: what they may do comes on top.
    func parents(of groups: [RoleEntry]) throws(ConnectorError) -> [GroupParent] {
        let rows = try session.rows(
            """
            SELECT g.rolname, p.rolname FROM pg_auth_members m
                JOIN pg_roles g ON g.oid = m.member JOIN pg_roles p ON p.oid = m.roleid
            WHERE m.member::bigint IN (SELECT json_array_elements_text($1::text::json)::bigint)
            ORDER BY 1, 2
            """, [ServerSession.list(groups.map(\.oid))])
        var parents: [GroupParent] = []
        for row in rows { parents.append(GroupParent(group: try row.text(0), parent: try row.text(1))) }
        return parents
    }

    // MARK: Sessions

    /// Who is signed in, by the process that serves it. The server shows these two to everybody.
    func sessions(of roles: [RoleEntry]) throws(ConnectorError) -> [OpenSession] {
        let rows = try session.rows(
            """
            SELECT pid::bigint, usesysid::bigint FROM pg_stat_activity
            WHERE usesysid::bigint IN (SELECT json_array_elements_text($1::text::json)::bigint)
            ORDER BY 1
            """, [ServerSession.list(roles.map(\.oid))])
        var sessions: [OpenSession] = []
        for row in rows { sessions.append(OpenSession(pid: try row.integer(0), role: try row.integer(1))) }
        return sessions
    }

    /// Ends sessions and says how many there were. The server waits for each to be gone, for five seconds at most.
    func end(_ roles: [RoleEntry], pid: Int64? = nil) throws(ConnectorError) -> Int {
        try session.rows(
            """
            WITH found AS MATERIALIZED (
                SELECT pid FROM pg_stat_activity
                WHERE usesysid::bigint IN (SELECT json_array_elements_text($1::text::json)::bigint)
                    AND pid <> pg_backend_pid() AND ($2::bigint IS NULL OR pid = $2::bigint))
            SELECT pid::bigint, pg_terminate_backend(pid, 5000) FROM found
            """, [ServerSession.list(roles.map(\.oid)), pid.map { .integer($0) } ?? .null]
        ).count
    }
}

/// A sign-in that lives.
struct OpenSession: Hashable, Sendable {
    let pid: Int64
    let role: Int64
}

/// That a group is in another role.
struct GroupParent: Hashable, Sendable {
    let group: String
    let parent: String
}

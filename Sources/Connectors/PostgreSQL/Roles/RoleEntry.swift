import AccessModel
import ConnectorKit
import PostgreSQLDriver

/// A role of the server as its catalog has it.
struct RoleEntry: Hashable, Sendable {
    let oid: Int64
    let name: String
    let canLogin: Bool
    /// Superuser, replication, bypassing of row security, making of roles or databases: nothing that Tenure gives.
    let isPowerful: Bool
    let hasEnd: Bool
    /// Nil for a role that is not Tenure's.
    let mark: RoleMark?
    /// Begins as a mark does and is none.
    let hasBrokenMark: Bool

    /// The columns that ``init(_:_:)`` reads, of `r` and `d`.
    static let columns = """
        r.oid::bigint, r.rolname, r.rolcanlogin,
            r.rolsuper OR r.rolreplication OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb,
            coalesce(isfinite(r.rolvaliduntil), false), d.description
        """
    static let tables = """
        pg_roles r LEFT JOIN pg_shdescription d
            ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass
        """
    static let width = 6

    init(_ row: SQLRow, from first: Int = 0, _ organization: Slug) throws(ConnectorError) {
        oid = try row.integer(first)
        name = try row.text(first + 1)
        canLogin = try row.bool(first + 2)
        isPowerful = try row.bool(first + 3)
        hasEnd = try row.bool(first + 4)
        let comment = try row.optionalText(first + 5)
        mark = RoleMark(comment, organization)
        hasBrokenMark = mark == nil && (comment ?? "").hasPrefix(RoleMark.prefix(organization))
    }

    /// Whose account it is; nil for what is no account.
    var identity: IdentityID? {
        switch mark {
        case .account(let identity): identity
        case .group: nil
        case nil: canLogin ? .foreign(name) : nil
        }
    }

    var assignments: [AssignmentMark]? { if case .group(let assignments) = mark { assignments } else { nil } }

    var account: Account? {
        identity.map { Account(identity: $0, name: name, state: canLogin ? .active : .disabled) }
    }
}

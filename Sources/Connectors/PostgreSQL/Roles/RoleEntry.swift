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
    /// To the day: from when on no password is taken.
    let end: Account.End
    /// Nil for a role that is not Tenure's.
    let mark: RoleMark?
    /// Begins as a mark does and is none.
    let hasBrokenMark: Bool

    /// The columns that ``init(_:_:)`` reads, of `r` and `d`.
    static let columns = """
        r.oid::bigint, r.rolname, r.rolcanlogin,
            r.rolsuper OR r.rolreplication OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb,
            CASE WHEN r.rolvaliduntil < 'infinity' THEN to_char(least(greatest(r.rolvaliduntil,
                '1970-01-03 00:00+00'), '9999-12-31 00:00+00') AT TIME ZONE 'UTC' - interval '36 hours', 'YYYY-MM-DD')
            END, d.description
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
        end = try row.optionalText(first + 4).flatMap { CalendarDay($0) }.map { .after($0) } ?? .never
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
        // Whoever may not sign in at all has the moment of that for an end.
        identity.map {
            Account(identity: $0, name: name, state: canLogin ? .active : .disabled, end: canLogin ? end : nil)
        }
    }
}

extension Account.End {
    /// For `VALID UNTIL`: noon of the day after in UTC, when the day is over in every zone.
    var moment: String {
        switch self {
        case .never: "infinity"
        case .after(let day): "\(day.next) 12:00:00+00"
        }
    }
}

import AccessModel
import ConnectorKit
import PostgreSQLDriver

/// What is there to be granted, and who holds what, in one moment of the catalog.
struct GrantCatalog {
    struct Relation {
        let schema: String
        /// Its own, or of a sequence the one of the table whose numbers it gives.
        let table: TableName
        let isSequence: Bool
        let quoted: String
    }

    let access: AccessRules
    private(set) var relations: [Relation] = []
    /// Of the schemas that classes lie in, as the server quotes them.
    private(set) var schemas: [String: String] = [:]
    private(set) var owners: [String: String] = [:]
    private let session: ServerSession

    init(_ session: ServerSession, _ access: AccessRules) throws(ConnectorError) {
        self.session = session
        self.access = access
        let names = Set(access.classes.flatMap(\.touchedSchemas))
        guard !names.isEmpty else { return }
        for row in try session.rows(
            """
            SELECT nspname, quote_ident(nspname) FROM pg_namespace
            WHERE nspname IN (SELECT json_array_elements_text($1::text::json))
            """, [ServerSession.list(names)])
        { schemas[try row.text(0)] = try row.text(1) }
        for row in try session.rows(
            """
            SELECT rolname, quote_ident(rolname) FROM pg_roles
            WHERE rolname IN (SELECT json_array_elements_text($1::text::json))
            """, [ServerSession.list(Set(access.classes.flatMap(\.owners)))])
        { owners[try row.text(0)] = try row.text(1) }
        relations = try Self.relations(session, names)
    }

    private static func relations(_ session: ServerSession, _ schemas: Set<String>) throws(ConnectorError) -> [Relation]
    {
        let rows = try session.rows(
            """
            SELECT n.nspname, coalesce(tn.nspname, n.nspname), coalesce(t.relname, c.relname), c.relkind = 'S',
                format('%I.%I', n.nspname, c.relname)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN pg_depend d ON c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
                    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
                LEFT JOIN pg_class t ON t.oid = d.refobjid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
            WHERE n.nspname IN (SELECT json_array_elements_text($1::text::json))
                AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
            ORDER BY c.oid
            """, [ServerSession.list(schemas)])
        var relations: [Relation] = []
        for row in rows {
            relations.append(
                Relation(
                    schema: try row.text(0), table: TableName(schema: try row.text(1), table: try row.text(2)),
                    isSequence: try row.bool(3), quoted: try row.text(4)))
        }
        return relations
    }

    // MARK: What is wanted

    /// Everything that one assignment stands for.
    func wanted(_ mark: AssignmentMark) -> Grants {
        var grants: Grants = [:]
        var privileges: [String: Set<TablePrivilege>] = [:]
        for dataClass in access.classes(in: mark.scope) {
            let some = access.privileges(of: mark.role.rawValue, on: dataClass.name)
            guard !some.isEmpty else { continue }
            privileges[dataClass.name] = some
            for schema in dataClass.touchedSchemas {
                if let quoted = schemas[schema] { grants.add(["USAGE"], on: GrantObject(.schema, quoted)) }
            }
            for owner in dataClass.owners.compactMap({ owners[$0] }) {
                for schema in dataClass.schemas.compactMap({ schemas[$0] }) {
                    grants.add(Self.words(some), on: GrantObject(.futureTables, schema, owner: owner))
                    grants.add(Self.sequenceWords(some), on: GrantObject(.futureSequences, schema, owner: owner))
                }
            }
        }
        guard !privileges.isEmpty else { return grants }
        for relation in relations {
            let dataClass = access.dataClass(schema: relation.table.schema, table: relation.table.table)
            guard let some = dataClass.flatMap({ privileges[$0.name] }) else { continue }
            let words = relation.isSequence ? Self.sequenceWords(some) : Self.words(some)
            grants.add(words, on: GrantObject(relation.isSequence ? .sequence : .table, relation.quoted))
        }
        return grants
    }

    func wanted(_ marks: [AssignmentMark]) -> Grants {
        var grants: Grants = [:]
        for mark in marks { grants.add(wanted(mark)) }
        return grants
    }

    private static func words(_ privileges: Set<TablePrivilege>) -> Set<String> { Set(privileges.map(\.rawValue)) }

    /// Whoever writes rows may need their next number; whoever reads them may see the last one.
    private static func sequenceWords(_ privileges: Set<TablePrivilege>) -> Set<String> {
        var words: Set<String> = []
        if !privileges.isDisjoint(with: [.insert, .update]) { words.insert("USAGE") }
        if privileges.contains(.select) { words.insert("SELECT") }
        return words
    }

    // MARK: What is held

    /// By the group's number: everything in this database that it was granted on schemas, tables, sequences and future
    /// ones, of whatever class.
    func held(by groups: [RoleEntry]) throws(ConnectorError) -> [Int64: Grants] {
        let rows = try session.rows(
            """
            WITH who AS (SELECT json_array_elements_text($1::text::json)::bigint AS oid)
            SELECT a.grantee::bigint, 'schema', quote_ident(n.nspname), NULL::text, a.privilege_type
            FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) a
            WHERE a.grantee::bigint IN (SELECT oid FROM who)
            UNION ALL
            SELECT a.grantee::bigint, CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END,
                format('%I.%I', n.nspname, c.relname), NULL, a.privilege_type
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL aclexplode(c.relacl) a
            WHERE a.grantee::bigint IN (SELECT oid FROM who)
            UNION ALL
            SELECT a.grantee::bigint, CASE d.defaclobjtype WHEN 'r' THEN 'future-tables' ELSE 'future-sequences' END,
                coalesce(quote_ident(n.nspname), ''), quote_ident(o.rolname), a.privilege_type
            FROM pg_default_acl d JOIN pg_roles o ON o.oid = d.defaclrole
                LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace CROSS JOIN LATERAL aclexplode(d.defaclacl) a
            WHERE d.defaclobjtype IN ('r', 'S') AND a.grantee::bigint IN (SELECT oid FROM who)
            """, [ServerSession.list(groups.map(\.oid))])
        var held: [Int64: Grants] = [:]
        for row in rows {
            guard let kind = GrantObject.Kind(rawValue: try row.text(1)) else { continue }
            let object = GrantObject(kind, try row.text(2), owner: try row.optionalText(3))
            held[try row.integer(0), default: [:]].add([try row.text(4)], on: object)
        }
        return held
    }

    // MARK: Findings

    /// What an operator should know of grants: on data that has a class, to roles that are no group of Tenure's, and of
    /// classes that name what is not there.
    func findings(groups: [RoleEntry]) throws(ConnectorError) -> [String] {
        try missing() + strangers(groups) + elsewhere(groups)
    }

    private func missing() -> [String] {
        let there = Set(relations.filter { !$0.isSequence }.map(\.table))
        return access.classes.flatMap { dataClass in
            dataClass.touchedSchemas.filter { schemas[$0] == nil }.map {
                "the class `\(dataClass.name)` names the schema `\($0)`, which is not there"
            }
                + dataClass.tables.filter { !there.contains($0) && schemas[$0.schema] != nil }.map {
                    "the class `\(dataClass.name)` names the table `\($0)`, which is not there"
                }
                + dataClass.owners.filter { owners[$0] == nil }.map {
                    "the class `\(dataClass.name)` names the owner `\($0)`, who is not there"
                }
        }
    }

    private func strangers(_ groups: [RoleEntry]) throws(ConnectorError) -> [String] {
        let rows = try session.rows(
            """
            SELECT coalesce(g.rolname, 'PUBLIC'), n.nspname, c.relname, a.privilege_type
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL aclexplode(c.relacl) a
                LEFT JOIN pg_roles g ON g.oid = a.grantee
            WHERE n.nspname IN (SELECT json_array_elements_text($1::text::json)) AND c.relkind <> 'S'
                AND a.grantee <> c.relowner AND a.grantee::bigint <> $3 AND NOT coalesce(g.rolsuper, false)
                AND a.grantee::bigint NOT IN (SELECT json_array_elements_text($2::text::json)::bigint)
            """,
            [
                ServerSession.list(Set(access.classes.flatMap(\.touchedSchemas))),
                ServerSession.list(groups.map(\.oid)), .integer(session.ownRole),
            ])
        var tables: [String: [String: Set<String>]] = [:]
        for row in rows {
            let (grantee, table) = (try row.text(0), try row.text(2))
            guard let dataClass = access.dataClass(schema: try row.text(1), table: table) else { continue }
            tables[grantee, default: [:]][dataClass.name, default: []].insert(table)
        }
        return tables.flatMap { grantee, classes in
            classes.map { "`\(grantee)`, no group of Tenure's, was granted \($1.count) tables of class `\($0)`" }
        }
    }

    /// What groups hold where this connector does not look.
    private func elsewhere(_ groups: [RoleEntry]) throws(ConnectorError) -> [String] {
        let rows = try session.rows(
            """
            SELECT r.rolname, count(*), coalesce(min(b.datname::text), 'the whole server')
            FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid LEFT JOIN pg_database b ON b.oid = s.dbid
            WHERE s.refclassid = 'pg_authid'::regclass AND s.deptype IN ('a', 'o')
                AND s.refobjid::bigint IN (SELECT json_array_elements_text($1::text::json)::bigint)
                AND (b.datname IS DISTINCT FROM current_database() OR s.deptype = 'o' OR s.objsubid <> 0
                    OR s.classid NOT IN ('pg_class'::regclass, 'pg_namespace'::regclass, 'pg_default_acl'::regclass))
            GROUP BY r.rolname
            """, [ServerSession.list(groups.map(\.oid))])
        var findings: [String] = []
        for row in rows {
            findings.append(
                "the group `\(try row.text(0))` owns or holds \(try row.integer(1)) things beside grants on schemas and "
                    + "tables of this database, the first in \(try row.text(2))")
        }
        return findings
    }
}

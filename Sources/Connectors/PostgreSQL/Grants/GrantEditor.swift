import AccessModel
import ConnectorKit

/// Changes what groups were granted within one transaction.
struct GrantEditor {
    let session: ServerSession
    let organization: Slug
    let access: AccessRules

    private var roles: RoleCatalog { RoleCatalog(session: session, organization: organization) }

    /// Grants what is missing of an assignment and writes it down. False when it held already.
    func add(_ mark: AssignmentMark, to slug: String) throws(ConnectorError) -> Bool {
        let group = try group(slug)
        let marks = group.assignments ?? []
        let catalog = try GrantCatalog(session, access)
        let wanted = catalog.wanted(mark)
        let missing = wanted.without(try catalog.held(by: [group])[group.oid] ?? [:])
        if missing.isEmpty, marks.contains(mark) { return false }
        try run("GRANT", missing, "TO", group.name)
        let left = wanted.without(try catalog.held(by: [group])[group.oid] ?? [:])
        if let object = left.keys.sorted().first {
            throw session.error(
                .forbidden,
                "\(Self.words(left[object] ?? [])) on \(object) could not be granted: the connector's role must "
                    + "be in the role that owns it")
        }
        if !marks.contains(mark) { try write(marks + [mark], on: group) }
        return true
    }

    /// Takes back what no other assignment of the group needs, and strikes it out. False when nothing of it was there.
    func remove(_ mark: AssignmentMark, from slug: String) throws(ConnectorError) -> Bool {
        guard let group = try roles.groups(named: [slug]).first else { return false }
        let marks = group.assignments ?? []
        let rest = marks.filter { $0 != mark }
        let catalog = try GrantCatalog(session, access)
        let held = try catalog.held(by: [group])[group.oid] ?? [:]
        let surplus = catalog.wanted(mark).without(catalog.wanted(rest)).common(with: held)
        guard marks.contains(mark) || !surplus.isEmpty else { return false }
        try takeBack(surplus, from: group, catalog)
        if marks.contains(mark) { try write(rest, on: group) }
        return true
    }

    /// Takes back what somebody else granted a group: `SELECT,UPDATE` on `table shop.cards`.
    func remove(_ privileges: Set<String>, on place: String, from slug: String) throws(ConnectorError) -> Bool {
        guard let group = try roles.groups(named: [slug]).first else { return false }
        let catalog = try GrantCatalog(session, access)
        let held = try catalog.held(by: [group])[group.oid] ?? [:]
        let surplus = held.without(catalog.wanted(group.assignments ?? []))
        guard let object = surplus.keys.first(where: { $0.description == place }) else { return false }
        let meant = privileges.intersection(surplus[object] ?? [])
        guard !meant.isEmpty else { return false }
        try takeBack([object: meant], from: group, catalog)
        return true
    }

    /// Takes back everything that the group holds in this database.
    func clear(_ group: RoleEntry) throws(ConnectorError) {
        let catalog = try GrantCatalog(session, access)
        try takeBack(try catalog.held(by: [group])[group.oid] ?? [:], from: group, catalog)
    }

    private func group(_ slug: String) throws(ConnectorError) -> RoleEntry {
        guard let role = try roles.role(exactly: slug) else {
            throw session.error(.missingDependency, "there is no role `\(slug)`")
        }
        guard role.assignments != nil else { throw PostgreSQLTarget.isNotOurs(role, session) }
        return role
    }

    private func write(_ marks: [AssignmentMark], on group: RoleEntry) throws(ConnectorError) {
        try session.run("COMMENT ON ROLE %I IS %L", [group.name, RoleMark.group(marks).text(organization)])
    }

    /// What another role than the owner granted, only that one can take back.
    private func takeBack(_ grants: Grants, from group: RoleEntry, _ catalog: GrantCatalog) throws(ConnectorError) {
        guard !grants.isEmpty else { return }
        try run("REVOKE", grants, "FROM", group.name)
        let left = grants.common(with: try catalog.held(by: [group])[group.oid] ?? [:])
        if let object = left.keys.sorted().first {
            throw session.error(
                .forbidden,
                "\(Self.words(left[object] ?? [])) on \(object) could not be revoked: somebody granted it whose "
                    + "role the connector's is not in")
        }
    }

    private static func words(_ privileges: Set<String>) -> String { privileges.sorted().joined(separator: ", ") }

    // MARK: Statements

    /// One kind of statement: what is done, on which kind of objects, of whom.
    private struct Batch: Hashable {
        let kind: GrantObject.Kind
        let owner: String?
        let privileges: String
    }

    private static let objectsAtOnce = 100

    /// All names in `grants` were quoted by the server.
    private func run(
        _ verb: String, _ grants: Grants, _ preposition: String, _ group: String
    ) throws(ConnectorError) {
        let whom = try session.quoted("%I", [group])
        var batches: [Batch: [String]] = [:]
        for (object, privileges) in grants {
            let batch = Batch(kind: object.kind, owner: object.owner, privileges: Self.words(privileges))
            batches[batch, default: []].append(object.name)
        }
        let end = "\(preposition) \(whom)" + (verb == "REVOKE" ? " CASCADE" : "")
        for (batch, names) in batches.sorted(by: { $0.value.count > $1.value.count }) {
            let action = "\(verb) \(batch.privileges) ON"
            switch batch.kind {
            case .schema, .table, .sequence:
                var rest = names.sorted()[...]
                while !rest.isEmpty {
                    let some = rest.prefix(Self.objectsAtOnce).joined(separator: ", ")
                    _ = try session.rows("\(action) \(batch.kind.rawValue.uppercased()) \(some) \(end)")
                    rest = rest.dropFirst(Self.objectsAtOnce)
                }
            case .futureTables, .futureSequences:
                let objects = batch.kind == .futureTables ? "TABLES" : "SEQUENCES"
                for schema in names.sorted() {
                    let place = schema.isEmpty ? "" : " IN SCHEMA \(schema)"
                    _ = try session.rows(
                        "ALTER DEFAULT PRIVILEGES FOR ROLE \(batch.owner ?? "CURRENT_ROLE")\(place) \(action) "
                            + "\(objects) \(end)")
                }
            }
        }
    }
}

import AccessModel

/// The tables of a database, and how an older one is brought up to them.
public enum Schema {
    /// All migrations in their order. Released ones are never edited; `ArchitectureTests` pins their checksums.
    public static let migrations: [Migration] = [
        .m0001Record, .m0002Workflow, .m0003AuditTree, .m0004Access, .m0005Notices, .m0006SignIn, .m0007SCIM, .m0008API,
        .m0009Intake, .m0010Forge, .m0011SCIMCounts,
    ]

    /// Brings `database` up to this binary's schema in one transaction, or changes nothing.
    ///
    /// Safe to call from many nodes at once. Throws `.schema` when a newer Tenure wrote the database, when a
    /// migration that was applied differs from this binary's, or when the tables in it are none of Tenure's.
    public static func migrate(_ database: any Database, at now: Instant) async throws {
        try await migrate(database, at: now, to: migrations)
    }

    /// Whether nothing is in `database` yet.
    public static func isMissing(in database: any Database) async throws -> Bool {
        let dialect = database.dialect
        return try await database.read { session in try tableNames(session, dialect).isEmpty }
    }

    static func migrate(_ database: any Database, at now: Instant, to migrations: [Migration]) async throws {
        let dialect = database.dialect
        let isCurrent = try await database.read { session in
            try check(session, dialect, against: migrations) == migrations.count
        }
        guard !isCurrent else { return }
        try await database.write { session in
            let applied = try check(session, dialect, against: migrations)
            if applied == 0 { try session.execute(createTable(for: dialect)) }
            for migration in migrations.dropFirst(applied) {
                for statement in migration.statements(for: dialect) { try session.execute(statement) }
                try session.execute(
                    "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
                    [.int(migration.number), .text(migration.name), .text(migration.checksum), .instant(now)])
            }
        }
    }

    /// How many of `migrations` are applied; each of them exactly as it is written here.
    private static func check(
        _ session: any SQLSession, _ dialect: SQLDialect, against migrations: [Migration]
    ) throws -> Int {
        let tables = try tableNames(session, dialect)
        guard tables.contains("schema_migrations") else {
            guard tables.isEmpty else {
                throw refusal("the database holds tables that are not Tenure's; name one of its own, or a new one")
            }
            return 0
        }
        let rows = try session.query("SELECT number, name, checksum FROM schema_migrations ORDER BY number")
        guard rows.count <= migrations.count else {
            let newest = try rows.last?.integer(0) ?? 0
            throw refusal(
                "the database has schema \(newest), this binary knows \(migrations.count); use a newer binary")
        }
        for (row, migration) in zip(rows, migrations) {
            guard try row.integer(0) == Int64(migration.number), try row.text(2) == migration.checksum else {
                throw refusal(
                    "migration \(try row.integer(0)) `\(try row.text(1))` was applied with another text than this "
                        + "binary's; use the release that wrote the database")
            }
        }
        return rows.count
    }

    private static func tableNames(_ session: any SQLSession, _ dialect: SQLDialect) throws -> Set<String> {
        let sql =
            switch dialect {
            case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            case .postgresql:
                "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()"
            }
        return Set(try session.query(sql).map { try $0.text(0) })
    }

    private static func createTable(for dialect: SQLDialect) -> String {
        let migrations = Migration(
            number: 0, name: "",
            text: """
                CREATE TABLE schema_migrations (
                    number {integer} PRIMARY KEY,
                    name {text} NOT NULL,
                    checksum {text} NOT NULL,
                    applied_at {integer} NOT NULL
                ) {strict}
                """)
        return migrations.statements(for: dialect).joined()
    }

    private static func refusal(_ message: String) -> PersistenceError {
        PersistenceError(code: .schema, operation: "open the database", message: message)
    }
}

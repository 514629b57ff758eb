import AccessModel
import ConnectorKit
import Foundation
import PostgreSQLConnector
import StrictJSON
import TestSupport
import Testing

/// All tests that share a server: what one makes, another would see as a stranger's.
@Suite(.serialized) struct PostgreSQLConnectorTests {}

/// A real server with the shop's database on it, and the connector's role as the README makes it.
final class TargetPlace: Sendable {
    let server: PostgreSQLServer
    let database: String
    static let user = "tenure_access"
    static let password = "canary-password-of-the-connector"

    /// The one that all tests share; nil, said and counted, where PostgreSQL is not installed.
    static func shared(for test: String = #function) throws -> TargetPlace? {
        guard try PostgreSQLServer.shared(for: test) != nil else { return nil }
        return try common.get()
    }

    private static let common = Result { try TargetPlace() }

    init() throws {
        guard let server = try PostgreSQLServer.start() else { throw CocoaError(.fileNoSuchFile) }
        self.server = server
        database = "shop"
        try server.sql("CREATE ROLE shop_owner NOLOGIN")
        try server.sql("CREATE DATABASE shop OWNER shop_owner")
        try admin(
            """
            SET ROLE shop_owner;
            CREATE SCHEMA shop; CREATE SCHEMA "Odd ""one"" %I";
            CREATE TABLE shop.orders (id BIGSERIAL PRIMARY KEY, item TEXT);
            CREATE TABLE shop.cards (id BIGINT PRIMARY KEY, number TEXT);
            CREATE VIEW shop.totals AS SELECT count(*) AS n FROM shop.orders;
            CREATE TABLE "Odd ""one"" %I"."it's, a table" (id BIGINT);
            """)
        for statement in try Self.grants() { try admin(statement) }
    }

    /// The statements of the README, word for word but for the password.
    static func grants() throws -> [String] {
        let path = TestSystems.packageDirectory + "/Sources/Connectors/PostgreSQL/README.md"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let blocks = text.components(separatedBy: "```sql\n").dropFirst()
        guard let block = blocks.first?.components(separatedBy: "```").first else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return block.replacingOccurrences(of: "change-me", with: password).split(separator: "\n").map(String.init)
    }

    @discardableResult
    func admin(_ text: String) throws -> String { try server.sql(text, in: database) }

    /// What the shop's data is, and what each role may do with it.
    static let access: [String: JSONValue] = [
        "classes": [
            ["name": "internal", "schemas": ["shop", "Odd \"one\" %I"], "owners": ["shop_owner"]],
            ["name": "cards", "tables": ["shop.cards"]],
        ],
        "roles": [
            "reader": ["internal": ["SELECT"]],
            "contributor": ["internal": ["select", "insert", "update", "delete"]],
            "admin": ["internal": ["SELECT", "INSERT", "UPDATE", "DELETE"], "cards": ["SELECT"]],
        ],
    ]

    func configuration(
        _ more: [String: JSONValue] = [:], organization: String = "mountainlab", user: String = TargetPlace.user,
        password: String = TargetPlace.password, readPassword: CredentialReader? = nil, port: Int? = nil
    ) -> ConnectorConfiguration {
        var settings: [String: JSONValue] = [
            "host": "127.0.0.1", "port": .integer(Int64(port ?? server.port)), "database": .string(database),
            "user": .string(user), "ca_file": .string(server.caFile),
        ]
        settings.merge(Self.access) { $1 }
        settings.merge(more) { $1 }
        return ConnectorConfiguration(
            target: Sample.slug("shop-db"),
            settings: .object(
                JSONObject(
                    settings.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: $0.value) })),
            credential: SecretText(password), readCredential: readPassword, baseDirectory: "/",
            organization: Sample.slug(organization),
            clock: { Sample.now })
    }

    func connector(
        _ more: [String: JSONValue] = [:], organization: String = "mountainlab", port: Int? = nil
    ) throws -> PostgreSQLTarget {
        try PostgreSQLTarget(configuration(more, organization: organization, port: port))
    }

    /// A session of its own, as `user`; it is there when this returns.
    func session(as user: String, _ sql: [String] = ["SELECT pg_sleep(600)"]) throws -> PostgreSQLClient {
        let client = try PostgreSQLClient(
            port: server.port, database: database, user: user, password: Self.password, statements: sql)
        let deadline = Date().addingTimeInterval(30)
        while try sessions(of: user) == 0, client.isRunning, Date() < deadline { usleep(20_000) }
        return client
    }

    /// What psql prints for `user`, who has the password of the tests.
    func run(as user: String, _ sql: String) throws -> String {
        try PostgreSQLClient(
            port: server.port, database: database, user: user, password: Self.password, statements: [sql]
        ).end()
    }

    func sessions(of user: String) throws -> Int {
        let name = user.replacingOccurrences(of: "'", with: "''")
        return Int(try server.sql("SELECT count(*) FROM pg_stat_activity WHERE usename = '\(name)'")) ?? -1
    }
}

extension PostgreSQLTarget {
    @discardableResult
    func apply(_ operation: Change.Operation, _ fact: Fact, before: Fact? = nil) async throws -> Receipt {
        let change = Change(
            target: Sample.slug("shop-db"), operation: operation, lane: operation == .remove ? .revoke : .grant,
            fact: fact, before: before, causes: [.drift], risk: 1, stage: 0)
        return try await apply(
            change, context: ApplyContext(idempotencyKey: "case \(change.id)", fencingToken: 1, attempt: 1))
    }

    @discardableResult
    func add(_ fact: Fact) async throws -> Receipt { try await apply(.add, fact) }

    @discardableResult
    func remove(_ fact: Fact) async throws -> Receipt { try await apply(.remove, fact, before: fact) }

    @discardableResult
    func set(_ account: Account, _ state: Account.State) async throws -> Receipt {
        var wanted = account
        wanted.state = state
        return try await apply(.update, .account(wanted), before: .account(account))
    }
}

/// Facts of the tests.
enum Shop {
    static func person(_ id: String) -> Account {
        Account(identity: .person(Sample.id(id)), name: "\(id)@mountainlab.io", state: .active)
    }

    static func group(_ slug: String) -> Fact { .group(GroupFact(slug: slug, notation: nil)) }

    static func member(_ account: Account, _ group: String) -> Fact {
        .membership(Membership(group: group, notation: nil, identity: account.identity, account: account.name))
    }

    static func role(_ role: String, _ group: String, _ scope: String = "ecommerce/live/*/shop") -> Fact {
        .roleAssignment(RoleAssignment(group: group, notation: nil, role: role, scope: scope))
    }
}

import Foundation

/// A new, empty database on a server, dropped when its owner lets go of it.
public final class PostgreSQLTestDatabase: Sendable {
    public let server: PostgreSQLServer
    public let name: String

    public var address: String { server.address(of: name) }

    public init(on server: PostgreSQLServer) throws {
        self.server = server
        name = "t" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
        try server.sql("CREATE DATABASE \(name) OWNER tenure")
    }

    /// What psql prints of a query, as the administrator.
    @discardableResult
    public func sql(_ text: String) throws -> String { try server.sql(text, in: name) }

    deinit {
        do {
            try server.sql("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        } catch {
            print("cannot drop \(name): \(error)")
        }
    }
}

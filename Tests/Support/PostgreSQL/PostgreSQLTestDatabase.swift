import Foundation

/// An empty database on a server, emptied again when its owner lets go of it.
public final class PostgreSQLTestDatabase: Sendable {
    public let server: PostgreSQLServer
    public let name: String

    public var address: String { server.address(of: name) }

    public init(on server: PostgreSQLServer) throws {
        self.server = server
        name = try server.takeDatabase()
    }

    /// What psql prints of a query, as the administrator.
    @discardableResult
    public func sql(_ text: String) throws -> String { try server.sql(text, in: name) }

    /// All of it as text, as `pg_dump` writes it.
    public func dump() throws -> String { try server.dump(name) }

    deinit {
        do {
            try server.giveBack(name)
        } catch {
            print("cannot empty \(name): \(error)")
        }
    }
}

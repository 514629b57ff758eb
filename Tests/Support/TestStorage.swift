import Foundation
import Persistence

/// Where a test's database lives while its handles come and go: SQLite, or PostgreSQL when the tests are run with
/// `TENURE_TEST_DATABASE=postgresql`. It is removed with its last reference.
public final class TestStorage: Sendable {
    private enum Place: Sendable {
        case file(TemporaryFolder)
        case server(PostgreSQLTestDatabase)
    }

    private let place: Place

    /// Whether the tests are to run on PostgreSQL.
    public static var isOnServer: Bool {
        ProcessInfo.processInfo.environment["TENURE_TEST_DATABASE"] == "postgresql"
    }

    public init() throws {
        guard Self.isOnServer else {
            place = .file(try TemporaryFolder())
            return
        }
        guard let server = try PostgreSQLServer.shared() else { throw TestSystems.Missing(system: "postgres") }
        place = .server(try PostgreSQLTestDatabase(on: server))
    }

    public func open() async throws -> any Database {
        switch place {
        case .file(let folder): try await SQLiteDatabase.open(folder.path("tenure.db"))
        case .server(let database): try await PostgreSQLDatabase.open(database.address)
        }
    }
}

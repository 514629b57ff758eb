import Foundation
import TestSupport

/// A database on a real PostgreSQL server, with the folder of the keys; copied on the server before each fault.
final class PostgreSQLState: StateSystem {
    private let server: PostgreSQLServer
    private let name: String
    private let keys: SavedFolder

    init(keys: String) throws {
        guard let server = try PostgreSQLServer.shared() else {
            throw TargetTrouble(description: "PostgreSQL is not installed")
        }
        self.server = server
        self.keys = SavedFolder(path: keys)
        name = "crash_\(UUID().uuidString.prefix(8).lowercased())"
        try server.sql("CREATE DATABASE \(name) OWNER tenure")
    }

    var environment: [String: String] {
        ["TENURE_STATE": server.address(of: name), "TENURE_KEYS": keys.path]
    }

    var ports: [Int] { [server.port] }
    var publicKey: String { keys.path + "/tenure.pub" }
    /// A server that was started a moment ago cannot know who held a lease: they end by their time alone.
    var freesLeasesAtOnce: Bool { false }

    func save() throws {
        try keys.save()
        try server.sql("CREATE DATABASE \(name)_saved TEMPLATE \(name) OWNER tenure")
    }

    func restore() throws {
        try keys.restore()
        try server.sql("DROP DATABASE \(name) WITH (FORCE)")
        try server.sql("CREATE DATABASE \(name) TEMPLATE \(name)_saved OWNER tenure")
    }

    func stop() throws {
        try server.sql("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        try server.sql("DROP DATABASE IF EXISTS \(name)_saved")
    }
}

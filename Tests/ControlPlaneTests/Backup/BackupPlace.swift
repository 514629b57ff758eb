import AccessModel
import AuditTrail
import Definitions
import Foundation
import Lifecycle
import Persistence
import StrictJSON
import TestSupport
import Testing

@testable import ControlPlane

/// A state that is copied, lost, and brought back.
final class BackupPlace: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case file, server
    }

    let folder: StateFolder
    private let files: TemporaryFolder
    private let server: PostgreSQLTestDatabase?
    private let numbers = NextNumber()

    /// Nil, said and counted, where PostgreSQL is not installed.
    init?(_ kind: Kind, for test: String = #function) throws {
        files = try TemporaryFolder()
        switch kind {
        case .file:
            server = nil
            folder = StateFolder(database: files.path("state/tenure.db"), keys: files.path("keys"))
        case .server:
            guard let server = try PostgreSQLServer.shared(for: test) else { return nil }
            for program in ["pg_dump", "pg_restore"] {
                guard try TestSystems.require(program, for: test) != nil else { return nil }
            }
            let database = try PostgreSQLTestDatabase(on: server)
            self.server = database
            folder = StateFolder(database: database.address, keys: files.path("keys"))
        }
    }

    func path(_ name: String) -> String { files.path(name) }

    func open() async throws -> Installation { try await Installation.open(folder, as: nil, creating: true) }

    private func within<Value: Sendable>(_ body: (Installation) async throws -> Value) async throws -> Value {
        let installation = try await open()
        let value = try await body(installation)
        try await installation.close()
        return value
    }

    /// So many more people join.
    func hear(_ count: Int) async throws {
        try await within { installation in
            let desk = try await installation.people()
            for _ in 0..<count {
                let number = numbers.next()
                _ = try await desk.accept(IntakeWorld.event("joined", "j-\(number)", "e-\(number)").canonicalBytes)
            }
        }
    }

    func backUp(_ name: String) async throws -> BackupManifest {
        try await within { try await $0.backUp(to: path(name)) }
    }

    func restore(_ name: String, accepting reason: String? = nil) async throws -> Restoration.Outcome {
        try await Restoration(of: path(name), to: folder, acceptingRollback: reason).run(as: nil)
    }

    func manifest(_ name: String) throws -> BackupManifest? {
        let data = try Data(contentsOf: URL(filePath: path(name + ".manifest")))
        return BackupManifest(json: try JSONParser.parse(data))
    }

    /// The database is gone; the key and the checkpoint stay.
    func lose() async throws {
        guard let server else {
            for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: folder.database + suffix) {
                try FileManager.default.removeItem(atPath: folder.database + suffix)
            }
            return
        }
        let tables = try server.sql(
            "SELECT format('DROP TABLE %I.%I CASCADE;', schemaname, tablename) FROM pg_tables WHERE tableowner = 'tenure'"
        )
        try server.sql(tables)
    }

    func isEmpty() async throws -> Bool {
        guard server != nil else { return !FileManager.default.fileExists(atPath: folder.database) }
        let database = try await PostgreSQLDatabase.open(folder.database)
        let isMissing = try await Schema.isMissing(in: database)
        await database.close()
        return isMissing
    }

    func roster() async throws -> [PersonID] {
        try await within { try await $0.people().roster(at: $0.now).states.map(\.person.id) }
    }

    func records() async throws -> [Record] {
        try await within { try await $0.records(AuditLog.Filter()).map(\.record) }
    }

    /// Why it was refused; nil where it was not.
    func refusal(_ body: () async throws -> Void) async -> InstallationError? {
        do {
            try await body()
            return nil
        } catch let error as InstallationError {
            return error
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }
}

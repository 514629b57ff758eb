import Foundation
import Persistence

/// Where an installation keeps what it must not lose: its database, and files that stand outside of it.
///
/// The files are the key that signs checkpoints, its public half, and the last checkpoint: outside of the database so
/// that one that was restored from an old copy is noticed.
public struct StateFolder: Sendable {
    /// The database file, or the address of one on a server, which may hold a password: to be shown as ``name``.
    let database: String
    /// The files' path without what follows the dot.
    private let stem: String
    /// What the key that signs the log is sealed with in the database; nil for a key in a file.
    public var dataKeys: DataKeyRing?

    /// - Parameters:
    ///   - database: A path, or `postgres://...`.
    ///   - keys: The folder of the files; nil for beside the database file, `.tenure` where the database is on a
    ///     server.
    public init(database: String, keys: String? = nil) {
        self.database = database
        if PostgreSQLAddress.isAddress(database) {
            stem = (keys ?? ".tenure") + "/tenure"
        } else {
            let beside = (database as NSString).deletingPathExtension
            stem = keys.map { $0 + "/" + (beside as NSString).lastPathComponent } ?? beside
        }
    }

    var isOnServer: Bool { PostgreSQLAddress.isAddress(database) }

    /// The database as it may be shown.
    public var name: String {
        guard isOnServer else { return database }
        do {
            return try PostgreSQLAddress(database).description
        } catch {
            return "postgres://"
        }
    }

    /// The folder of the files.
    var folder: String {
        let folder = (stem as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    /// `tenure.key`: C2SP signer key, readable by its owner only.
    public var privateKey: String { stem + ".key" }
    /// `tenure.pub`: C2SP verifier key; what an auditor needs.
    public var publicKey: String { stem + ".pub" }
    /// `tenure.checkpoint`: the last signed checkpoint.
    public var checkpoint: String { stem + ".checkpoint" }

    var hasKey: Bool { FileManager.default.fileExists(atPath: privateKey) }
    /// `tenure.key.lock`: see ``KeyFolderLock``.
    var keyLock: String { stem + ".key.lock" }
    /// `tenure.worker.lock`: see ``WorkerLock``.
    var workerLock: String { stem + ".worker.lock" }

    /// Opens the database; nil where there is none and none is to be made.
    func open(creating: Bool) async throws -> (any Database)? {
        guard isOnServer else {
            guard creating || FileManager.default.fileExists(atPath: database) else { return nil }
            return try await SQLiteDatabase.open(database)
        }
        let server = try await PostgreSQLDatabase.open(database)
        do {
            if !creating, try await Schema.isMissing(in: server) {
                await server.close()
                return nil
            }
            return server
        } catch {
            await server.close()
            throw error
        }
    }
}

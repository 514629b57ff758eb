import Foundation

/// Where an embedded installation keeps what it must not lose.
///
/// Beside the database stand the key that signs checkpoints, its public half, and the last checkpoint: kept outside
/// of the database so that a database restored from an old copy is noticed.
public struct StateFolder: Sendable {
    /// The database file.
    public let database: String

    public init(database: String) { self.database = database }

    var folder: String {
        let folder = (database as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    private var stem: String { (database as NSString).deletingPathExtension }

    /// `tenure.key`: C2SP signer key, readable by its owner only.
    public var privateKey: String { stem + ".key" }
    /// `tenure.pub`: C2SP verifier key; what an auditor needs.
    public var publicKey: String { stem + ".pub" }
    /// `tenure.checkpoint`: the last signed checkpoint.
    public var checkpoint: String { stem + ".checkpoint" }

    var hasKey: Bool { FileManager.default.fileExists(atPath: privateKey) }
    /// `tenure.worker.lock`: see ``WorkerLock``.
    var workerLock: String { stem + ".worker.lock" }

    public var exists: Bool { FileManager.default.fileExists(atPath: database) }
}

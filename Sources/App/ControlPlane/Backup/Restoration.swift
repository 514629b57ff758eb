import AccessModel
import AuditTrail
import Foundation
import Persistence
import StrictJSON

/// Puts a backup in the place of a state that is gone.
///
/// It is refused where it is damaged, where a state is there, and where the checkpoint outside of the database knows of
/// more, unless somebody answers for that.
public struct Restoration: Sendable {
    /// What came of it.
    public struct Outcome: Sendable {
        public let manifest: BackupManifest
        /// Whether an older copy was taken on, as is recorded.
        public let isRolledBack: Bool
        /// What could not be learnt, a sentence each.
        public let remarks: [String]
    }

    let backup: String
    let folder: StateFolder
    /// Why an older copy is taken on; nil where none is.
    let reason: String?

    public init(of backup: String, to folder: StateFolder, acceptingRollback reason: String? = nil) {
        self.backup = backup
        self.folder = folder
        self.reason = reason
    }

    /// - Parameter actor: Who answers for an older copy; nil for the user of this machine.
    public func run(as actor: String?) async throws -> Outcome {
        let manifest = try readManifest()
        if folder.isOnServer {
            try await restoreOnServer(manifest)
        } else {
            try await restoreFile(manifest)
        }
        guard let reason, try await !isConsistent() else {
            return Outcome(manifest: manifest, isRolledBack: false, remarks: keyRemark)
        }
        // From here on it is as with any other older copy.
        let installation = try await Installation.open(folder, as: actor, creating: false, acceptingRollback: true)
        let remarks = try await installation.acceptRollback(reason: reason)
        try await installation.close()
        return Outcome(manifest: manifest, isRolledBack: true, remarks: remarks)
    }

    private var keyRemark: [String] {
        folder.hasKey
            ? [] : ["the key that signs the log is not at \(folder.privateKey); bring it back before anything is done"]
    }

    private func readManifest() throws -> BackupManifest {
        let path = BackupManifest.path(of: backup)
        guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else {
            throw refusal(.missing, "`\(path)`, which says what it holds, is not there")
        }
        let manifest: BackupManifest?
        do {
            manifest = BackupManifest(json: try JSONParser.parse(data))
        } catch {
            manifest = nil
        }
        guard let manifest else { throw refusal(.file, "`\(path)` is no manifest of a backup") }
        let dialect: SQLDialect = folder.isOnServer ? .postgresql : .sqlite
        guard manifest.dialect == dialect else {
            throw refusal(.usage, "it is a copy of a \(manifest.dialect.rawValue) database; --state names another kind")
        }
        guard try manifest.contents.records >= heldSize() || reason != nil else {
            throw older(manifest, "\(try heldSize()) were sealed")
        }
        return manifest
    }

    /// How many records the checkpoint outside of the database knows of, whoever signed it: what it says is verified
    /// once there is a log to compare it with.
    private func heldSize() throws -> Int {
        guard let note = try CheckpointFile(path: folder.checkpoint).read() else { return 0 }
        do {
            return try Checkpoint(text: note.text).size
        } catch {
            return 0
        }
    }

    // MARK: A file

    private func restoreFile(_ manifest: BackupManifest) async throws {
        let lock = try StateLock(folder)
        for file in [folder.database, folder.database + "-wal"] where FileManager.default.fileExists(atPath: file) {
            throw refusal(.denied, "`\(file)` is there; what is in it is not overwritten: move it away first")
        }
        try FileManager.default.createDirectory(
            atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let temporary = "\(folder.database).\(getpid())-\(Installation.newID()).new"
        defer { for file in [temporary, temporary + "-wal", temporary + "-shm"] { unlink(file) } }
        let digest = try DurableFile.digest(backup, copyingTo: temporary)
        guard digest == manifest.file else { throw damaged("its bytes are not those that were written") }
        let copy = try await SQLiteDatabase.open(temporary)
        do {
            try await copy.checkPages()
            try await check(copy, manifest)
        } catch {
            await copy.close()
            throw error
        }
        await copy.close()
        try DurableFile.publish(temporary, as: folder.database)
        withExtendedLifetime(lock) {}
    }

    private var parent: String {
        let folder = (folder.database as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    // MARK: A server

    private func restoreOnServer(_ manifest: BackupManifest) async throws {
        guard try DurableFile.digest(backup) == manifest.file else {
            throw damaged("its bytes are not those that were written")
        }
        let server = try await PostgreSQLDatabase.open(folder.database)
        do {
            guard try await Schema.isMissing(in: server) else {
                throw refusal(.denied, "there are tables at `\(folder.name)`; name an empty schema, or make one")
            }
            let namespace = try await server.read { try $0.query("SELECT current_schema()::text").first?.text(0) }
            guard let namespace, namespace == manifest.namespace else {
                throw refusal(
                    .usage,
                    "its tables are in the schema `\(manifest.namespace ?? "")`; sign in with that as the search path")
            }
            try PostgreSQLProgram(name: "pg_restore", address: server.address).run([
                "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
                "--schema=\(namespace)", backup,
            ])
            try await check(server, manifest)
        } catch {
            await server.close()
            throw error
        }
        await server.close()
    }

    // MARK: What was restored

    /// Throws unless it holds what the manifest says, and what was sealed, or somebody answers for it.
    private func check(_ database: any Database, _ manifest: BackupManifest) async throws {
        let contents = try await database.read { try BackupManifest.Contents(of: $0) }
        guard contents == manifest.contents else { throw damaged("it does not hold what its manifest says") }
        guard reason == nil, let verifier = try verifier() else { return }
        let finding = try await CheckpointFile(path: folder.checkpoint).compare(with: database, verifier: verifier)
        switch finding {
        case .new, .consistent: return
        case .removed:
            // A new machine, with the key: the copy's own checkpoint is all that there is to go by.
            throw refusal(
                .rollback,
                "`\(folder.checkpoint)` is gone, so that nothing tells whether it is the newest copy; bring it back, or "
                    + "say with --accept-rollback why you go on")
        case .rolledBack(let checkpoint, _): throw older(manifest, "\(checkpoint.size) were sealed")
        case .forked, .unreadable:
            throw refusal(.rollback, "\(finding.problem ?? "") (to go on all the same: --accept-rollback REASON)")
        }
    }

    /// Whether the state that is there now would be opened without a question.
    private func isConsistent() async throws -> Bool {
        guard let verifier = try verifier(), let database = try await folder.open(creating: false) else { return false }
        do {
            let finding = try await CheckpointFile(path: folder.checkpoint).compare(with: database, verifier: verifier)
            await database.close()
            return finding.isTrusted
        } catch {
            await database.close()
            throw error
        }
    }

    /// The log's public key; nil where neither half is here.
    private func verifier() throws -> CheckpointVerifier? {
        guard let data = FileManager.default.contents(atPath: folder.publicKey) else { return nil }
        return try CheckpointVerifier(vkey: String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines))
    }

    private func older(_ manifest: BackupManifest, _ what: String) -> InstallationError {
        refusal(
            .rollback,
            "it holds \(manifest.contents.records) audit records, but \(what): it is an old copy; restore a newer one, or "
                + "say with --accept-rollback why there is none")
    }

    private func damaged(_ message: String) -> InstallationError { refusal(.file, "it is damaged: \(message)") }

    private func refusal(_ code: InstallationError.Code, _ message: String) -> InstallationError {
        InstallationError(code: code, operation: "restore `\(backup)`", message: message)
    }
}

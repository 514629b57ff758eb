import AccessModel
import AuditTrail
import Foundation
import Persistence
import StrictJSON

extension Installation {
    /// Copies the database as it is at one moment to `path`, with a manifest beside it, while everything goes on. Both
    /// are on disk when it returns; nothing that is called so already is overwritten.
    ///
    /// The key and the checkpoint outside of the database are not in it: they are what an old copy is told by.
    public func backUp(to path: String) async throws -> BackupManifest {
        let manifestPath = BackupManifest.path(of: path)
        for taken in [path, manifestPath] where FileManager.default.fileExists(atPath: taken) {
            throw InstallationError(
                code: .file, operation: "back up to `\(path)`", message: "`\(taken)` is there already; name a new file")
        }
        let file = URL(filePath: path).standardizedFileURL.path
        try await database.transact { [context, now = clock.now()] _, records in
            records.append(
                .backupBegun(RecordContext(at: max(now, context.now), actor: context.actor), file: file))
        }
        // Every record that is copied is then under a checkpoint that is copied, too.
        _ = try await checkpoint()
        let temporary = "\(path).\(getpid())-\(Self.newID()).new"
        let temporaryManifest = temporary + ".manifest"
        defer {
            for file in [temporary, temporaryManifest, temporary + "-wal", temporary + "-shm"] { unlink(file) }
        }
        let manifest =
            if let embedded = database as? SQLiteDatabase {
                try await copy(embedded, to: temporary)
            } else {
                try await dump(to: temporary)
            }
        try DurableFile.create(temporaryManifest, Array((manifest.json.prettyText + "\n").utf8))
        try DurableFile.publish(temporary, as: path)
        try DurableFile.publish(temporaryManifest, as: manifestPath)
        return manifest
    }

    private func copy(_ embedded: SQLiteDatabase, to path: String) async throws -> BackupManifest {
        try await embedded.copy(to: path)
        let copy = try await SQLiteDatabase.open(path)
        let contents: BackupManifest.Contents
        do {
            try await copy.checkPages()
            contents = try await copy.read { try BackupManifest.Contents(of: $0) }
        } catch {
            await copy.close()
            throw error
        }
        await copy.close()
        return BackupManifest(
            madeAt: clock.now(), dialect: .sqlite, namespace: nil, contents: contents,
            file: try DurableFile.digest(path))
    }

    /// What is read and what is dumped is one snapshot.
    private func dump(to path: String) async throws -> BackupManifest {
        let program = PostgreSQLProgram(name: "pg_dump", address: try PostgreSQLAddress(folder.database))
        let moment = clock.now()
        try DurableFile.create(path)
        return try await database.read { session in
            // Nothing is asked on this connection while the dump runs, however long it takes.
            _ = try session.query("SELECT set_config('idle_in_transaction_session_timeout', '0', true)")
            let names = try session.query("SELECT pg_export_snapshot(), current_schema()::text")
            guard let snapshot = try names.first?.text(0), let namespace = try names.first?.text(1) else {
                throw InstallationError(code: .missing, operation: "back up", message: "there is no schema to dump")
            }
            let contents = try BackupManifest.Contents(of: session)
            try program.run([
                "--format=custom", "--no-owner", "--no-privileges", "--snapshot=\(snapshot)",
                "--schema=\"\(namespace.replacing("\"", with: "\"\""))\"", "--file=\(path)",
            ])
            return BackupManifest(
                madeAt: moment, dialect: .postgresql, namespace: namespace, contents: contents,
                file: try DurableFile.digest(path))
        }
    }
}

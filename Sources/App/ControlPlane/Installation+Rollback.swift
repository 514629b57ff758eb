import AccessModel
import AuditTrail
import Foundation
import Persistence

extension Installation {
    /// Goes on with a database that does not agree with the checkpoint outside of it, and says so in the log.
    ///
    /// - Returns: What could not be learnt of the log as it was sealed last, a sentence each.
    /// - Throws: An error also where the checkpoint is there and cannot be read: it may be the newest, and would be
    ///   replaced.
    public func acceptRollback(reason: String) async throws -> [String] {
        let held = try await database.read { session in try heldCheckpoint(session) }
        try await database.transact { [context] session, records in
            let log = AuditLog(session)
            records.append(
                .rollbackAccepted(
                    context.record(), held: held.checkpoint, size: try log.size(), root: try log.root(),
                    reason: reason))
            // The definitions in force may be old ones, too: nothing is done by them until a folder is applied.
            try SettingsStore(session).set(.rollbackAccepted, to: context.now)
        }
        if FileManager.default.fileExists(atPath: folder.checkpoint) {
            try FileManager.default.removeItem(atPath: folder.checkpoint)
        }
        _ = try await checkpoint()
        return held.remarks
    }

    private struct HeldCheckpoint: Sendable {
        var checkpoint: Checkpoint
        var remarks: [String] = []
    }

    /// What was sealed last: by the file outside of the database, else by the database; of nothing where neither
    /// says.
    private func heldCheckpoint(_ session: any SQLSession) throws -> HeldCheckpoint {
        var held = HeldCheckpoint(checkpoint: Checkpoint(origin: signer.verifier.name, size: 0, root: .emptyRoot))
        let sources: [(String, () throws -> SignedNote?)] = [
            ("the checkpoint at \(folder.checkpoint)", { try CheckpointFile(path: folder.checkpoint).read() }),
            ("the last checkpoint in the database", { try AuditLog(session).latestCheckpoint() }),
        ]
        for (name, read) in sources {
            do {
                guard let note = try read() else {
                    held.remarks.append("\(name) is not there")
                    continue
                }
                held.checkpoint = try signer.verifier.checkpoint(note)
                return held
            } catch let error as AuditError {
                held.remarks.append("\(name) cannot be used: \(error)")
            } catch let error as PersistenceError where error.code == .corrupt {
                held.remarks.append("\(name) cannot be used: \(error)")
            }
        }
        return held
    }
}

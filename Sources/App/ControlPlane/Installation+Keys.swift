import AccessModel
import AuditTrail
import Foundation
import Persistence

extension Installation {
    /// The key that signs the log. One is made for a new log only: a key that is gone is not replaced in silence, and
    /// a node that has another one does not go on.
    static func keys(
        _ folder: StateFolder, _ database: any Database, at now: Instant, mayReplace: Bool
    ) async throws -> CheckpointSigner {
        let known = try await database.write { session in
            let settings = SettingsStore(session)
            let origin = try settings.value(.origin) ?? "tenure/\(newID())"
            try settings.set(.origin, to: origin)
            return KnownKey(
                origin: origin, verifier: try settings.value(.verifier),
                isSealed: try AuditLog(session).latestCheckpoint() != nil)
        }
        guard folder.hasKey || mayReplace || !known.isSealed && known.verifier == nil else {
            throw InstallationError(
                code: .rollback, operation: "read \(folder.privateKey)",
                message: "the key that signs the log is gone; bring it back from a copy, with the last checkpoint, or "
                    + "from another node (to go on with a new one: `tenure audit checkpoint --accept-rollback REASON`)")
        }
        let keys = try AuditKeys.open(folder, name: known.origin) { (0..<32).map { _ in UInt8.random(in: 0...255) } }
        guard known.verifier != keys.signer.verifier.vkey else { return keys.signer }
        do {
            try await take(keys, known, database, at: now, mayReplace: mayReplace)
        } catch {
            // Another node was quicker; its key is the log's.
            if keys.isNew { try keys.remove(folder) }
            throw error
        }
        return keys.signer
    }

    private struct KnownKey {
        let origin: String
        /// Nil in a log that no key was written down for yet.
        let verifier: String?
        let isSealed: Bool
    }

    /// Writes down that the log is signed by this key.
    private static func take(
        _ keys: AuditKeys, _ known: KnownKey, _ database: any Database, at now: Instant, mayReplace: Bool
    ) async throws {
        let verifier = keys.signer.verifier
        let isNew = keys.isNew || !known.isSealed
        try await database.transact { session, records in
            let settings = SettingsStore(session)
            let current = try settings.value(.verifier)
            guard current == nil || current == verifier.vkey || mayReplace else {
                throw InstallationError(
                    code: .rollback, operation: "sign the log",
                    message: "it is signed by another key than the one here; copy the key and the last checkpoint from "
                        + "the node that has it")
            }
            try settings.set(.verifier, to: verifier.vkey)
            if isNew { records.append(.keyCreated(RecordContext(at: now, actor: "tenure"), verifier: verifier)) }
        }
    }
}

extension SettingsStore.Name {
    /// The public half of the key that signs the log.
    static let verifier = SettingsStore.Name("audit.key")
}

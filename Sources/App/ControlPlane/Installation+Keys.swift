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
        // Nodes that share the folder, and are started at the same moment on an empty database, agree on one key.
        let turn = try await KeyFolderLock(folder)
        defer { withExtendedLifetime(turn) {} }
        do {
            return try await agree(folder, database, at: now, mayReplace: mayReplace)
        } catch let error as InstallationError where error.code == .rollback && folder.dataKeys != nil {
            // Another node was quicker, and has sealed its key in the meantime.
            return try await agree(folder, database, at: now, mayReplace: mayReplace)
        }
    }

    private static func agree(
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
        let sealed = SealedKey(folder, database)
        if let keys = try await sealed.open(verifier: known.verifier, mayReplace: mayReplace) {
            try keys.writePublicHalf(folder)
            return keys.signer
        }
        guard folder.hasKey || mayReplace || !known.isSealed && known.verifier == nil else {
            throw try await sealed.missing()
        }
        let keys = try AuditKeys.open(folder, name: known.origin, isFile: folder.dataKeys == nil) {
            (0..<32).map { _ in UInt8.random(in: 0...255) }
        }
        guard known.verifier != keys.signer.verifier.vkey else {
            try await sealed.keep(keys.signer)
            return keys.signer
        }
        do {
            try await take(keys, known, sealed, database, at: now, mayReplace: mayReplace)
        } catch {
            // Another node was quicker; its key is the log's.
            if keys.isNew { try keys.remove(folder) }
            throw error
        }
        try keys.writePublicHalf(folder)
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
        _ keys: AuditKeys, _ known: KnownKey, _ sealed: SealedKey, _ database: any Database, at now: Instant,
        mayReplace: Bool
    ) async throws {
        let verifier = keys.signer.verifier
        let mayBeNew = keys.isNew || !known.isSealed
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
            try sealed.keep(keys.signer, in: session)
            if mayBeNew, current != verifier.vkey {
                records.append(.keyCreated(RecordContext(at: now, actor: "tenure"), verifier: verifier))
            }
        }
    }
}

extension SettingsStore.Name {
    /// The public half of the key that signs the log.
    static let verifier = SettingsStore.Name("audit.key")
}

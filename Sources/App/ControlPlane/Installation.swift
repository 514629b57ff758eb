import AccessModel
import AuditTrail
import Definitions
import Foundation
import Lifecycle
import Persistence
import WorkflowEngine

/// One installation, opened: the composition root. Everything that has a database, a key, a clock or a network gets
/// it from here.
public struct Installation: Sendable {
    public let context: LifecycleContext
    let database: any Database
    let folder: StateFolder
    let signer: CheckpointSigner
    let clock: InstallationClock

    public var now: Instant { context.now }

    /// The same without some of its defences: for the crash test, which has to notice.
    package func without(_ missing: Set<Defence>) -> Installation {
        var context = context
        context.defences.subtract(missing)
        return Installation(context: context, database: database, folder: folder, signer: signer, clock: clock)
    }

    /// Opens the state, brings its tables up to date, and compares its log with the checkpoint outside of it.
    ///
    /// - Parameters:
    ///   - actor: Who acts, a person's id or address; nil for the user of this machine.
    ///   - creating: Whether to make a state where there is none.
    ///   - acceptingRollback: Go on although the log does not agree with its checkpoint.
    public static func open(
        state: String, as actor: String?, creating: Bool, acceptingRollback: Bool = false
    ) async throws -> Installation {
        guard !state.hasPrefix("postgres://"), !state.hasPrefix("postgresql://") else {
            throw InstallationError(
                code: .usage, operation: "open the state", message: "PostgreSQL is not supported yet; name a file")
        }
        let folder = StateFolder(database: state)
        guard creating || folder.exists else {
            throw InstallationError(
                code: .missing, operation: "open the state",
                message: "there is none at `\(state)`; `tenure people import FILE` makes one (or set --state)")
        }
        let wall = try InstallationClock()
        let database = try await SQLiteDatabase.open(state)
        try await Schema.migrate(database, at: wall.now())
        let signer = try await keys(folder, database, at: wall.now(), mayReplace: acceptingRollback)
        if !acceptingRollback { try await refuseRollback(folder, database, signer) }
        let now = try await database.write { session in try SettingsStore(session).advanceClock(to: wall.now()) }
        let clock = wall.notBefore(now)
        let context = LifecycleContext(
            database: database, actor: try await resolve(actor, database, at: now), now: now, newID: newID)
        return Installation(context: context, database: database, folder: folder, signer: signer, clock: clock)
    }

    /// Puts everything that was recorded under a signed checkpoint, in the database and outside of it, and lets go.
    public func close() async throws {
        let file = CheckpointFile(path: folder.checkpoint)
        let isNew = try await database.read { session in
            let log = AuditLog(session)
            return try log.size() != (try log.latestCheckpoint().map { try signer.verifier.checkpoint($0).size } ?? 0)
        }
        if isNew { try await database.sealCheckpoint(signer, at: clock.now(), to: file) }
        // What was done until now was done at moments that count as past for whoever comes next.
        let end = clock.now()
        _ = try await database.write { session in try SettingsStore(session).advanceClock(to: end) }
        await database.close()
    }

    /// The key that signs the log. One is made for a new log only: a key that is gone is not replaced in silence.
    private static func keys(
        _ folder: StateFolder, _ database: any Database, at now: Instant, mayReplace: Bool
    ) async throws -> CheckpointSigner {
        let known = try await database.write { session in
            let settings = SettingsStore(session)
            let origin = try settings.value(.origin) ?? "tenure/\(newID())"
            try settings.set(.origin, to: origin)
            return (origin: origin, isSealed: try AuditLog(session).latestCheckpoint() != nil)
        }
        guard folder.hasKey || !known.isSealed || mayReplace else {
            throw InstallationError(
                code: .rollback, operation: "read \(folder.privateKey)",
                message: "the key that signs the log is gone; bring it back from a copy (to go on with a new one: "
                    + "`tenure audit checkpoint --accept-rollback REASON`)")
        }
        let keys = try AuditKeys.open(folder, name: known.origin) { (0..<32).map { _ in UInt8.random(in: 0...255) } }
        if keys.isNew {
            try await database.transact { _, records in
                let context = RecordContext(at: now, actor: "tenure")
                records.append(.keyCreated(context, verifier: keys.signer.verifier))
            }
        }
        return keys.signer
    }

    private static func refuseRollback(
        _ folder: StateFolder, _ database: any Database, _ signer: CheckpointSigner
    ) async throws {
        let finding = try await CheckpointFile(path: folder.checkpoint).compare(
            with: database, verifier: signer.verifier)
        guard let problem = finding.problem else { return }
        throw InstallationError(
            code: .rollback, operation: "compare the state with \(folder.checkpoint)",
            message: "\(problem) (to go on all the same: `tenure audit checkpoint --accept-rollback REASON`)")
    }

    private static func resolve(
        _ actor: String?, _ database: any Database, at now: Instant
    ) async throws -> String {
        guard let actor else { return "local:\(NSUserName())" }
        let roster = try await database.read { session in try PeopleArchive(session).roster(at: now) }
        return try roster.find(actor).person.id.text
    }

    private static func newID() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<12).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }
}

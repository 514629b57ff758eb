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
        _ folder: StateFolder, as actor: String?, creating: Bool, acceptingRollback: Bool = false
    ) async throws -> Installation {
        guard let database = try await folder.open(creating: creating) else {
            throw InstallationError(
                code: .missing, operation: "open the state",
                message: "there is none at `\(folder.name)`; `tenure people import FILE` makes one (or set --state)")
        }
        do {
            return try await open(folder, database, as: actor, acceptingRollback: acceptingRollback)
        } catch {
            await database.close()
            throw error
        }
    }

    private static func open(
        _ folder: StateFolder, _ database: any Database, as actor: String?, acceptingRollback: Bool
    ) async throws -> Installation {
        let wall = try InstallationClock()
        try await Schema.migrate(database, at: wall.now())
        let signer = try await keys(folder, database, at: wall.now(), mayReplace: acceptingRollback)
        if !acceptingRollback { try await refuseRollback(folder, database, signer) }
        let now = try await advance(database, to: wall)
        let clock = wall.notBefore(now)
        let context = LifecycleContext(
            database: database, actor: try await resolve(actor, database, at: now), now: now, notices: OutboxNoticing(),
            newID: newID)
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
        _ = try await Self.advance(database, to: clock)
        await database.close()
    }

    /// The time that this installation lives by: never behind what it has seen, nor behind what has passed since.
    private static func advance(_ database: any Database, to clock: InstallationClock) async throws -> Instant {
        try await database.write { session in
            let settings = SettingsStore(session)
            let steady = SteadyMoment.now()
            let least = clock.isRehearsal ? nil : try settings.earliestNow(steady)
            let now = try settings.advanceClock(to: max(clock.now(), least ?? clock.now()))
            try settings.keepSteady(steady, at: now, isRehearsal: clock.isRehearsal)
            return now
        }
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

    static func newID() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<12).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }
}

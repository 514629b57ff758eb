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
    /// That this process works, where it does so for as long as it lives; see ``WorkNode``.
    var presence: NodePresence?
    // What was read once serves everybody who asks; all copies share it.
    let definitionCache: DefinitionCache
    let present: PresentView

    public var now: Instant { context.now }

    /// The same without some of its defences: for the crash test, which has to notice.
    package func without(_ missing: Set<Defence>) -> Installation {
        var context = context
        context.defences.subtract(missing)
        return with(context)
    }

    func with(_ context: LifecycleContext) -> Installation {
        Installation(
            context: context, database: database, folder: folder, signer: signer, clock: clock, presence: presence,
            definitionCache: definitionCache, present: present)
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
        let isNewNode = !FileManager.default.fileExists(atPath: folder.publicKey)
        let signer = try await keys(folder, database, at: wall.now(), mayReplace: acceptingRollback)
        if isNewNode, folder.dataKeys != nil { try await adoptCheckpoint(folder, database, signer) }
        if !acceptingRollback { try await refuseRollback(folder, database, signer) }
        let time = try await advance(database, to: wall)
        let clock = wall.notBefore(time.now)
        var context = LifecycleContext(
            database: database, actor: try await resolve(actor, database, at: time.now), now: time.now,
            vouched: time.vouched, notices: OutboxNoticing(), newID: newID)
        context.worker = NodePresence.name()
        return Installation(
            context: context, database: database, folder: folder, signer: signer, clock: clock,
            definitionCache: DefinitionCache(), present: PresentView())
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

    /// The time that this installation lives by from here on.
    static func advance(_ database: any Database, to clock: InstallationClock) async throws -> InstallationTime {
        let hasClock = database.dialect == .postgresql
        return try await database.write { session in
            try SettingsStore(session).advance(
                to: clock.now(), first: clock.vouched(), by: clock.isRehearsal ? nil : SteadyMoment.now(),
                server: hasClock ? try serverClock(session) : nil)
        }
    }

    private static func serverClock(_ session: any SQLSession) throws -> Instant? {
        try session.query("SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)", [])
            .first?.optionalInstant(0)
    }

    private static func refuseRollback(
        _ folder: StateFolder, _ database: any Database, _ signer: CheckpointSigner
    ) async throws {
        let file = CheckpointFile(path: folder.checkpoint)
        var finding = try await file.compare(with: database, verifier: signer.verifier)
        // Another process may be between the first checkpoint in the database and the one beside it.
        for _ in 0..<10 where folder.isOnServer && finding == .removed {
            try await Task.sleep(for: .milliseconds(100))
            finding = try await file.compare(with: database, verifier: signer.verifier)
        }
        guard let problem = finding.problem else { return }
        throw InstallationError(
            code: .rollback, operation: "compare the state with \(folder.checkpoint)",
            message: "\(problem) (to go on all the same: `tenure audit checkpoint --accept-rollback REASON`)")
    }

    /// A node that has never been here begins with the checkpoint that the others have sealed.
    private static func adoptCheckpoint(
        _ folder: StateFolder, _ database: any Database, _ signer: CheckpointSigner
    ) async throws {
        let file = CheckpointFile(path: folder.checkpoint)
        guard case .removed = try await file.compare(with: database, verifier: signer.verifier),
            let note = try await database.read({ try AuditLog($0).latestCheckpoint() })
        else { return }
        try file.write(note, verifier: signer.verifier)
    }

    private static func resolve(
        _ actor: String?, _ database: any Database, at now: Instant
    ) async throws -> String {
        guard let actor else { return "local:\(NSUserName())" }
        let roster = try await database.read { session in try PeopleArchive(session).roster(at: now) }
        return try roster.find(actor).person.id.text
    }

    package static func newID() -> String {
        // One draw for all of it: each is a call to the system.
        var draw = UInt64.random(in: 0..<4_738_381_338_321_616_896)
        return String(unsafeUninitializedCapacity: 12) { bytes in
            for place in 0..<12 {
                let digit = UInt8(draw % 36)
                bytes[place] = digit < 26 ? UInt8(ascii: "a") + digit : UInt8(ascii: "0") + digit - 26
                draw /= 36
            }
            return 12
        }
    }
}

import AccessModel
import Persistence
import Synchronization
import TestSupport
import Testing

@testable import WorkflowEngine

/// What a worker asks of the database must not cost more with every case that was ever finished.
@Suite("Queries")
struct QueryPlanTests {
    @Test("of a worker and of whoever opens cases look at what is unfinished alone, or at what they name")
    func plans() async throws {
        let folder = try TemporaryFolder()
        let base = try await SQLiteDatabase.open(folder.path("tenure.db"))
        let clock = SimulatedClock()
        try await Schema.migrate(base, at: clock.now())
        let database = RecordingDatabase(base)
        try await Self.work(database, clock)
        let plans = try await database.plans()
        #expect(plans.count > 20)
        for (sql, lines) in plans {
            for line in lines where !Self.isBounded(line) { Issue.record("\(line)\n\(sql)") }
        }
        // Whether a lower stage stands before a step is one look into the index, however long its case is.
        let stages = plans.values.joined().filter { $0.hasPrefix("SEARCH b ") }
        let look = "steps_of_open_case (case_id=? AND state=? AND target=? AND lane=? AND stage<?)"
        #expect(!stages.isEmpty && stages.allSatisfy { $0.contains(look) }, "\(stages)")
        await base.close()
    }

    /// Everything that a restarted worker does, and a leaver that overtakes a joiner.
    private static func work(_ database: any Database, _ clock: SimulatedClock) async throws {
        let corp = SimulatedTarget(clock: clock)
        let workflow = Workflow(
            database: database,
            targets: [WorkflowTarget(name: try slug("corp"), connector: corp, isCritical: true)],
            settings: WorkflowSettings(owner: "worker"), clock: clock)
        func open(_ id: String, _ kind: Case.Kind, _ changes: [Change]) async throws {
            let opening = CaseOpening(
                id: id, kind: kind, identity: IdentityID("e-0001"), causedAt: clock.now(), changes: changes)
            _ = try await workflow.open([opening], approved: changes, planHash: "hash", actor: "local:test")
        }
        let joining = try Make.joiner()
        try await open("c1", .joiner, joining)
        let foreign = try Make.membership(.add, "e-0001", "g3", after: [try #require(joining.first).id])
        try await open("c2", .mover, [foreign])
        try await open("c3", .leaver, [try Make.account(.remove, "e-0001")])
        try await workflow.endLeases()
        _ = try await workflow.fireTimers(at: clock.now()) { _, _ in }
        try await database.read { session in
            _ = try workflow.underway(in: session)
            let keys = joining.map(\.fact.key)
            _ = try workflow.underway(on: [slug("corp"): keys], in: session)
        }
        try await database.write { session in try workflow.hasten(joining, at: clock.now(), in: session) }
        _ = try await workflow.runUntilQuiescent(budget: .minutes(1))
    }

    /// Steps and cases are looked up by their key, by what is unfinished, by their fact, or by who is granted something.
    private static func isBounded(_ line: String) -> Bool {
        let tables = [
            "cases", "c", "steps", "s", "b", "r", "p", "case_transitions", "t", "audit_leaves", "audit_tree",
        ]
        let words = line.split(separator: " ")
        guard words.count > 1, tables.contains(String(words[1])) else { return true }
        guard words[0] == "SEARCH" else { return line.contains("steps_due") || line.contains("steps_of_open_case") }
        return !line.contains("steps_by_fact (target=?)")
    }
}

/// Passes everything on, and keeps each text that it was asked with.
private final class RecordingDatabase: Database {
    private let base: any Database
    private let texts = Mutex<[String: [SQLValue]]>([:])

    init(_ base: any Database) { self.base = base }

    var dialect: SQLDialect { base.dialect }

    /// How SQLite goes about each of them.
    func plans() async throws -> [String: [String]] {
        let texts = texts.withLock { $0 }
        return try await base.read { session in
            try Dictionary(
                uniqueKeysWithValues: texts.map { sql, parameters in
                    (sql, try session.query("EXPLAIN QUERY PLAN \(sql)", parameters).map { try $0.text(3) })
                })
        }
    }

    private func note(_ sql: String, _ parameters: [SQLValue]) { texts.withLock { $0[sql] = parameters } }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        try await base.read { [self] in try body(RecordingSession(base: $0, note: note)) }
    }

    @discardableResult
    func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        try await base.write { [self] in try body(RecordingSession(base: $0, note: note)) }
    }

    func close() async { await base.close() }
}

private struct RecordingSession: SQLSession {
    let base: any SQLSession
    let note: (String, [SQLValue]) -> Void
    var scope: TransactionScope { base.scope }
    var rowsAtOnce: Int { base.rowsAtOnce }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws -> Int {
        note(sql, parameters)
        return try base.execute(sql, parameters)
    }

    func query(_ sql: String, _ parameters: [SQLValue]) throws -> [SQLRow] {
        note(sql, parameters)
        return try base.query(sql, parameters)
    }

    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        note(sql, parameters)
        try base.forEachRow(sql, parameters, body)
    }
}

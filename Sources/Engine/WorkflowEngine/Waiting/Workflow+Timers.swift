import AccessModel
import Persistence
import StrictJSON

extension Workflow {
    /// What firing timers came to.
    public struct FiredTimers: Sendable {
        /// Those whose handler ran and committed, in order of time.
        public var fired: [WorkflowTimer] = []
        /// Those whose handler threw: nothing of it stands, and they are due again.
        public var failed: [Failure] = []

        public struct Failure: Sendable {
            public let timer: WorkflowTimer
            public let error: any Error
        }
    }

    /// Sets a timer in a transaction of the caller's; one of the same id is moved.
    public func schedule(_ timer: WorkflowTimer, in session: any SQLSession) throws {
        try session.execute(
            """
            INSERT INTO timers (id, fire_at, kind, payload) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE
            SET fire_at = excluded.fire_at, kind = excluded.kind, payload = excluded.payload
            """,
            [.text(timer.id), .instant(timer.fireAt), .text(timer.kind), .text(timer.payload.compactText)])
    }

    /// Removes a timer that has not fired. False if there is none.
    @discardableResult
    public func unschedule(_ id: String, in session: any SQLSession) throws -> Bool {
        try session.execute("DELETE FROM timers WHERE id = $1", [.text(id)]) == 1
    }

    /// The timers whose time has come, the earliest first.
    public func dueTimers(at now: Instant, limit: Int = 1_000) async throws -> [WorkflowTimer] {
        try await world.database.read { session in
            try session.query(
                "SELECT id, fire_at, kind, payload FROM timers WHERE fire_at <= $1 ORDER BY fire_at, id LIMIT $2",
                [.instant(now), .int(limit)]
            ).map(WorkflowTimer.init)
        }
    }

    /// When the next timer fires; nil if there is none.
    public func nextTimer() async throws -> Instant? {
        try await world.database.read { session in
            try session.query("SELECT MIN(fire_at) FROM timers").first?.optionalInstant(0)
        }
    }

    /// Fires what is due, each exactly once: a timer is removed in the very transaction in which `handler` does its
    /// work. One whose handler throws does not stop the others.
    public func fireTimers(
        at now: Instant, handler: @escaping @Sendable (WorkflowTimer, any SQLSession) throws -> Void
    ) async throws -> FiredTimers {
        var result = FiredTimers()
        for timer in try await dueTimers(at: now) {
            do {
                let isMine = try await world.database.write { session in
                    let removed = try session.execute(
                        "DELETE FROM timers WHERE id = $1 AND fire_at = $2", [.text(timer.id), .instant(timer.fireAt)])
                    guard removed == 1 else { return false }
                    try handler(timer, session)
                    return true
                }
                if isMine { result.fired.append(timer) }
            } catch {
                result.failed.append(FiredTimers.Failure(timer: timer, error: error))
            }
        }
        return result
    }
}

extension WorkflowTimer {
    init(_ row: SQLRow) throws {
        self.init(
            id: try row.text(0), fireAt: try row.instant(1), kind: try row.text(2),
            payload: try StoredJSON.parse(try row.text(3), of: "a timer's payload"))
    }
}

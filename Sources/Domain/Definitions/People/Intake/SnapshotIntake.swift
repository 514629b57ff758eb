import AccessModel

/// Decides what a whole snapshot changes, what it may not change alone, and what is too old to count.
public struct SnapshotIntake: Sendable {
    public let guards: RemovalGuard
    public let days: DayBoundaries
    /// When the snapshot came in.
    public let importedAt: Instant

    public init(guards: Guards, days: DayBoundaries, importedAt: Instant) {
        self.guards = RemovalGuard(guards)
        self.days = days
        self.importedAt = importedAt
    }

    /// `known` is everybody whom HR ever named, in any order; `earlier`, sorted, as of when the snapshots held that were
    /// taken in before; `recentRemovals` what this function counted before.
    ///
    /// What is returned is to be stored in one transaction with ``IntakeDecision/asOf`` as a snapshot taken in.
    public func decide(
        _ snapshot: HRSnapshot, known: [PersonTimeline], earlier: [Instant], recentRemovals: [CountedRemoval]
    ) -> IntakeDecision {
        let known = known.isSorted(by: { $0.id }) ? known : known.sorted { $0.id < $1.id }
        if let newest = earlier.last, newest > snapshot.asOf {
            return decideLate(snapshot, known: known, earlier: earlier)
        }
        var work = Work(intake: self, snapshot: snapshot, previous: earlier.last)
        work.merge(snapshot.rows, known)
        return work.finish(recentRemovals: recentRemovals)
    }

    /// A snapshot that a newer one overtook says nothing new about anybody: only people whom nobody named since come to
    /// be known, as having left.
    private func decideLate(
        _ snapshot: HRSnapshot, known: [PersonTimeline], earlier: [Instant]
    ) -> IntakeDecision {
        var decision = IntakeDecision(asOf: snapshot.asOf)
        let ids = Set(known.map(\.id))
        let next = earlier.first { $0 > snapshot.asOf } ?? snapshot.asOf
        for row in snapshot.rows where !ids.contains(row.id) {
            let stated = StatedRow(
                row: row, statedFrom: snapshot.asOf, statedUntil: snapshot.asOf, importedAt: importedAt)
            let absence = StatedRow(
                row: row, statedFrom: next, statedUntil: earlier.last ?? next, importedAt: importedAt, isAbsence: true)
            decision.accepted += [stated, absence]
            decision.joined.append(row.id)
        }
        let message =
            "this snapshot, as of \(snapshot.asOf), is older than one that was taken in, as of \(earlier.last ?? next); "
            + "it does not change what is known since"
        decision.diagnostics.append(FeedProblem(severity: .warning, code: "late-snapshot", message: message))
        return decision
    }
}

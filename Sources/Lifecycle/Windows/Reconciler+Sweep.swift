import AccessModel
import Definitions
import Persistence
import WorkflowEngine

extension Reconciler {
    /// What a sweep did.
    public struct Sweep: Sendable {
        /// Windows that had ended and were still to be seen somewhere.
        public let windows: Int
        public let summary: RunSummary
        public let cases: [String]
    }

    /// Whether a window has ended and is not closed.
    public func isAnythingOverdue() async throws -> Bool {
        let now = context.now
        return try await context.database.read { session in try WindowStore(session).isAnythingOverdue(at: now) }
    }

    /// Takes away, from the record alone, what windows gave that have ended: no target is listed first, so none that
    /// is down keeps another one waiting. What a dead target still holds is tried again until it answers.
    ///
    /// It is written down in portions, and targets are told of one while the next is written. What a process that
    /// dies has not written down is still overdue, and the next sweep finds it.
    ///
    /// Nil where nothing was overdue.
    ///
    /// - Parameter portion: Windows of one transaction and of one case.
    public func sweep(
        _ definitions: DefinitionSet, patience: Span = .zero, portion: Int = 256
    ) async throws -> Sweep? {
        guard try await isAnythingOverdue() else { return nil }
        let targets = connect(definitions.organization)
        let workflow = workflow(for: targets)
        let ending = WindowEnding(
            context: context, definitions: definitions, targets: targets, workflow: workflow, portion: max(1, portion))
        let summary = try await workflow.runUntilQuiescent(budget: patience, opening: { try await ending.openMore($0) })
        try await settleWindows()
        for target in targets { await target.close() }
        return Sweep(windows: await ending.windows, summary: summary, cases: await ending.cases)
    }

    /// Moves windows on by what has been read back since.
    func settleWindows() async throws {
        let context = context.later(clock.now())
        let isDue = try await context.database.read { session in
            try WindowStore(session).isAnythingToSettle()
        }
        guard isDue else { return }
        try await context.database.transact { session, records in
            try WindowProgress(context: context, session: session).settle(&records)
        }
    }
}

extension Change {
    /// The windows that it is because of.
    var grantIDs: [String] {
        causes.compactMap { cause in
            if case .grant(let id, _) = cause { id } else { nil }
        }
    }

    /// When the last of them ends; nil where anything else is behind it.
    var grantEnd: Instant? {
        var last: Instant?
        for cause in causes {
            guard case .grant(_, let until) = cause else { return nil }
            last = max(last ?? until, until)
        }
        return last
    }
}

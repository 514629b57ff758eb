import AccessModel

/// What to do with a whole snapshot: what to keep of it, and what waits for a second person.
public struct IntakeDecision: Sendable {
    public let asOf: Instant
    /// Rows to add to their people's timelines: new people, changed words, absences.
    public var accepted: [StatedRow] = []
    /// People of whom the snapshot says what the one before it said: their last row is now stated until ``asOf``.
    public var unchanged: [PersonID] = []
    /// Of ``accepted``, those whom HR had never named.
    public var joined: [PersonID] = []
    /// Of ``accepted`` and ``unchanged``, removals that a guard counts for the next hour.
    public var removals: [CountedRemoval] = []
    public var holds: [IntakeHold] = []
    /// Notes and warnings that people should read.
    public var diagnostics: [FeedProblem] = []
    /// How many people were active before it.
    public var activeBefore = 0

    init(asOf: Instant) { self.asOf = asOf }

    public var isHeld: Bool { !holds.isEmpty }
}

/// A part of a snapshot that waits for a second person. Its rows are kept out of the timelines until then; the rest of
/// the snapshot goes on.
public struct IntakeHold: Hashable, Sendable {
    public enum Reason: String, Sendable {
        /// It would take out more people than the guards let go.
        case removals
        /// It would bring back people who left or were compromised. Released, the rows are added to the timelines
        /// together with a ``Release``.
        case returns
    }

    public let reason: Reason
    /// Sorted by person.
    public let rows: [StatedRow]
    /// What it is about, why it waits and what to do, in one line.
    public let message: String

    public init(reason: Reason, rows: [StatedRow], message: String) {
        self.reason = reason
        self.rows = rows
        self.message = message
    }

    public var people: [PersonID] { rows.map(\.id) }
}

import AccessModel

/// Whom an entry means, and whether it counts.
struct EntryResolution: Sendable {
    /// Where in the roster the person is.
    var person: UInt32?
    /// Whether the person stands by it now.
    var counts = false
    /// In error: keeps what its bound person holds, gives nothing new.
    var isKeptOnly = false
    /// It was applied for somebody before.
    var isBound = false
    /// To be recorded with the next apply.
    var isNew = false
    /// The move that made it stale, and when it stops counting or stopped.
    var lapse: Lapse?
    var notes: [PlanNote] = []

    struct Lapse: Hashable, Sendable {
        let at: Instant
        let move: Instant
        /// The move's own cause.
        let cause: Cause
    }
}

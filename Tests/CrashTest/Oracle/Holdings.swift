/// What a target holds, as its own tools show it. Everything that is there twice is in it twice.
struct Holdings: Sendable, Equatable {
    /// Person and state, `e-0003 disabled`.
    var accounts: [String] = []
    var groups: [String] = []
    /// Group and person, `payments-live-readers e-0003`.
    var memberships: [String] = []
    /// Roles that groups have; nil where a target knows none.
    var roles: [String]?
    /// What the target's own journal says it was told since the story began; empty where it keeps none.
    var journal: [String] = []

    /// Everything but the journal, a line each.
    var lines: [String] {
        accounts.map { "account \($0)" } + groups.map { "group \($0)" } + memberships.map { "membership \($0)" }
            + (roles ?? []).map { "role \($0)" }
    }
}

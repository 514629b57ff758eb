import AccessModel
import Definitions

/// Somebody comes, or comes back: an account appears, and what belongs to it.
enum Joiner {
    /// Whether `changes`, all of one person, make somebody able to work who came since the last apply; before the
    /// first, everybody did. Who was here already and gets an account has it from changed definitions.
    static func explains(
        _ changes: [Change], of state: PersonState, since lastApply: Instant?, heardAt: Instant?
    ) -> Bool {
        let isNew = lastApply.map { causedAt(state, heardAt: heardAt) > $0 } ?? true
        return state.isActive && isNew
            && changes.contains { change in
                guard case .account = change.fact, change.lane == .grant else { return false }
                guard change.operation == .update else { return change.operation == .add }
                return change.before.map(isDisabledAccount) ?? false
            }
    }

    /// What time-to-provision counts from: when the person was to be here, or when HR said so, whichever is later.
    static func causedAt(_ state: PersonState, heardAt: Instant?) -> Instant {
        max(state.presenceSince, heardAt ?? state.presenceSince)
    }

    private static func isDisabledAccount(_ fact: Fact) -> Bool {
        if case .account(let account) = fact { account.state == .disabled } else { false }
    }
}

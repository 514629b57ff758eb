import AccessModel
import Definitions

/// Somebody stays in place and is called, reached or found otherwise than before: their accounts follow HR's word.
enum ProfileUpdate {
    /// HR's word that `changes`, all of one person, follow from: one that came since the person's changes were last
    /// sorted. An account becomes another, or what the rules of birthright give.
    static func word(
        behind changes: [Change], of state: PersonState, since last: Instant?, heardAt: (Cause) -> Instant?
    ) -> PersonState.Move? {
        guard state.isActive, let word = state.profileChange else { return nil }
        let isNew = last.map { causedAt(word, heardAt: heardAt) > $0 } ?? false
        return isNew && changes.contains { follows($0, from: word) } ? word : nil
    }

    /// When it took effect, or when HR said so, whichever is later.
    static func causedAt(_ word: PersonState.Move, heardAt: (Cause) -> Instant?) -> Instant {
        max(word.effective, heardAt(word.cause) ?? word.effective)
    }

    private static func follows(_ change: Change, from word: PersonState.Move) -> Bool {
        isUpdateOfAccount(change)
            || change.causes.contains { cause in
                if case .birthright = cause { true } else { cause == word.cause }
            }
    }

    /// Whether an account that stays in use is to be called or described otherwise: what only HR's word asks for.
    static func isUpdateOfAccount(_ change: Change) -> Bool {
        guard change.operation == .update, case .account(let before)? = change.before,
            case .account(let account) = change.fact
        else { return false }
        return before.state == .active && account.state == .active && before.identity == account.identity
    }
}

import AccessModel
import Definitions

/// Somebody goes, for good or for a while: out of everything, revocations first, never back.
enum Leaver {
    /// A person who does not count any more, whatever the reason, loses everything that `desired` gave.
    static func explains(_ state: PersonState) -> Bool {
        switch state.presence {
        case .left, .ended, .compromised, .suspended: true
        case .active, .notStarted: false
        }
    }

    /// What time-to-revoke counts from: when the person ceased to count, or when HR said so, whichever is later.
    static func causedAt(_ state: PersonState, heardAt: Instant?) -> Instant {
        max(state.presenceSince, heardAt ?? state.presenceSince)
    }
}

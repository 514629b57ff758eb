import Definitions

/// Whether somebody counts, in one word.
enum SubjectStatus: String, CaseIterable {
    case active, suspended, left, compromised, ended
    case notStarted = "not-started"

    init(_ presence: PersonState.Presence) {
        self =
            switch presence {
            case .active: .active
            case .notStarted: .notStarted
            case .suspended: .suspended
            case .left: .left
            case .compromised: .compromised
            case .ended: .ended
            }
    }
}

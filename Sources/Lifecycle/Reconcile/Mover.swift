import AccessModel
import Definitions

/// Somebody changes place: what belongs to the new one comes, what belonged to the old one goes.
enum Mover {
    /// The move that `changes` follow from: one that took effect since the last apply, or one whose grace is over.
    static func move(behind changes: [Change], of state: PersonState, since lastApply: Instant?) -> PersonState.Move? {
        guard state.isActive else { return nil }
        let lapsed = changes.contains { change in
            change.causes.contains { if case .moverLapse = $0 { true } else { false } }
        }
        let causes = Set(changes.flatMap(\.causes))
        return state.moves.last { move in
            lapsed || causes.contains(move.cause) || lastApply.map { move.effective > $0 } ?? false
        }
    }
}

import AccessModel
import Definitions
import StrictJSON
import WorkflowEngine

/// Sorts an approved plan's changes into cases: one for each person, one for what concerns groups as a whole.
struct CaseSorter {
    let roster: Roster
    /// When the last plan was applied; a move after it explains a person's changes.
    let lastApply: Instant?
    let now: Instant
    /// When HR's word about a person, as a cause names it, came in.
    let heardAt: (Cause) -> Instant?
    let newID: () -> String

    /// Leavers first, so that their cases are the first to be seen, too.
    func openings(_ changes: [Change]) -> [CaseOpening] {
        var byIdentity: [IdentityID?: [Change]] = [:]
        var order: [IdentityID?] = []
        for change in changes {
            if byIdentity[change.identity] == nil { order.append(change.identity) }
            byIdentity[change.identity, default: []].append(change)
        }
        let openings = order.map { opening(of: $0, byIdentity[$0] ?? []) }
        return openings.filter { $0.kind == .leaver } + openings.filter { $0.kind != .leaver }
    }

    private func opening(of identity: IdentityID?, _ changes: [Change]) -> CaseOpening {
        let origin = origin(of: identity, changes)
        return CaseOpening(
            id: "\(origin.kind.rawValue)-\(newID())", kind: origin.kind, identity: identity,
            causedAt: min(origin.causedAt, now), changes: changes, source: source(of: origin.cause))
    }

    private struct Origin {
        let kind: Case.Kind
        let causedAt: Instant
        let cause: Cause?
    }

    private func origin(of identity: IdentityID?, _ changes: [Change]) -> Origin {
        if let state = identity?.person.flatMap({ roster[$0] }) {
            let heard = heardAt(state.presenceCause)
            if Leaver.explains(state) {
                return Origin(
                    kind: .leaver, causedAt: Leaver.causedAt(state, heardAt: heard), cause: state.presenceCause)
            }
            if Joiner.explains(changes, of: state, since: lastApply, heardAt: heard) {
                let causedAt = lastApply == nil ? now : Joiner.causedAt(state, heardAt: heard)
                return Origin(kind: .joiner, causedAt: causedAt, cause: state.presenceCause)
            }
            if let move = Mover.move(behind: changes, of: state, since: lastApply) {
                let causedAt = max(move.effective, heardAt(move.cause) ?? move.effective)
                return Origin(kind: .mover, causedAt: causedAt, cause: move.cause)
            }
        }
        let isDrift = changes.allSatisfy { $0.causes.contains(.drift) }
        return Origin(kind: isDrift ? .reconcile : .definitions, causedAt: now, cause: changes.first?.causes.first)
    }

    private func source(of cause: Cause?) -> JSONValue {
        guard let cause else { return .object(JSONObject()) }
        return ["cause": cause.json]
    }
}

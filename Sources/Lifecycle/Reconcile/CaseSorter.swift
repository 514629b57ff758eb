import AccessModel
import Definitions
import StrictJSON
import WorkflowEngine

/// Sorts an approved plan's changes into cases: one for each person, one for what concerns groups as a whole.
struct CaseSorter {
    let roster: Roster
    /// When a whole plan was last applied: what HR said after it explains a person's changes.
    let lastApply: Instant?
    let now: Instant
    /// When HR's word about a person, as a cause names it, came in.
    let heardAt: (Cause) -> Instant?
    /// When an identity's last case was opened; what HR had said by then was dealt with there.
    let lastCase: (IdentityID) throws -> Instant?
    let newID: () -> String
    /// Windows that were opened by breaking the glass.
    var emergencies: Set<String> = []

    /// Leavers first, so that their cases are the first to be seen, too.
    func openings(_ changes: [Change]) throws -> [CaseOpening] {
        var bySubject: [Subject: [Change]] = [:]
        var order: [Subject] = []
        for change in changes {
            let subject = Subject(identity: change.identity, activation: activation(of: change))
            if bySubject[subject] == nil { order.append(subject) }
            bySubject[subject, default: []].append(change)
        }
        let openings = try order.map { try opening(of: $0, bySubject[$0] ?? []) }
        return openings.filter { $0.kind == .leaver } + openings.filter { $0.kind != .leaver }
    }

    /// What a case is about. What broken glass gives or takes is in cases of its own, under the activation's id.
    private struct Subject: Hashable {
        let identity: IdentityID?
        let activation: String?
    }

    private func activation(of change: Change) -> String? {
        change.grantEnd == nil ? nil : change.grantIDs.first { emergencies.contains($0) }
    }

    private func opening(of subject: Subject, _ changes: [Change]) throws -> CaseOpening {
        let origin = try origin(of: subject.identity, changes)
        let id = newID()
        return CaseOpening(
            id: subject.activation.map { "\($0).\(id)" } ?? "\(origin.kind.rawValue)-\(id)", kind: origin.kind,
            identity: subject.identity, causedAt: min(origin.causedAt, now), changes: changes,
            source: source(of: origin.cause, subject.activation))
    }

    private struct Origin {
        let kind: Case.Kind
        let causedAt: Instant
        let cause: Cause?
    }

    private func origin(of identity: IdentityID?, _ changes: [Change]) throws -> Origin {
        if let identity, let state = identity.person.flatMap({ roster[$0] }) {
            if Leaver.explains(state) {
                let causedAt = Leaver.causedAt(state, heardAt: heardAt(state.presenceCause))
                return Origin(kind: .leaver, causedAt: causedAt, cause: state.presenceCause)
            }
            let last = try lastApply.map { max($0, try lastCase(identity) ?? $0) }
            if let origin = origin(in: state, changes, since: last) { return origin }
        }
        if let end = changes.compactMap(\.grantEnd).max(), changes.allSatisfy({ $0.grantEnd != nil }) {
            let isEnd = changes.allSatisfy { $0.lane == .revoke }
            return Origin(kind: .access, causedAt: isEnd ? end : now, cause: changes.first?.causes.first)
        }
        // Without a word of HR's, an account that is to be another was made another in its target.
        let isDrift = changes.allSatisfy { $0.causes.contains(.drift) || ProfileUpdate.isUpdateOfAccount($0) }
        return Origin(kind: isDrift ? .reconcile : .definitions, causedAt: now, cause: changes.first?.causes.first)
    }

    /// What HR said of somebody who counts, as far as it explains the changes.
    private func origin(in state: PersonState, _ changes: [Change], since last: Instant?) -> Origin? {
        let heard = heardAt(state.presenceCause)
        if Joiner.explains(changes, of: state, since: last, heardAt: heard) {
            let causedAt = last == nil ? now : Joiner.causedAt(state, heardAt: heard)
            return Origin(kind: .joiner, causedAt: causedAt, cause: state.presenceCause)
        }
        if let move = Mover.move(behind: changes, of: state, since: last) {
            let causedAt = max(move.effective, heardAt(move.cause) ?? move.effective)
            return Origin(kind: .mover, causedAt: causedAt, cause: move.cause)
        }
        if let word = ProfileUpdate.word(behind: changes, of: state, since: last, heardAt: heardAt) {
            let causedAt = ProfileUpdate.causedAt(word, heardAt: heardAt)
            return Origin(kind: .profile, causedAt: causedAt, cause: word.cause)
        }
        return nil
    }

    /// What the case says of where it comes from; `event` is what its first record names, and whoever sent the event knows.
    private func source(of cause: Cause?, _ activation: String?) -> JSONValue {
        guard let cause else { return .object(JSONObject()) }
        guard let event = activation ?? cause.eventID else { return ["cause": cause.json] }
        return ["cause": cause.json, "event": .string(event)]
    }
}

extension Cause {
    /// The id of the HR event that it is; nil for any other.
    fileprivate var eventID: String? {
        if case .event(_, let id, _) = self { id } else { nil }
    }
}

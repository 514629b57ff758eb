import AccessModel
import Definitions

/// Holds removals that came in such numbers that a mistake is likelier than an intention; FORMATS, Guards.
struct RemovalGuard {
    let limits: Guards
    let recorded: RecordedState

    /// Sets `isHeld` on the counted ones of one target where they are too many.
    ///
    /// `managed` is how many memberships were observed there that Tenure owns; nil where the observation shows a part
    /// and nobody knows the whole.
    func apply(to drafts: inout [ChangeDraft], of numbers: [Int], target: Slug, managed: Int?) {
        let counted = numbers.filter { drafts[$0].isCounted }
        if !recorded.heldChanges.isEmpty {
            for number in counted where recorded.heldChanges.contains(drafts[number].id(in: target)) {
                drafts[number].isHeld = true
            }
        }
        guard isTooMuch(counted.map { drafts[$0] }, target: target, managed: managed) else { return }
        let people = Set(counted.compactMap { drafts[$0].fact.identity?.person?.text })
        let first = limits.firstPerson(among: people, recent: recorded.recentRemovals[target] ?? [])
        for number in counted where first == nil || drafts[number].fact.identity?.person?.text != first {
            drafts[number].isHeld = true
        }
    }

    private func isTooMuch(_ counted: [ChangeDraft], target: Slug, managed: Int?) -> Bool {
        let now = Set(counted.compactMap { $0.fact.identity?.person?.text })
        guard !now.isEmpty else { return false }
        let people = now.union(recorded.recentRemovals[target] ?? []).count
        // The first person in the hour is never held, whatever the limits say.
        guard people > 1 else { return false }
        if people > limits.maximumRemovalsPeople { return true }
        guard people >= 3, let managed else { return false }
        let recent = recorded.recentRemovedMemberships[target] ?? 0
        let removed = counted.count { draft in
            if case .membership = draft.fact { true } else { false }
        }
        let share = Double(removed + recent) * 100
        return share > limits.maximumRemovalsPercent * Double(managed + recent)
    }
}

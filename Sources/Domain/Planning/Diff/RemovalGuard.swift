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
        var people = Set<String>()
        var memberships = 0
        for number in counted {
            if let person = drafts[number].fact.identity?.person { people.insert(person.text) }
            if case .membership = drafts[number].fact { memberships += 1 }
        }
        guard isTooMuch(people, memberships, target: target, managed: managed) else { return }
        let first = limits.firstPerson(among: people, recent: recorded.recentRemovals[target] ?? [])
        for number in counted where first == nil || drafts[number].fact.identity?.person?.text != first {
            drafts[number].isHeld = true
        }
    }

    private func isTooMuch(_ now: Set<String>, _ memberships: Int, target: Slug, managed: Int?) -> Bool {
        guard !now.isEmpty else { return false }
        let people = now.union(recorded.recentRemovals[target] ?? []).count
        // The first person in the hour is never held, whatever the limits say.
        guard people > 1 else { return false }
        if people > limits.maximumRemovalsPeople { return true }
        guard people >= 3, let managed else { return false }
        let recent = recorded.recentRemovedMemberships[target] ?? 0
        let share = Double(memberships + recent) * 100
        return share > limits.maximumRemovalsPercent * Double(managed + recent)
    }
}

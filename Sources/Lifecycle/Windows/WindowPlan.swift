import AccessModel
import Definitions
import Persistence
import Planning

/// Where windows should be seen, or should not be seen any more, as one plan has it.
struct WindowPlan: Sendable {
    /// Those that are not closed, of the people that the plan is about.
    let windows: [AccessWindow]
    /// Memberships that should hold, by person and group.
    private let desired: [Holder: Set<AccessWindow.Place>]
    private let reportedOnly: Set<Slug>

    private struct Holder: Hashable {
        let person: PersonID
        let group: Group
    }

    /// Costs by the people who have windows.
    init(_ windows: [AccessWindow], _ input: PlanningInput, index: PlanningIndex) {
        self.windows = windows
        reportedOnly = Set(input.organization.targets.lazy.filter { $0.mode == .report }.map(\.name))
        guard !windows.isEmpty else {
            desired = [:]
            return
        }
        var desired: [Holder: Set<AccessWindow.Place>] = [:]
        let state = Planner.desired(input, narrowedTo: Set(windows.map(\.person)), index: index)
        for fact in state.facts {
            guard case .membership(let membership) = fact.fact, let person = membership.identity.person,
                let group = membership.notation
            else { continue }
            desired[Holder(person: person, group: group), default: []].insert(
                AccessWindow.Place(target: fact.target, key: fact.fact.key))
        }
        self.desired = desired
    }

    /// The windows with where each is to be seen from now on: while it is live, wherever its membership should hold;
    /// afterwards, wherever it was and nothing else wants it.
    func progress(lost: Set<String>, at time: LifecycleContext) -> [AccessWindow] {
        windows.compactMap { window in
            var window = window
            let wanted = desired[Holder(person: window.person, group: window.group)] ?? []
            if window.isLive(at: time), !lost.contains(window.id) {
                window.places = wanted.filter { !reportedOnly.contains($0.target) }
                    .sorted { ($0.target, $0.key) < ($1.target, $1.key) }
                if window.state == .scheduled { window.state = .opening }
            } else if window.isOver(at: time.now) || lost.contains(window.id) {
                window.places.removeAll { wanted.contains($0) }
                if window.state != .lost { window.state = .closing }
            } else {
                return nil
            }
            return window
        }
    }
}

extension AccessWindow {
    /// Whether it has surely begun and has certainly not ended.
    package func isLive(at time: LifecycleContext) -> Bool {
        isLive(at: time.now) && grant.hasBegun(by: time.vouched)
    }
}

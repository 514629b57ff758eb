import AccessModel

/// Which changes of a case are tried before which, from their `after` ids. The order is a preference: one that would
/// make changes wait for each other is dropped, because no change may wait for ever.
struct Predecessors {
    private var byIndex: [Int: [Int]] = [:]

    init(of changes: [Change]) {
        guard changes.contains(where: { !$0.after.isEmpty }) else { return }
        let indices = Dictionary(
            changes.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
        for (index, change) in changes.enumerated() where !change.after.isEmpty {
            let before = change.after.compactMap { indices[$0] }.filter { other in
                // Within a lane and target the stages decide.
                let rival = changes[other]
                return other != index
                    && !(rival.target == change.target && rival.lane == change.lane && rival.stage > change.stage)
            }
            if !before.isEmpty { byIndex[index] = before }
        }
        dropCycles()
    }

    subscript(index: Int) -> [Int] { byIndex[index] ?? [] }

    private mutating func dropCycles() {
        var missing = byIndex.mapValues(\.count)
        var followers: [Int: [Int]] = [:]
        for (index, before) in byIndex { for other in before { followers[other, default: []].append(index) } }
        var free = followers.keys.filter { missing[$0] == nil }
        while let index = free.popLast() {
            for follower in followers[index] ?? [] {
                missing[follower, default: 0] -= 1
                if missing[follower] == 0 { free.append(follower) }
            }
        }
        for (index, count) in missing where count > 0 { byIndex[index] = nil }
    }
}

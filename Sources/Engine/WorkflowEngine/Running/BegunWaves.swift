import AccessModel

/// What was begun as it was opened and is not on its way to its target yet.
struct BegunWaves {
    private var waiting: [Slug: [Wave.Claim]] = [:]

    var isEmpty: Bool { waiting.isEmpty }

    /// Whether so much waits for a target that no more is to be begun there: its lease would run while it waits.
    func isFull(_ target: Slug) -> Bool { waiting[target].map { $0.count > 1 } ?? false }

    mutating func add(_ work: BegunWork) {
        guard let until = work.until else { return }
        for (target, steps) in work.steps {
            waiting[target, default: []].append(Wave.Claim(steps: steps, nextDue: nil, until: until))
        }
    }

    /// The first of each target whose lane is free.
    mutating func next(besides busy: Set<TargetLane>) -> [(Slug, Wave.Claim)] {
        var next: [(Slug, Wave.Claim)] = []
        for target in waiting.keys.sorted() where !busy.contains(TargetLane(target: target, lane: .revoke)) {
            guard var claims = waiting[target], !claims.isEmpty else { continue }
            next.append((target, claims.removeFirst()))
            waiting[target] = claims.isEmpty ? nil : claims
        }
        return next
    }
}

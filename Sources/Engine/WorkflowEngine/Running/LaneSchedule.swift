import AccessModel

/// Which lanes of a run are to look for work, are at it, or have found none.
struct LaneSchedule {
    var ready: [TargetLane]
    var active: Set<TargetLane> = []
    private(set) var idle: [TargetLane: Instant?] = [:]
    /// The earliest moment that somebody waits for already.
    var alarm: Instant?
    /// Lanes during whose look for work another lane did some: they may have looked too early.
    private var overtaken: Set<TargetLane> = []

    init(ready: [TargetLane]) { self.ready = ready }

    var nextDue: Instant? { idle.values.compactMap(\.self).min() }

    /// The lane works on what it was given; it need not look for any.
    mutating func begin(_ lane: TargetLane) {
        ready.removeAll { $0 == lane }
        idle[lane] = nil
        active.insert(lane)
    }

    mutating func wake(where isDue: (TargetLane, Instant?) -> Bool) {
        let woken = idle.filter { isDue($0.key, $0.value) }.keys
        for lane in woken { idle[lane] = nil }
        ready += woken.sorted { $0.lane == .revoke && $1.lane != .revoke }
    }

    /// The lane found nothing; it looks again when there may be something.
    mutating func rest(_ lane: TargetLane, until: Instant?) {
        active.remove(lane)
        if overtaken.remove(lane) != nil {
            ready.append(lane)
        } else {
            idle[lane] = .some(until)
        }
    }

    /// The lane did something, which may be what steps of other lanes wait for.
    mutating func goOn(_ lane: TargetLane) {
        active.remove(lane)
        overtaken.remove(lane)
        ready.append(lane)
        lookAgain()
    }

    /// There may be something new for every lane, also for those that are just looking.
    mutating func lookAgain() {
        overtaken.formUnion(active)
        wake { _, _ in true }
    }
}

import AccessModel

/// When removals that a snapshot causes wait for a second person.
public struct RemovalGuard: Sendable {
    public let guards: Guards

    public init(_ guards: Guards) { self.guards = guards }

    /// Whether so many people may not go without a second person's word.
    ///
    /// `people` are all whom removals of one hour concern, those already carried out among them; `active` are those
    /// who were active before the snapshot. One person alone is never held.
    public func holds(people: Int, of active: Int) -> Bool {
        guard people > 1 else { return false }
        if people > guards.maximumRemovalsPeople { return true }
        return people >= 3 && Double(people) * 100 > guards.maximumRemovalsPercent * Double(active)
    }

    /// Whether one more leave event may not be carried out without a second person's word.
    ///
    /// `accepted` are the leave events of the last hour that were, one a person. The first one in the hour is never
    /// held. Events of other kinds are not leave events.
    public func holdsLeaver(accepted: Int, of active: Int) -> Bool {
        guard accepted > 0 else { return false }
        let share = guards.maximumRemovalsPercent * Double(active) / 100
        return Double(accepted + 1) > max(Double(guards.maximumLeaversPerHour), share)
    }

    /// How far back removals count together.
    public static let window = Span.hours(1)

    /// Those of `times` that still count at `now`.
    public static func withinWindow(_ times: [Instant], at now: Instant) -> Int {
        times.count { $0 > now - window && $0 <= now }
    }
}

/// Somebody whom a snapshot took out, and when; what of it is younger than an hour counts with the next one.
public struct CountedRemoval: Hashable, Sendable {
    public let person: PersonID
    public let at: Instant

    public init(person: PersonID, at: Instant) {
        self.person = person
        self.at = at
    }
}

import AccessModel
import Definitions

extension PolicySet {
    /// How long people may be here by the policies in force on `person`; nil where none limits that.
    ///
    /// A policy that is only observed, or that cannot be decided, limits nobody: nobody is put out by a mistake in an
    /// expression. That nothing is given to them then is judged with the plan.
    public func stayRule(of organization: Organization, at now: Instant) -> StayRule? {
        let limits = policies.contains { policy in
            policy.definition.kinds.contains(.person) && policy.definition.effects.limit != nil
                && policy.definition.mode == .enforce
        }
        guard limits else { return nil }
        let world = PolicyWorld(organization, now: now)
        return { state in
            decide(world.person(state)).matches.compactMap { match -> StayLimit? in
                guard match.counts, case .limit(let span) = match.effect else { return nil }
                let days = span.milliseconds / Span.days(1).milliseconds
                return StayLimit(days: Int(clamping: min(days, 1_000_000)), policy: match.policy)
            }.min { $0.days < $1.days }
        }
    }
}

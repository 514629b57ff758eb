import AccessModel
import AuditTrail
import Persistence
import Planning

/// What a survey saw in the targets: who holds what from now on, and how far each target had drifted.
struct Sightings {
    let survey: Survey
    let context: LifecycleContext

    /// Each target that was read, with its drift: what Tenure had seen there and is gone, and what nobody wanted.
    func write(_ session: any SQLSession, _ records: inout [Record]) throws {
        let store = HoldingStore(session)
        let changes = Dictionary(grouping: survey.plan.changes, by: \.target)
        let credentials = StaleCredentials(survey.definitions.organization, now: context.now)
        let underway = Dictionary(grouping: survey.underway.map(\.change), by: \.target)
        for sight in survey.sights {
            guard let observation = sight.observation else { continue }
            let own = changes[sight.target] ?? []
            let known = try store.holdings(.open(in: sight.target, of: survey.person))
            let held = Set(known.map(\.fact.key))
            let missing = own.count { $0.operation == .add && held.contains($0.fact.key) }
            try see(observation, in: sight.target, except: underway[sight.target] ?? [], store)
            let extra = own.count { $0.causes.contains(.drift) }
            records.append(
                .targetObserved(
                    context.ownRecord(about: sight.target.text), target: sight.target,
                    isComplete: observation.isComplete, facts: observation.facts.count, missing: missing, extra: extra,
                    credentials: Self.count(credentials, observation.facts)))
        }
    }

    /// Nil where there are none at all.
    private static func count(_ stale: StaleCredentials, _ facts: [Fact]) -> CredentialCount? {
        let all = facts.count { $0.kind == .credential }
        return all == 0 ? nil : CredentialCount(all: all, stale: stale.find(in: facts).count)
    }

    /// What was seen is what is known from now on; why it should be there stands as it was written. What a case was
    /// changing may have arrived, been read back and written down since: that is newer than this look.
    private func see(
        _ observation: TargetObservation, in target: Slug, except underway: [Change], _ store: HoldingStore
    ) throws {
        let scope: HoldingScope =
            if !observation.isComplete {
                .nothing
            } else if let person = survey.person {
                .only(identities: [.person(person)], groups: [])
            } else {
                .everything
            }
        try store.observe(
            observation.facts.map { SeenFact($0) }, in: target, scope: scope,
            except: Set(underway.flatMap { [$0.fact.key, ($0.before ?? $0.fact).key] }), at: context.now)
    }
}

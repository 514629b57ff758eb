import AccessModel
import Definitions
import Persistence
import Planning

/// Who had, has or will have what, and why: from the definitions that were in force, from whom their entries meant and
/// who was confirmed by then, and from what was seen.
public struct AccessHistory: Sendable {
    let context: LifecycleContext
    /// The definitions in force at the moment that is asked about; nil before the first.
    let definitions: DefinitionSet?
    let abilities: [Slug: TargetAbilities]
    let moment: Instant
    /// What is known of the moment already, where that is now; it is looked at whether it still is so.
    private let present: PresentWorld?

    public init(
        context: LifecycleContext, definitions: DefinitionSet?, abilities: [Slug: TargetAbilities], at moment: Instant,
        present: PresentWorld? = nil
    ) {
        self.present = present
        self.context = context
        self.definitions = definitions
        self.abilities = abilities
        self.moment = moment
    }

    /// Windows that stood at the moment, by their ids: as they were then.
    func windows(_ session: any SQLSession) throws -> [String: AccessWindow] {
        let standing = try WindowStore(session).standing(at: moment)
        return Dictionary(standing.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What was to hold at the moment follows from these.
    struct World {
        let input: PlanningInput
        let index: PlanningIndex
    }

    /// Nil before the first definitions.
    func world(_ session: any SQLSession) throws -> World? {
        guard let definitions else { return nil }
        let grants = try WindowStore(session).standing(at: moment).map(\.grant)
        guard let present, try present.stands(at: moment, session) else {
            let input = PlanningInput(
                organization: definitions.organization,
                roster: try PeopleArchive(session).roster(at: moment, in: definitions), grants: grants,
                recorded: try RecordReader(session, now: moment).desiredState(), abilities: abilities, now: moment)
            return World(input: input, index: PlanningIndex(input))
        }
        var recorded = present.recorded
        recorded.lostGrants = try WindowStore(session).lost(at: moment)
        let input = PlanningInput(
            organization: definitions.organization, roster: present.roster, grants: grants, recorded: recorded,
            abilities: abilities, now: moment)
        return World(input: input, index: present.index)
    }

    /// What was seen at the moment. Nothing has been seen of the time to come.
    func holdings(_ filter: HoldingStore.Filter, _ session: any SQLSession) throws -> [Holding] {
        guard moment <= context.now else { return [] }
        var filter = filter
        filter.at = moment
        return try HoldingStore(session).holdings(filter)
    }

    /// Whether anything was ever seen by then.
    func hasSeenAnything(_ session: any SQLSession) throws -> Bool {
        guard moment <= context.now, let definitions else { return false }
        let store = HoldingStore(session)
        return try definitions.organization.targets.contains { target in
            try store.firstObserved(target.name).map { $0 <= moment } ?? false
        }
    }
}

import AccessModel
import Definitions
import Persistence
import Planning

/// Who is here and who may do what at one moment, read within the transaction that decides on it.
struct AccessWorld {
    let organization: Organization
    let input: PlanningInput
    let eligibility: WindowEligibility

    var roster: Roster { input.roster }

    init(_ definitions: DefinitionSet, at time: LifecycleContext, _ session: any SQLSession) throws {
        organization = definitions.organization
        input = PlanningInput(
            organization: organization,
            roster: try PeopleArchive(session).roster(at: time.now, vouched: time.vouched, in: definitions),
            recorded: try RecordReader(session, now: time.now).desiredState(), abilities: [:], now: time.now,
            vouched: time.vouched)
        eligibility = WindowEligibility(input)
    }

    /// One id for all ids that are one human.
    func same(_ person: PersonID) -> PersonID { roster.same(person) }

    /// Each person once, without the one who asks; sorted.
    func distinct(_ people: [PersonID], without requester: PersonID) -> [PersonID] {
        let own = same(requester)
        return Set(people.map { same($0) }.filter { $0 != own }).sorted()
    }

    func isActive(_ person: PersonID) -> Bool { input.roster[person]?.isActive ?? false }
}

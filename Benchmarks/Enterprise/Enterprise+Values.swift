import AccessModel
import Definitions
import Planning

/// A value that the generator itself made could not be read back: a defect of the generator.
struct EnterpriseError: Error, CustomStringConvertible {
    let description: String
}

extension Enterprise {
    static let connectors = ["directory": directory]

    /// What the files say, read as the program reads them.
    func organization(revision: String = "revision-1") throws -> Organization {
        let reading = DefinitionReader.read(files, connectors: Self.connectors, revision: revision)
        guard let organization = reading.organization else {
            throw EnterpriseError(description: reading.diagnostics.first?.text ?? "no organisation")
        }
        return organization
    }

    /// Everybody, active.
    func roster() throws -> Roster {
        let start = CalendarDay(year: 2020, month: 1, day: 1)
        let cause = Cause.snapshot(asOf: Self.now - .days(1), note: "active")
        return Roster(
            try (0..<size).map { number in
                guard let id = PersonID(person(number)), let email = EmailAddress(address(number)) else {
                    throw EnterpriseError(description: "`\(person(number))` is no person")
                }
                return PersonState(
                    person: Person(
                        id: id, email: email, givenName: given(number), familyName: family(number),
                        department: department(number), startDate: start), presence: .active, presenceCause: cause,
                    presenceSince: Self.now - .days(700))
            })
    }

    /// All inputs of a plan, as after an apply half a year ago: every entry bound, every group Tenure's.
    func input() throws -> PlanningInput { try input(organization: try organization(), roster: try roster()) }

    func input(organization: Organization, roster: Roster) throws -> PlanningInput {
        guard let corp = Self.target else { throw EnterpriseError(description: "no target") }
        var input = PlanningInput(
            organization: organization, roster: roster, recorded: RecordedState(), abilities: [corp: Self.directory],
            now: Self.now - .days(200))
        let first = Planner.desired(input)
        input.recorded.bindings = RecordedState.Bindings(first.bindingsToRecord)
        input.recorded.ownedGroups[corp] = Set(
            first.facts.compactMap { if case .group(let group) = $0.fact { group.slug } else { nil } })
        input.now = Self.now
        return input
    }

    /// What the target holds: what should hold, with drift of five in a hundred memberships. Half of that is missing,
    /// half are strangers to their group beside those who should be there.
    func observation(_ input: PlanningInput) -> TargetObservation {
        let facts = Planner.desired(input).facts.map(\.fact)
        let people = input.roster.states.map(\.person)
        var random = SplitMix(seed: seed &+ 77)
        var held: [Fact] = []
        held.reserveCapacity(facts.count)
        for fact in facts {
            guard case .membership(let membership) = fact, random.below(1_000) < 50 else {
                held.append(fact)
                continue
            }
            guard random.below(2) == 0 else { continue }
            let other = people[random.below(people.count)]
            held.append(fact)
            held.append(
                .membership(
                    Membership(
                        group: membership.group, notation: membership.notation, identity: .person(other.id),
                        account: other.email.text)))
        }
        return TargetObservation(facts: held)
    }

    func observations(_ input: PlanningInput) throws -> [Slug: TargetObservation] {
        guard let corp = Self.target else { throw EnterpriseError(description: "no target") }
        return [corp: observation(input)]
    }
}

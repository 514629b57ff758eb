import AccessModel
import Definitions
import Persistence
import Planning

/// What "who has what" rests on now, read once for all who ask until something changes: people, what their entries mean,
/// and the index over the definitions.
///
/// Windows and what was seen are not in it: they are read when they are asked for.
public struct PresentWorld: Sendable {
    private static let longest = Span.minutes(1)

    private let grounds: DecisionGrounds
    private let since: Instant
    /// When the clock alone changes somebody, or a minute has passed.
    private let until: Instant
    /// Everybody whom HR ever named.
    public let roster: Roster
    let recorded: RecordedState
    let index: PlanningIndex

    public init(
        _ definitions: DefinitionSet, _ abilities: [Slug: TargetAbilities], at moment: Instant,
        _ session: any SQLSession
    ) throws {
        grounds = try SettingsStore(session).decisionGrounds()
        since = moment
        roster = try PeopleArchive(session).roster(at: moment, in: definitions)
        recorded = try RecordReader(session, now: moment).desiredState()
        index = PlanningIndex(
            PlanningInput(
                organization: definitions.organization, roster: roster, recorded: recorded, abilities: abilities,
                now: moment))
        let next = roster.nextChange(after: moment)
        until = min(next ?? moment + Self.longest, moment + Self.longest)
    }

    /// Whether it is how things are at `moment` within the transaction.
    public func stands(at moment: Instant, _ session: any SQLSession) throws -> Bool {
        guard moment >= since, moment < until else { return false }
        return try SettingsStore(session).decisionGrounds() == grounds
    }
}

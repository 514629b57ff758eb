import AccessModel
import Definitions
import Lifecycle
import Persistence

/// Who stands in tenants' files and does not belong there any more: who has left, and whoever's place there lapsed after
/// a move.
struct DepartureList {
    struct Departure: Hashable {
        let person: PersonID
        /// When they left, or when what they had lapsed.
        let at: Instant
        let isMove: Bool
        var entries: [DepartureEdit.Entry]

        var key: DepartureRequestStore.Key { DepartureRequestStore.Key(person: person, departedAt: at) }
    }

    /// By person and time: what lapsed by another move is another departure.
    let departures: [Departure]

    /// - Parameters:
    ///   - notes: What the planner says of the entries of the definitions in force.
    init(_ notes: [PlanNote], _ organization: Organization, _ roster: Roster) {
        var listed: [SourceLocation: EmailAddress] = [:]
        for tenant in organization.tenants {
            for person in tenant.admins + tenant.contributors + tenant.readers { listed[person.place] = person.email }
        }
        var found: [DepartureRequestStore.Key: Departure] = [:]
        for note in notes where note.code == "inactive-person" || note.code == "lapsed" {
            guard let place = note.place, let email = listed[place] else { continue }
            let isMove = note.code == "lapsed"
            guard let state = Self.bearer(of: email, roster, isMove: isMove) else { continue }
            let new = Departure(
                person: state.person.id, at: note.since ?? state.presenceSince, isMove: isMove, entries: [])
            found[new.key, default: new].entries.append(
                DepartureEdit.Entry(file: place.file, line: place.line, email: email))
        }
        departures = found.values.sorted { ($0.person, $0.at) < ($1.person, $1.at) }
    }

    /// The one whom the entry can only mean; who is away for a while, or is yet to start, stays.
    private static func bearer(of email: EmailAddress, _ roster: Roster, isMove: Bool) -> PersonState? {
        let bearers = roster.bearers(of: email).filter { state in
            switch state.presence {
            case .left, .ended: !isMove
            case .active: isMove
            case .notStarted, .suspended, .compromised: false
            }
        }
        return bearers.count == 1 ? bearers.first : nil
    }
}

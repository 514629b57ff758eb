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
    }

    /// By person.
    let departures: [Departure]

    /// - Parameters:
    ///   - diagnostics: What the planner says of the entries of the definitions in force.
    init(_ diagnostics: [Diagnostic], _ organization: Organization, _ roster: Roster) {
        var listed: [SourceLocation: EmailAddress] = [:]
        for tenant in organization.tenants {
            for person in tenant.admins + tenant.contributors + tenant.readers { listed[person.place] = person.email }
        }
        var found: [PersonID: Departure] = [:]
        for diagnostic in diagnostics where diagnostic.code == "inactive-person" || diagnostic.code == "lapsed" {
            guard let email = listed[diagnostic.place] else { continue }
            let isMove = diagnostic.code == "lapsed"
            guard let state = Self.bearer(of: email, roster, isMove: isMove) else { continue }
            let at = isMove ? state.moves.last?.effective ?? state.presenceSince : state.presenceSince
            let entry = DepartureEdit.Entry(
                file: diagnostic.place.file, line: diagnostic.place.line, email: email)
            found[
                state.person.id,
                default: Departure(person: state.person.id, at: at, isMove: isMove, entries: [])
            ].entries.append(entry)
        }
        departures = found.values.sorted { $0.person < $1.person }
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

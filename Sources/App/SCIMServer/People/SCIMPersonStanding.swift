import AccessModel
import Definitions
import Persistence
import StrictJSON

/// What a client said last of whether a person is here.
enum SCIMPersonStanding: Sendable {
    /// It has not named them.
    case unknown
    case here
    case gone

    /// - Parameter said: The type of the last event by which it said so.
    init(said: String?) {
        self =
            switch said.flatMap({ HREvent.Kind(rawValue: $0) }) {
            case nil: .unknown
            case .left, .suspended, .compromised: .gone
            case .joined, .moved, .rehired, .extended, .returned: .here
            }
    }
}

/// An event that follows from what a client pushed.
struct SCIMPersonEvent: Sendable {
    let kind: HREvent.Kind
    /// A CloudEvent in JSON.
    let document: JSONValue

    var isLeaving: Bool { kind == .left || kind == .suspended }
}

extension SCIMPersonMapping {
    /// The events, CloudEvents in JSON, that follow from a change, in the order in which they are to be taken in, by what is
    /// known of the person in the transaction that writes the user.
    ///
    /// Nobody comes to be, or comes back, by the word of a client while another source has named them: that one would get
    /// another address, by which people sign in. That they go is taken from a client which brought them, always.
    ///
    /// - Throws: ``SCIMError`` where HR's rules do not take what is said, or where somebody else speaks for the person.
    public func events(of change: SCIMPersonChange, in session: any SQLSession) throws -> [JSONValue] {
        let people = PeopleStore(session)
        let standing = SCIMPersonStanding(
            said: try people.lastPresence(of: change.person, saidBy: client.source))
        var events = events(of: change, standing)
        if brings(change, events), try people.isKnown(change.person, elsewhereThan: client.source) {
            guard change.kind == .deactivated else { throw Self.stranger(change.person) }
            events.removeAll { !$0.isLeaving }
        }
        try check(change, standing)
        return events.map(\.document)
    }

    /// Whether somebody comes to be by a change, or comes back: a user is made or gets its address, or becomes active.
    private func brings(_ change: SCIMPersonChange, _ events: [SCIMPersonEvent]) -> Bool {
        if change.kind == .joined { return true }
        if events.contains(where: { $0.kind == .joined || $0.kind.bringsBack }) { return true }
        return !hadAddress(change) && events.contains { !$0.isLeaving }
    }

    private static func stranger(_ person: PersonID) -> SCIMError {
        SCIMError(
            .conflict, .uniqueness, "`\(person)` is known from elsewhere; this client speaks for its own people alone")
    }
}

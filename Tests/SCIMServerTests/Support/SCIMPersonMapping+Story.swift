import AccessModel
import Definitions
import StrictJSON

@testable import SCIMServer

extension SCIMPersonMapping {
    /// The events of changes that come one after another, each by what the ones before it said.
    func story(_ changes: [SCIMPersonChange]) -> [JSONValue] {
        var said: [PersonID: HREvent.Kind] = [:]
        return changes.flatMap { change -> [JSONValue] in
            let events = events(of: change, SCIMPersonStanding(said: said[change.person]?.rawValue))
            for event in events where event.kind != .moved { said[change.person] = event.kind }
            return events.map(\.document)
        }
    }
}

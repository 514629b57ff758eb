import AccessModel
import StrictJSON

/// The changes of one plan that a guard held: removals that a snapshot or changed files cause, too many at once.
struct PlanHold {
    static let kind = "plan"

    /// Ids of changes; see `Change.id`.
    let changes: [String]
    let people: [String]
    let reason: String

    init(changes: [Change]) {
        self.changes = changes.map(\.id).sorted()
        people = Set(changes.compactMap { $0.identity?.description }).sorted()
        let targets = Set(changes.map(\.target.text)).sorted().joined(separator: ", ")
        reason = "\(changes.count) removals in \(targets) concern \(people.count) people"
    }

    init?(_ body: JSONValue) {
        guard let changes = body["changes"]?.array, let people = body["people"]?.array,
            let reason = body["reason"]?.string
        else { return nil }
        self.changes = changes.compactMap(\.string)
        self.people = people.compactMap(\.string)
        self.reason = reason
    }

    var body: JSONValue {
        [
            "reason": .string(reason), "people": .array(people.map(JSONValue.string)),
            "changes": .array(changes.map(JSONValue.string)),
        ]
    }
}

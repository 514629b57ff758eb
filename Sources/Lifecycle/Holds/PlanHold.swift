import AccessModel
import Persistence
import Policies
import StrictJSON

/// Changes of one plan that wait: removals that a guard held, or what a policy wants agreed to.
struct PlanHold {
    static let kind = "plan"

    /// Somebody who agreed, and when.
    struct Agreement: Hashable {
        let person: PersonID
        let at: Instant
    }

    /// Ids of changes; see `Change.id`.
    let changes: [String]
    let people: [String]
    let reason: String
    /// Who has to agree, by policy; empty where any second person may.
    private(set) var needs: [ApprovalRequirement] = []
    /// Whose approvers are meant; nil where none are, or the changes are of no such group.
    private(set) var group: Group?
    /// Each person once, the first first.
    var agreements: [Agreement] = []

    /// What a guard held.
    init(changes: [Change]) {
        self.changes = changes.map(\.id).sorted()
        people = Self.people(changes)
        let targets = Set(changes.map(\.target.text)).sorted().joined(separator: ", ")
        reason = "\(changes.count) removals in \(targets) concern \(people.count) people"
    }

    /// What policies want agreed to: changes of one person, or of a group as a whole.
    init(changes: [Change], needs: [ApprovalRequirement], group: Group?) {
        self.changes = changes.map(\.id).sorted()
        people = Self.people(changes)
        self.needs = needs
        self.group = group
        let policies = Set(needs.flatMap(\.policies)).sorted().map { "`\($0)`" }.joined(separator: ", ")
        let asked = needs.map(\.text).joined(separator: ", and ")
        let whom = people.first.map { " for \($0)" } ?? ""
        reason = "policy \(policies) asks for \(asked): \(changes.count) changes\(whom)"
    }

    private static func people(_ changes: [Change]) -> [String] {
        Set(changes.compactMap { $0.identity?.description }).sorted()
    }

    init?(_ body: JSONValue) {
        guard let changes = body["changes"]?.array, let people = body["people"]?.array,
            let reason = body["reason"]?.string
        else { return nil }
        self.changes = changes.compactMap(\.string)
        self.people = people.compactMap(\.string)
        self.reason = reason
        let stored = body["needs"]?.array ?? []
        needs = stored.compactMap { ApprovalRequirement(json: $0) }
        guard needs.count == stored.count else { return nil }
        group = body["group"]?.string.flatMap { Group($0) }
        agreements = (body["agreements"]?.array ?? []).compactMap { given in
            guard let person = given["person"]?.string.flatMap({ PersonID($0) }),
                let at = given["at"]?.string.flatMap({ Instant($0) })
            else { return nil }
            return Agreement(person: person, at: at)
        }
    }

    var body: JSONValue {
        var object = JSONObject()
        object["reason"] = .string(reason)
        object["people"] = .array(people.map(JSONValue.string))
        object["changes"] = .array(changes.map(JSONValue.string))
        guard !needs.isEmpty else { return .object(object) }
        object["needs"] = .array(needs.map(\.json))
        object["group"] = group.map { .string($0.path) }
        object["agreements"] = .array(
            agreements.map { ["person": .string($0.person.text), "at": .string($0.at.description)] })
        return .object(object)
    }

    /// Those whom it gives something.
    var subjects: [PersonID] { people.compactMap { PersonID($0) } }

    /// Nobody is waited for any longer; nil: for as long as it takes.
    func deadline(openedAt: Instant) -> Instant? { needs.compactMap(\.within).min().map { openedAt + $0 } }
}

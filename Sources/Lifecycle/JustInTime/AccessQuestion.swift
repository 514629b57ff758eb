import AccessModel
import Persistence
import StrictJSON

/// What the rules are asked about access.
struct AccessQuestion: Sendable {
    enum Kind: Sendable {
        /// May this be asked for, and who has to agree?
        case request
        /// May this person agree to it?
        case approval(PersonID)
        /// May the glass be broken for it?
        case breakGlass
    }

    let kind: Kind
    /// Of the request; empty before it has one.
    let id: String
    let ask: AccessRequest.Ask
    /// Windows of the person's that are to come or not over.
    let beside: [Grant]
}

/// What the rules say of a question: one decision, with everything that follows from it.
struct AccessRuling: Sendable {
    /// Why it is denied; empty where it is not.
    var denials: [String] = []
    /// Who has to agree, and how many.
    var needs: [ApprovalNeed] = []
    /// A window may last as long as this.
    var maximum: Span
    /// How long approvals are waited for; nil: as long as any request is.
    var within: Span?
    /// The score that policy gives it.
    var risk = 0
    /// What somebody should know though nothing is denied for it.
    var warnings: [String] = []
    /// What policy said, for the record.
    var detail: JSONValue = .object(JSONObject())

    var isDenied: Bool { !denials.isEmpty }

    /// What is kept with the request.
    var json: JSONValue {
        [
            "needs": .array(needs.map(\.json)), "risk": .integer(Int64(risk)),
            "warnings": .array(warnings.map(JSONValue.string)),
        ]
    }

    var verdict: String { isDenied ? "denied" : needs.isEmpty ? "allowed" : "needs-approval" }
}

/// So many distinct people out of some, never the one who asks.
struct ApprovalNeed: Hashable, Sendable {
    /// Who they are, in words.
    let from: String
    let count: Int
    /// Who could agree now, one for each person, whatever addresses and ids they have; sorted.
    let people: [PersonID]

    /// How many are missing with these agreements.
    func missing(_ agreed: Set<PersonID>) -> Int { max(0, count - people.count { agreed.contains($0) }) }

    var json: JSONValue {
        [
            "from": .string(from), "count": .integer(Int64(count)),
            "people": .array(people.map { .string($0.text) }),
        ]
    }

    init(from: String, count: Int, people: [PersonID]) {
        self.from = from
        self.count = count
        self.people = people
    }

    init?(json: JSONValue) {
        guard let from = json["from"]?.string, let count = json["count"]?.integer else { return nil }
        let people = (json["people"]?.array ?? []).compactMap { $0.string.flatMap { PersonID($0) } }
        self.init(from: from, count: Int(clamping: count), people: people)
    }
}

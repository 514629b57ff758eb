import AccessModel
import Definitions
import Persistence
import Planning
import StrictJSON

extension AccessHistory {
    /// Everything about one person: who they were, what they were to have, what they had, and why.
    public struct Explanation: Sendable {
        public struct Item: Hashable, Sendable {
            public let target: Slug
            public let fact: Fact
            public var causes: [Cause]
            public var isDesired: Bool
            /// Nil where nothing was read yet.
            public var isObserved: Bool?
            /// Since when it was seen.
            public var since: Instant?
            /// The windows among the causes: who asked, why, and who agreed.
            public var windows: [AccessWindow] = []
        }

        public let state: PersonState
        public let at: Instant
        /// By target, then by what it is.
        public let items: [Item]
        /// What will lapse, what is in error.
        public let notes: [PlanNote]
        /// The person's windows that stood then, those to come among them; the earliest first.
        public let windows: [AccessWindow]
        /// What policy decided last about the person: requests, then changes of the last plan.
        public let decisions: [RecordedDecision]
    }

    public func explain(_ person: String) async throws -> Explanation {
        try await context.database.read { session in
            let world = try world(session)
            let roster = try world?.input.roster ?? PeopleArchive(session).roster(at: moment)
            let state = try roster.find(person)
            var items: [String: Explanation.Item] = [:]
            let hasSeen = try hasSeenAnything(session)
            let desired = world.map { Planner.desired($0.input, narrowedTo: [state.person.id], index: $0.index) }
            for fact in desired?.facts ?? [] {
                items["\(fact.target) \(fact.fact.key)"] = Explanation.Item(
                    target: fact.target, fact: fact.fact, causes: fact.causes, isDesired: true,
                    isObserved: hasSeen ? false : nil, since: nil)
            }
            var filter = HoldingStore.Filter()
            filter.identity = .person(state.person.id)
            for holding in try holdings(filter, session) {
                let key = "\(holding.target) \(holding.fact.key)"
                let known = items[key]
                let causes = known.map(\.causes).flatMap { $0.isEmpty ? nil : $0 } ?? holding.causes
                items[key] = Explanation.Item(
                    target: holding.target, fact: holding.fact, causes: causes, isDesired: known != nil,
                    isObserved: true, since: holding.from)
            }
            let windows = try windows(session)
            items = items.mapValues { $0.with(windows) }
            return Explanation(
                state: state, at: moment, items: items.sorted { $0.key < $1.key }.map(\.value),
                notes: desired?.notes ?? [],
                windows: windows.values.filter { $0.person == state.person.id && !$0.isOver(at: moment) }
                    .sorted { ($0.from, $0.id) < ($1.from, $1.id) },
                decisions: try RecordedDecision.latest(about: state.person.id, until: moment, session))
        }
    }
}

extension AccessHistory.Explanation {
    public var json: JSONValue {
        [
            "person": .string(state.person.id.text), "email": .string(state.person.email.text),
            "name": .string(state.person.displayName), "at": .string(at.description),
            "presence": .string(state.presenceName), "presence_cause": state.presenceCause.json,
            "facts": .array(items.map(\.json)),
            "notes": .array(notes.map(\.json)), "windows": .array(windows.map(\.json)),
            "decisions": .array(decisions.map(\.json)),
        ]
    }
}

extension AccessHistory.Explanation.Item {
    var json: JSONValue {
        [
            "target": .string(target.text), "fact": fact.json, "causes": .array(causes.map(\.json)),
            "desired": .bool(isDesired), "observed": isObserved.map(JSONValue.bool) ?? .null,
            "since": since.map { .string($0.description) } ?? .null, "windows": .array(windows.map(\.json)),
        ]
    }
}

extension PersonState {
    /// `active`, `not_started`, `suspended`, `left`, `compromised` or `ended`.
    public var presenceName: String {
        switch presence {
        case .active: "active"
        case .notStarted: "not_started"
        case .suspended: "suspended"
        case .left: "left"
        case .compromised: "compromised"
        case .ended: "ended"
        }
    }

    public var json: JSONValue {
        [
            "id": .string(person.id.text), "email": .string(person.email.text), "name": .string(person.displayName),
            "type": .string(person.kind.rawValue), "presence": .string(presenceName),
            "since": .string(presenceSince.description), "department": .string(person.department),
            "title": .string(person.title), "location": .string(person.location),
            "manager_id": person.manager.map { .string($0.text) } ?? .null,
            "start_date": person.startDate.map { .string($0.description) } ?? .null,
            "end_date": person.endDate.map { .string($0.description) } ?? .null,
            "aliases": .array(person.aliases.map { .string($0.text) }), "cause": presenceCause.json,
            "next_change": nextChange.map { .string($0.description) } ?? .null,
        ]
    }
}

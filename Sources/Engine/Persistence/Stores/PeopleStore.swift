import AccessModel
import StrictJSON

/// What HR said: snapshots row by row, single events, and what a second person let through.
///
/// Bodies are JSON that the caller defines; the columns beside them are what is searched by.
public struct PeopleStore {
    /// One HR event as it came in.
    public struct Event: Hashable, Sendable {
        public let source: String
        public let id: String
        public let person: PersonID
        public let type: String
        /// When it counts.
        public let effective: Instant
        /// When it happened, by its source.
        public let statedAt: Instant
        public let receivedAt: Instant
        /// Of its content: what tells a repeat from another event under the same id.
        public let digest: String
        public let body: JSONValue

        public init(
            source: String, id: String, person: PersonID, type: String, effective: Instant, statedAt: Instant,
            receivedAt: Instant, digest: String, body: JSONValue
        ) {
            self.source = source
            self.id = id
            self.person = person
            self.type = type
            self.effective = effective
            self.statedAt = statedAt
            self.receivedAt = receivedAt
            self.digest = digest
            self.body = body
        }
    }

    /// What became of an event that was handed in.
    public enum Insertion: Hashable, Sendable {
        case added
        /// It was there already, with the same content.
        case repeated
        /// Another content is there under its source and id; nothing was changed.
        case conflicting
    }

    /// Something that a second person let through against the ordinary rule, such as a return by a snapshot alone.
    public struct Release: Hashable, Sendable {
        public let person: PersonID
        public let releasedAt: Instant
        public let actor: String
        public let body: JSONValue

        public init(person: PersonID, releasedAt: Instant, actor: String, body: JSONValue) {
            self.person = person
            self.releasedAt = releasedAt
            self.actor = actor
            self.body = body
        }
    }

    let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// Adds an event that the caller has looked for in this transaction and not found; it brings ``PeopleIndexStore`` up to
    /// date itself.
    public func insert(new event: Event) throws {
        try write(event)
        try SettingsStore(session).advanceGenerationByHearing()
    }

    public func insert(_ event: Event) throws -> Insertion {
        let stored = try session.query(
            "SELECT digest FROM people_events WHERE source = $1 AND id = $2", [.text(event.source), .text(event.id)])
        if let digest = try stored.first?.text(0) { return digest == event.digest ? .repeated : .conflicting }
        try write(event)
        try PeopleIndexStore(session).mark([event.person])
        try SettingsStore(session).advanceGenerationByHearing()
        return .added
    }

    private func write(_ event: Event) throws {
        try session.execute(
            """
            INSERT INTO people_events (source, id, person, type, effective, stated_at, received_at, digest, body)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                .text(event.source), .text(event.id), .person(event.person), .text(event.type),
                .instant(event.effective), .instant(event.statedAt), .instant(event.receivedAt), .text(event.digest),
                .json(event.body),
            ])
    }

    /// Whether anybody but `source` said something of a person.
    public func isKnown(_ person: PersonID, elsewhereThan source: String) throws -> Bool {
        try !session.query(
            """
            SELECT 1 FROM people_events WHERE person = $1 AND source <> $2
            UNION ALL SELECT 1 FROM people_rows WHERE person = $1 LIMIT 1
            """, [.person(person), .text(source)]
        ).isEmpty
    }

    /// The type of the last event by which a source said whether a person is here; nil where it has not named them.
    public func lastPresence(of person: PersonID, saidBy source: String) throws -> String? {
        try session.query(
            """
            SELECT type FROM people_events
            WHERE person = $1 AND source = $2 AND type IN ('joined', 'rehired', 'returned', 'left', 'suspended')
            ORDER BY effective DESC, received_at DESC, id DESC LIMIT 1
            """, [.person(person), .text(source)]
        ).first?.text(0)
    }

    public func event(source: String, id: String) throws -> Event? {
        try events("WHERE source = $1 AND id = $2", [.text(source), .text(id)]).first
    }

    /// All events, by the time from which they count; ties by source and id.
    public func events() throws -> [Event] { try events("", []) }

    /// Those of these people, each one's in that order.
    public func events(of people: Set<PersonID>) throws -> [Event] {
        try gather(people) { try events($0, $1) }
    }

    /// What there is of these people, with few statements.
    func gather<Element>(
        _ people: Set<PersonID>, _ read: (_ condition: String, _ parameters: [SQLValue]) throws -> [Element]
    ) throws -> [Element] {
        var found: [Element] = []
        try session.inPortions(people.sorted().map { .person($0) }) { list, portion in
            found += try read("WHERE person IN \(list)", portion)
        }
        return found
    }

    /// How many other people have an event of type `left` that came in after `since`.
    public func countLeavers(receivedAfter since: Instant, except person: PersonID) throws -> Int {
        let rows = try session.query(
            """
            SELECT count(DISTINCT person) FROM people_events
            WHERE type = 'left' AND received_at > $1 AND person <> $2
            """, [.instant(since), .person(person)])
        return Int(try rows.first?.integer(0) ?? 0)
    }

    /// Of whom an event of type `left` came in after `since`, each with when the last of them did.
    public func leavers(receivedAfter since: Instant) throws -> [PersonID: Instant] {
        var leavers: [PersonID: Instant] = [:]
        for row in try session.query(
            """
            SELECT person, MAX(received_at) FROM people_events WHERE type = 'left' AND received_at > $1 GROUP BY person
            """, [.instant(since)])
        {
            leavers[try row.person(0)] = try row.instant(1)
        }
        return leavers
    }

    /// Events that begin to count in `(after, through]`.
    public func events(takingEffectAfter after: Instant, through: Instant) throws -> [Event] {
        try events("WHERE effective > $1 AND effective <= $2", [.instant(after), .instant(through)])
    }

    private func events(_ condition: String, _ parameters: [SQLValue]) throws -> [Event] {
        var events: [Event] = []
        try session.forEachRow(
            """
            SELECT source, id, person, type, effective, stated_at, received_at, digest, body FROM people_events
            \(condition) ORDER BY effective, source, id
            """, parameters
        ) { row in
            events.append(
                Event(
                    source: try row.text(0), id: try row.text(1), person: try row.person(2), type: try row.text(3),
                    effective: try row.instant(4), statedAt: try row.instant(5), receivedAt: try row.instant(6),
                    digest: try row.text(7), body: try row.json(8)))
        }
        return events
    }

    public func insert(_ release: Release) throws {
        try session.execute(
            """
            INSERT INTO people_releases (person, released_at, actor, body) VALUES ($1, $2, $3, $4)
            ON CONFLICT (person, released_at) DO UPDATE SET actor = excluded.actor, body = excluded.body
            """,
            [.person(release.person), .instant(release.releasedAt), .text(release.actor), .json(release.body)])
        try PeopleIndexStore(session).mark([release.person])
        try SettingsStore(session).advanceGenerationByHearing()
    }

    /// By person, oldest first.
    public func releases() throws -> [Release] { try releases("", []) }

    /// The same of these people.
    public func releases(of people: Set<PersonID>) throws -> [Release] {
        try gather(people) { try releases($0, $1) }
    }

    private func releases(_ condition: String, _ parameters: [SQLValue]) throws -> [Release] {
        try session.query(
            "SELECT person, released_at, actor, body FROM people_releases \(condition) ORDER BY person, released_at",
            parameters
        ).map { row in
            Release(
                person: try row.person(0), releasedAt: try row.instant(1), actor: try row.text(2),
                body: try row.json(3))
        }
    }
}

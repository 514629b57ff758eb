import AccessModel

/// What is looked up of people without reading all that HR ever said. It follows from what HR said, and can be made
/// anew from it: ``PeopleStore`` marks everybody of whom something new was written, and whoever looks something up here
/// first brings those up to date.
public struct PeopleIndexStore {
    /// Whether somebody is active, and for how long that answer stands.
    public struct Presence: Hashable, Sendable {
        public let person: PersonID
        /// By which days and limits; another text is another answer.
        public let rules: String
        public let isActive: Bool
        /// From when on; half-open.
        public let since: Instant
        /// Nil: until HR says something new.
        public let until: Instant?

        public init(person: PersonID, rules: String, isActive: Bool, since: Instant, until: Instant?) {
            self.person = person
            self.rules = rules
            self.isActive = isActive
            self.since = since
            self.until = until
        }
    }

    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    // MARK: What is not up to date

    func mark(_ people: [PersonID]) throws {
        try session.insert(
            into: "people_unindexed (person)", people.map { [.person($0)] }, onConflict: "ON CONFLICT DO NOTHING")
    }

    /// A snapshot can change what earlier ones mean.
    func markAll() throws {
        try session.execute(
            """
            INSERT INTO people_unindexed (person) SELECT person FROM people_presence WHERE true
            ON CONFLICT (person) DO NOTHING
            """)
    }

    /// Of whom something was written that is not looked up here yet.
    public func unindexed() throws -> [PersonID] {
        try session.query("SELECT person FROM people_unindexed ORDER BY person").map { try $0.person(0) }
    }

    /// They are up to date.
    public func unmark(_ people: [PersonID]) throws {
        try session.inPortions(people.map { .person($0) }) { list, portion in
            try session.execute("DELETE FROM people_unindexed WHERE person IN \(list)", portion)
        }
    }

    // MARK: Addresses

    /// Adds addresses that a person bears, or ever bore, in lower case. None is ever taken away: who bears it now is for
    /// the caller to see.
    public func add(_ addresses: [String], of person: PersonID) throws {
        try session.insert(
            into: "people_addresses (address, person)", addresses.map { [.text($0), .person(person)] },
            onConflict: "ON CONFLICT DO NOTHING")
    }

    /// All who bear one of the addresses, or ever did.
    public func people(bearing addresses: [String]) throws -> Set<PersonID> {
        var people: Set<PersonID> = []
        try session.inPortions(addresses.map { .text($0) }) { list, portion in
            for row in try session.query("SELECT person FROM people_addresses WHERE address IN \(list)", portion) {
                people.insert(try row.person(0))
            }
        }
        return people
    }

    // MARK: Presence

    public func set(_ presences: [Presence]) throws {
        try session.insert(
            into: "people_presence (person, rules, is_active, since, until)",
            presences.map { presence in
                [
                    .person(presence.person), .text(presence.rules), .int(presence.isActive ? 1 : 0),
                    .instant(presence.since), presence.until.map { .instant($0) } ?? .null,
                ]
            },
            onConflict: """
                ON CONFLICT (person) DO UPDATE SET rules = excluded.rules, is_active = excluded.is_active,
                since = excluded.since, until = excluded.until
                """)
    }

    /// Whose answer does not stand at `now` by `rules`.
    public func outdated(at now: Instant, by rules: String) throws -> [PersonID] {
        try session.query(
            "SELECT person FROM people_presence WHERE since > $1 OR until <= $1 OR rules <> $2 ORDER BY person",
            [.instant(now), .text(rules)]
        ).map { try $0.person(0) }
    }

    /// How many are active, by answers that stand at `now`.
    public func countActive(at now: Instant, by rules: String) throws -> Int {
        let rows = try session.query(
            """
            SELECT count(*) FROM people_presence
            WHERE is_active = 1 AND since <= $1 AND (until IS NULL OR until > $1) AND rules = $2
            """, [.instant(now), .text(rules)])
        return Int(try rows.first?.integer(0) ?? 0)
    }
}

import AccessModel
import StrictJSON

extension PeopleStore {
    /// One import of a whole feed.
    public struct Snapshot: Hashable, Sendable {
        public let id: String
        /// The time for which it speaks.
        public let asOf: Instant
        public let importedAt: Instant
        public let people: Int
        public let digest: String

        public init(id: String, asOf: Instant, importedAt: Instant, people: Int, digest: String) {
            self.id = id
            self.asOf = asOf
            self.importedAt = importedAt
            self.people = people
            self.digest = digest
        }
    }

    /// What snapshots said of a person, from the first to the last that said so.
    public struct Row: Hashable, Sendable {
        public let person: PersonID
        /// As of when the first of them held.
        public let from: Instant
        /// As of when the last of them held, which may be the same.
        public let until: Instant
        /// When the first of them came in.
        public let importedAt: Instant
        public let body: JSONValue

        public init(person: PersonID, from: Instant, until: Instant, importedAt: Instant, body: JSONValue) {
            self.person = person
            self.from = from
            self.until = until
            self.importedAt = importedAt
            self.body = body
        }
    }

    /// Writes down that a snapshot was taken in.
    public func insert(_ snapshot: Snapshot) throws {
        try session.execute(
            "INSERT INTO people_snapshots (id, as_of, imported_at, people, digest) VALUES ($1, $2, $3, $4, $5)",
            [
                .text(snapshot.id), .instant(snapshot.asOf), .instant(snapshot.importedAt), .int(snapshot.people),
                .text(snapshot.digest),
            ])
        try PeopleIndexStore(session).markAll()
        try SettingsStore(session).advanceGenerationByHearing()
    }

    /// By the time for which they speak.
    public func snapshots() throws -> [Snapshot] {
        try session.query("SELECT id, as_of, imported_at, people, digest FROM people_snapshots ORDER BY as_of, id")
            .map { row in
                Snapshot(
                    id: try row.text(0), asOf: try row.instant(1), importedAt: try row.instant(2),
                    people: Int(try row.integer(3)), digest: try row.text(4))
            }
    }

    /// Writes rows down; one that is there already stands as it is.
    public func insert(_ rows: [Row]) throws {
        try session.insert(
            into: "people_rows (person, stated_from, stated_until, imported_at, body)",
            rows.map { row in
                [
                    .person(row.person), .instant(row.from), .instant(row.until), .instant(row.importedAt),
                    .json(row.body),
                ]
            }, onConflict: "ON CONFLICT (person, stated_from, imported_at) DO NOTHING")
        try PeopleIndexStore(session).mark(rows.map(\.person))
    }

    /// What the last rows of these people say, a snapshot as of `until` said again.
    public func extend(_ people: [PersonID], until: Instant) throws {
        try session.inPortions(people.map { .person($0) }, after: 1) { list, portion in
            try session.execute(
                """
                UPDATE people_rows SET stated_until = $1
                WHERE person IN \(list) AND stated_until < $1 AND stated_from =
                    (SELECT max(last.stated_from) FROM people_rows AS last WHERE last.person = people_rows.person)
                """, [.instant(until)] + portion)
        }
    }

    /// By person, oldest first.
    public func rows() throws -> [Row] { try rows("", []) }

    /// The same of these people.
    public func rows(of people: Set<PersonID>) throws -> [Row] {
        try gather(people) { try rows($0, $1) }
    }

    private func rows(_ condition: String, _ parameters: [SQLValue]) throws -> [Row] {
        var rows: [Row] = []
        try session.forEachRow(
            """
            SELECT person, stated_from, stated_until, imported_at, body FROM people_rows \(condition)
            ORDER BY person, stated_from, imported_at
            """, parameters
        ) { row in
            rows.append(
                Row(
                    person: try row.person(0), from: try row.instant(1), until: try row.instant(2),
                    importedAt: try row.instant(3), body: try row.json(4)))
        }
        return rows
    }
}

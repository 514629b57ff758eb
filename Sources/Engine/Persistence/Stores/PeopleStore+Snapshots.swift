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

    /// What a snapshot says of one person.
    public struct Statement: Hashable, Sendable {
        public let person: PersonID
        /// Nil: the person is not in it any more.
        public let body: JSONValue?
        public let note: String

        public init(person: PersonID, body: JSONValue?, note: String = "") {
            self.person = person
            self.body = body
            self.note = note
        }
    }

    /// What snapshots said of a person throughout `[from, until)`.
    public struct Row: Hashable, Sendable {
        public let person: PersonID
        public let from: Instant
        /// Nil while no later snapshot said otherwise.
        public let until: Instant?
        public let body: JSONValue
        public let note: String
    }

    /// Writes down a snapshot and what it says of each person; who is not in `statements` keeps what is known.
    ///
    /// What comes out does not depend on the order in which snapshots arrive: an older one speaks up to the next.
    public func insert(_ snapshot: Snapshot, _ statements: [Statement]) throws {
        let next = try session.query(
            "SELECT min(as_of) FROM people_snapshots WHERE as_of > $1", [.instant(snapshot.asOf)])
        let until = try next.first?.optionalInstant(0)
        try session.execute(
            """
            INSERT INTO people_snapshots (id, as_of, imported_at, people, digest) VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .text(snapshot.id), .instant(snapshot.asOf), .instant(snapshot.importedAt), .int(snapshot.people),
                .text(snapshot.digest),
            ])
        if let until {
            for statement in statements { try insert(statement, from: snapshot.asOf, until: until) }
        } else {
            try append(statements, from: snapshot.asOf)
        }
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

    /// By person, oldest first.
    public func rows(of person: PersonID? = nil) throws -> [Row] {
        guard let person else { return try rows("", []) }
        return try rows("WHERE person = $1", [.person(person)])
    }

    /// What snapshots said for the moment `at`.
    public func rows(at: Instant) throws -> [Row] {
        try rows("WHERE stated_from <= $1 AND (stated_until IS NULL OR stated_until > $1)", [.instant(at)])
    }

    private func rows(_ condition: String, _ parameters: [SQLValue]) throws -> [Row] {
        var rows: [Row] = []
        try session.forEachRow(
            """
            SELECT person, stated_from, stated_until, body, note FROM people_rows \(condition)
            ORDER BY person, stated_from
            """, parameters
        ) { row in
            rows.append(
                Row(
                    person: try row.person(0), from: try row.instant(1), until: try row.optionalInstant(2),
                    body: try row.json(3), note: try row.text(4)))
        }
        return rows
    }

    /// The newest snapshot: only rows that are still open can be concerned.
    private func append(_ statements: [Statement], from: Instant) throws {
        var open: [PersonID: (from: Instant, body: String, note: String)] = [:]
        try session.forEachRow(
            "SELECT person, stated_from, body, note FROM people_rows WHERE stated_until IS NULL", []
        ) { row in
            open[try row.person(0)] = (try row.instant(1), try row.text(2), try row.text(3))
        }
        var added: [[SQLValue]] = []
        for statement in statements {
            let body = statement.body.map { SQLValue.json($0) }
            if let old = open[statement.person] {
                if body == .text(old.body), statement.note == old.note { continue }
                try end(statement.person, openSince: old.from, at: from)
            }
            guard let body else { continue }
            added.append([.person(statement.person), .instant(from), .null, body, .text(statement.note)])
        }
        try session.insert(into: Self.rowColumns, added)
    }

    private static var rowColumns: String { "people_rows (person, stated_from, stated_until, body, note)" }

    private func end(_ person: PersonID, openSince from: Instant, at end: Instant) throws {
        // One of the very same time is corrected, not followed, by the one that came later.
        if from == end {
            try session.execute(
                "DELETE FROM people_rows WHERE person = $1 AND stated_from = $2", [.person(person), .instant(from)])
        } else {
            try session.execute(
                "UPDATE people_rows SET stated_until = $3 WHERE person = $1 AND stated_from = $2",
                [.person(person), .instant(from), .instant(end)])
        }
    }

    /// A snapshot older than one that is known: it cuts `[from, until)` out of what is written and stands there itself.
    private func insert(_ statement: Statement, from: Instant, until: Instant) throws {
        let old = try rows(
            "WHERE person = $1 AND stated_from < $2 AND (stated_until IS NULL OR stated_until > $3)",
            [.person(statement.person), .instant(until), .instant(from)])
        var pieces: [[SQLValue]] = []
        func keep(_ start: Instant, _ end: Instant?, _ body: JSONValue, _ note: String) {
            pieces.append(
                [.person(statement.person), .instant(start), .optional(end), .json(body), .text(note)])
        }
        for row in old {
            try session.execute(
                "DELETE FROM people_rows WHERE person = $1 AND stated_from = $2",
                [.person(row.person), .instant(row.from)])
            if row.from < from { keep(row.from, from, row.body, row.note) }
            if row.until.map({ $0 > until }) ?? true { keep(max(row.from, until), row.until, row.body, row.note) }
        }
        if let body = statement.body { keep(from, until, body, statement.note) }
        try session.insert(into: Self.rowColumns, pieces)
    }
}

import AccessModel

/// For whose departure a pull request was opened, or why none could be.
public struct DepartureRequestStore {
    public enum State: String, Sendable {
        /// A request is to be opened, and its branch may be there already.
        case begun
        case opened
        /// The files cannot be edited safely, or would not be valid then: somebody has to.
        case refused
        /// The request was closed by Tenure, since what it proposed was not so any more.
        case withdrawn
        /// People merged or closed the request.
        case settled
    }

    /// One departure of one person.
    public struct Key: Hashable, Sendable {
        public let person: PersonID
        /// Since when they have been away: who comes back and leaves again departs anew. Of a move, when what they had lapsed.
        public let departedAt: Instant

        public init(person: PersonID, departedAt: Instant) {
            self.person = person
            self.departedAt = departedAt
        }
    }

    public struct Departure: Hashable, Sendable {
        /// `owner/name` at its forge.
        public let repository: String
        public let key: Key
        public var state: State
        public var branch: String
        public var request: Int64?
        public var at: Instant

        public init(
            repository: String, key: Key, state: State, branch: String, request: Int64? = nil, at: Instant
        ) {
            self.repository = repository
            self.key = key
            self.state = state
            self.branch = branch
            self.request = request
            self.at = at
        }
    }

    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// All of a repository, by branch, person and time.
    public func departures(in repository: String) throws -> [Departure] {
        try session.query(
            """
            SELECT person, departed_at, state, branch, request, told_at FROM departure_requests WHERE repository = $1
            ORDER BY branch, person, departed_at
            """, [.text(repository)]
        ).map { row in
            guard let state = State(rawValue: try row.text(2)) else {
                throw PersistenceError(code: .corrupt, operation: "read a departure", message: "expected a state")
            }
            return Departure(
                repository: repository, key: Key(person: try row.person(0), departedAt: try row.instant(1)),
                state: state, branch: try row.text(3), request: try row.optionalInteger(4), at: try row.instant(5))
        }
    }

    /// Replaces what is kept of the same departure.
    public func set(_ departure: Departure) throws {
        try session.execute(
            """
            INSERT INTO departure_requests (repository, person, departed_at, state, branch, request, told_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (repository, person, departed_at) DO UPDATE
            SET state = excluded.state, branch = excluded.branch, request = excluded.request, told_at = excluded.told_at
            """,
            [
                .text(departure.repository), .person(departure.key.person), .instant(departure.key.departedAt),
                .text(departure.state.rawValue), .text(departure.branch),
                departure.request.map { .integer($0) } ?? .null, .instant(departure.at),
            ])
    }
}

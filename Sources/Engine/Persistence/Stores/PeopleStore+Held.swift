import AccessModel

extension PeopleStore {
    /// An event that waits for a second person, or was sent back by one.
    public struct HeldEvent: Hashable, Sendable {
        public let source: String
        public let id: String
        public let digest: String
        public let hold: String

        public init(source: String, id: String, digest: String, hold: String) {
            self.source = source
            self.id = id
            self.digest = digest
            self.hold = hold
        }
    }

    /// One of the same source and id stands as it is.
    public func insert(_ held: HeldEvent) throws {
        try session.execute(
            """
            INSERT INTO people_held_events (source, id, digest, hold) VALUES ($1, $2, $3, $4)
            ON CONFLICT (source, id) DO NOTHING
            """, [.text(held.source), .text(held.id), .text(held.digest), .text(held.hold)])
    }

    public func heldEvent(source: String, id: String) throws -> HeldEvent? {
        try session.query(
            "SELECT digest, hold FROM people_held_events WHERE source = $1 AND id = $2", [.text(source), .text(id)]
        ).first.map { HeldEvent(source: source, id: id, digest: try $0.text(0), hold: try $0.text(1)) }
    }
}

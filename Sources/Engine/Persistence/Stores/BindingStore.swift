import AccessModel

/// Whom the entries of lists meant when they were first applied, and who confirmed them since.
///
/// Nothing is written over: what was forgotten or confirmed anew is still there for who asks about a time before.
public struct BindingStore {
    public struct Binding: Hashable, Sendable {
        /// The tenant, or the core sector.
        public let tenant: Slug
        /// `admins`, `contributors`, `readers`; for a core group its slug.
        public let list: String
        /// The address, folded.
        public let address: String
        public let person: PersonID
        public let firstSeen: Instant

        public init(tenant: Slug, list: String, address: String, person: PersonID, firstSeen: Instant) {
            self.tenant = tenant
            self.list = list
            self.address = address
            self.person = person
            self.firstSeen = firstSeen
        }
    }

    /// Where an entry stands: its tenant, its list, its address.
    public struct Entry: Hashable, Sendable {
        public let tenant: Slug
        public let list: String
        public let address: String

        public init(tenant: Slug, list: String, address: String) {
            self.tenant = tenant
            self.list = list
            self.address = address
        }
    }

    public struct Confirmation: Hashable, Sendable {
        public let person: PersonID
        public let tenant: Slug
        public let confirmedAt: Instant
        public let actor: String

        public init(person: PersonID, tenant: Slug, confirmedAt: Instant, actor: String) {
            self.person = person
            self.tenant = tenant
            self.confirmedAt = confirmedAt
            self.actor = actor
        }
    }

    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// Writes down bindings of entries that have none; one that exists stands as it is.
    public func insert(_ bindings: [Binding]) throws {
        try session.insert(
            into: "bindings (tenant, list, address, person, first_seen)",
            bindings.map { binding in
                [
                    .slug(binding.tenant), .text(binding.list), .text(binding.address), .person(binding.person),
                    .instant(binding.firstSeen),
                ]
            }, onConflict: "ON CONFLICT DO NOTHING")
    }

    /// Forgets, from `now` on, the bindings of entries that are no longer in the files: one that comes back is a new
    /// one. A binding that had not held before `now` never did.
    public func forget(_ entries: [Entry], at now: Instant) throws {
        let rows: [[SQLValue]] = entries.map {
            [.slug($0.tenant), .text($0.list), .text($0.address), .instant(now)]
        }
        let isOpen = "tenant = $1 AND list = $2 AND address = $3 AND forgotten_at IS NULL"
        try session.execute("DELETE FROM bindings WHERE \(isOpen) AND first_seen >= $4", batch: rows)
        try session.execute("UPDATE bindings SET forgotten_at = $4 WHERE \(isOpen)", batch: rows)
    }

    /// Those that held at `moment`, by tenant, list and address.
    public func bindings(at moment: Instant) throws -> [Binding] {
        var bindings: [Binding] = []
        try session.forEachRow(
            """
            SELECT tenant, list, address, person, first_seen FROM bindings
            WHERE first_seen <= $1 AND coalesce(forgotten_at, 9223372036854775807) > $1
            ORDER BY tenant, list, address
            """, [.instant(moment)]
        ) { row in
            bindings.append(
                Binding(
                    tenant: try row.slug(0), list: try row.text(1), address: try row.text(2),
                    person: try row.person(3), firstSeen: try row.instant(4)))
        }
        return bindings
    }

    /// A later confirmation takes the place of an earlier one, from when it was made.
    public func confirm(_ confirmation: Confirmation) throws {
        try session.execute(
            """
            INSERT INTO confirmations (person, tenant, confirmed_at, actor) VALUES ($1, $2, $3, $4)
            ON CONFLICT (person, tenant, confirmed_at) DO UPDATE SET actor = excluded.actor
            """,
            [
                .person(confirmation.person), .slug(confirmation.tenant), .instant(confirmation.confirmedAt),
                .text(confirmation.actor),
            ])
        try SettingsStore(session).advanceGeneration()
    }

    /// The last of each person in each tenant that was made by `moment`.
    public func confirmations(at moment: Instant) throws -> [Confirmation] {
        try session.query(
            """
            SELECT person, tenant, confirmed_at, actor FROM confirmations c
            WHERE confirmed_at = (SELECT max(d.confirmed_at) FROM confirmations d
                WHERE d.person = c.person AND d.tenant = c.tenant AND d.confirmed_at <= $1)
            ORDER BY person, tenant
            """, [.instant(moment)]
        ).map { row in
            Confirmation(
                person: try row.person(0), tenant: try row.slug(1), confirmedAt: try row.instant(2),
                actor: try row.text(3))
        }
    }
}

import AccessModel

/// What in the targets is Tenure's own, and which accounts it has disabled since when.
public struct OwnershipStore {
    public enum Kind: String, Sendable {
        /// A group that Tenure made or took over, by its slug.
        case group
        /// A role assignment or a trust that Tenure made, by its fact's key.
        case fact
    }

    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    public func own(_ kind: Kind, _ names: some Sequence<String>, in target: Slug) throws {
        try session.insert(
            into: "ownership (target, kind, name)", names.map { [.slug(target), .text(kind.rawValue), .text($0)] },
            onConflict: "ON CONFLICT (target, kind, name) DO NOTHING")
    }

    public func disown(_ kind: Kind, _ names: some Sequence<String>, in target: Slug) throws {
        for name in names {
            try session.execute(
                "DELETE FROM ownership WHERE target = $1 AND kind = $2 AND name = $3",
                [.slug(target), .text(kind.rawValue), .text(name)])
        }
    }

    /// By target.
    public func owned(_ kind: Kind) throws -> [Slug: Set<String>] {
        var owned: [Slug: Set<String>] = [:]
        try session.forEachRow("SELECT target, name FROM ownership WHERE kind = $1", [.text(kind.rawValue)]) { row in
            owned[try row.slug(0), default: []].insert(try row.text(1))
        }
        return owned
    }

    /// Targets in which something is owned.
    public func targets() throws -> Set<Slug> {
        Set(try session.query("SELECT DISTINCT target FROM ownership", []).map { try $0.slug(0) })
    }

    /// How many facts that hold in a target are Tenure's: given by it, owned, or of a group of its own.
    public func countHeld(in target: Slug) throws -> Int {
        let rows = try session.query(
            """
            SELECT count(*) FROM holdings h WHERE h.target = $1 AND h.until_at IS NULL AND (h.causes <> '[]'
                OR EXISTS (SELECT 1 FROM ownership o WHERE o.target = h.target
                    AND (o.kind = 'group' AND o.name = h.group_slug OR o.kind = 'fact' AND o.name = h.fact_key)))
            """, [.slug(target)])
        return Int(try rows.first?.integer(0) ?? 0)
    }

    /// From when an account counts as disabled; a time that is written already stands.
    public func setDisabled(_ person: PersonID, in target: Slug, since: Instant) throws {
        try session.execute(
            """
            INSERT INTO disabled_since (target, person, since) VALUES ($1, $2, $3)
            ON CONFLICT (target, person) DO NOTHING
            """, [.slug(target), .person(person), .instant(since)])
    }

    /// The account is enabled again, or gone.
    public func clearDisabled(_ person: PersonID, in target: Slug) throws {
        try session.execute(
            "DELETE FROM disabled_since WHERE target = $1 AND person = $2", [.slug(target), .person(person)])
    }

    public func disabledSince() throws -> [Slug: [PersonID: Instant]] {
        var since: [Slug: [PersonID: Instant]] = [:]
        try session.forEachRow("SELECT target, person, since FROM disabled_since", []) { row in
            since[try row.slug(0), default: [:]][try row.person(1)] = try row.instant(2)
        }
        return since
    }
}

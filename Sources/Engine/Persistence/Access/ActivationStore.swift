import AccessModel
import StrictJSON

/// Broken glass, and its reviews.
public struct ActivationStore {
    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// Its window must be there already.
    public func insert(_ activation: Activation) throws {
        try session.execute(
            """
            INSERT INTO breakglass (id, person, grp, reason, activated_at, activated_by, informed, review_by,
                asserted)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                .text(activation.id), .person(activation.person), .text(activation.group.path),
                .text(activation.reason), .instant(activation.activatedAt), .text(activation.activatedBy),
                .json(.array(activation.informed.map { .string($0.text) })), .instant(activation.reviewBy),
                .bool(activation.isAsserted),
            ])
    }

    /// Writes a review down; false where there is one already.
    public func review(_ id: String, _ review: Activation.Review) throws -> Bool {
        try session.execute(
            """
            UPDATE breakglass SET reviewed_at = $2, reviewed_by = $3, outcome = $4, note = $5
            WHERE id = $1 AND reviewed_at IS NULL
            """,
            [
                .text(id), .instant(review.at), .person(review.by), .text(review.outcome.rawValue), .text(review.note),
            ]) == 1
    }

    public func activation(_ id: String) throws -> Activation? { try rows("WHERE id = $1", [.text(id)]).first }

    /// The newest first. An open one is not reviewed, or its window is not closed.
    public func activations(_ listing: AccessListing) throws -> [Activation] {
        let clause = listing.clause(since: "activated_at", open: Self.open)
        return try rows(clause.condition, clause.parameters, clause.order)
    }

    static let open = """
        SELECT id FROM breakglass WHERE reviewed_at IS NULL
        UNION SELECT id FROM access_windows WHERE closed_at IS NULL AND emergency = 1
        """

    /// What keeps a person from breaking the glass again: not reviewed, and its time is over.
    ///
    /// - Parameter ids: All that the person has.
    public func overdueReviews(of ids: Set<PersonID>, at now: Instant) throws -> [Activation] {
        var found: [Activation] = []
        try session.inPortions(ids.sorted().map { .person($0) }, after: 1) { list, portion in
            found += try rows(
                "WHERE review_by <= $1 AND reviewed_at IS NULL AND person IN \(list)", [.instant(now)] + portion)
        }
        return found
    }

    private func rows(
        _ condition: String, _ parameters: [SQLValue], _ order: String = "ORDER BY activated_at DESC, id"
    ) throws -> [Activation] {
        try session.query(
            """
            SELECT id, person, grp, reason, activated_at, activated_by, informed, review_by, reviewed_at, reviewed_by,
                outcome, note, asserted
            FROM breakglass \(condition) \(order)
            """, parameters
        ).map { row in
            var review: Activation.Review?
            if let at = try row.optionalInstant(8) {
                guard let outcome = Activation.Outcome(rawValue: try row.text(10)) else {
                    throw row.corrupt(10, "not an outcome")
                }
                review = Activation.Review(
                    by: try row.person(9), at: at, outcome: outcome, note: try row.optionalText(11) ?? "")
            }
            let informed = try row.json(6).array?.compactMap { $0.string.flatMap { PersonID($0) } }
            return Activation(
                id: try row.text(0), person: try row.person(1), group: try row.group(2), reason: try row.text(3),
                activatedAt: try row.instant(4), activatedBy: try row.text(5), isAsserted: try row.bool(12),
                informed: informed ?? [],
                reviewBy: try row.instant(7), review: review)
        }
    }
}

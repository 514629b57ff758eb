import AccessModel
import StrictJSON

/// What came of webhooks, for as long as they may be sent again.
public struct WebhookReceiptStore {
    public struct Receipt: Hashable, Sendable {
        /// Who sends; ids are unique within it.
        public let source: String
        public let id: String
        public let receivedAt: Instant
        /// Of all that was sent: what tells a repeat from something else under the same id.
        public let digest: String
        /// What was answered.
        public let answer: JSONValue

        public init(source: String, id: String, receivedAt: Instant, digest: String, answer: JSONValue) {
            self.source = source
            self.id = id
            self.receivedAt = receivedAt
            self.digest = digest
            self.answer = answer
        }
    }

    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    public func receipt(source: String, id: String) throws -> Receipt? {
        try session.query(
            "SELECT received_at, digest, answer FROM webhook_receipts WHERE source = $1 AND id = $2",
            [.text(source), .text(id)]
        ).first.map { row in
            Receipt(
                source: source, id: id, receivedAt: try row.instant(0), digest: try row.text(1),
                answer: try row.json(2))
        }
    }

    /// One of the same source and id must not be there.
    public func insert(_ receipt: Receipt) throws {
        try session.execute(
            "INSERT INTO webhook_receipts (source, id, received_at, digest, answer) VALUES ($1, $2, $3, $4, $5)",
            [
                .text(receipt.source), .text(receipt.id), .instant(receipt.receivedAt), .text(receipt.digest),
                .json(receipt.answer),
            ])
    }

    /// Forgets the oldest of those that came in before `time`, at most `limit`, and returns how many it were.
    @discardableResult
    public func prune(receivedBefore time: Instant, limit: Int) throws -> Int {
        let oldest = try session.query(
            "SELECT source, id FROM webhook_receipts WHERE received_at < $1 ORDER BY received_at LIMIT $2",
            [.instant(time), .int(limit)])
        let keys = try oldest.map { [SQLValue.text(try $0.text(0)), .text(try $0.text(1))] }
        guard !keys.isEmpty else { return 0 }
        return try session.execute("DELETE FROM webhook_receipts WHERE source = $1 AND id = $2", batch: keys)
            .reduce(0, +)
    }
}

import AccessModel

/// Which commit of a pull request was answered with its plan, so that each is answered once.
public struct RequestAnswerStore {
    public struct Answer: Hashable, Sendable {
        /// `owner/name` at its forge.
        public let repository: String
        public let request: Int64
        /// The commit that was planned.
        public let head: String
        /// `success` or `failure`.
        public let outcome: String
        public let at: Instant

        public init(repository: String, request: Int64, head: String, outcome: String, at: Instant) {
            self.repository = repository
            self.request = request
            self.head = head
            self.outcome = outcome
            self.at = at
        }
    }

    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// The commits that were answered, by their request.
    public func heads(in repository: String) throws -> [Int64: String] {
        let rows = try session.query(
            "SELECT request, head FROM request_answers WHERE repository = $1", [.text(repository)])
        return Dictionary(try rows.map { (try $0.integer(0), try $0.text(1)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Replaces what was answered to the same request before.
    public func set(_ answer: Answer) throws {
        try session.execute(
            """
            INSERT INTO request_answers (repository, request, head, outcome, answered_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (repository, request) DO UPDATE
            SET head = excluded.head, outcome = excluded.outcome, answered_at = excluded.answered_at
            """,
            [
                .text(answer.repository), .integer(answer.request), .text(answer.head), .text(answer.outcome),
                .instant(answer.at),
            ])
    }
}

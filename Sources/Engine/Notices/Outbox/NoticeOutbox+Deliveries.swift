import AccessModel
import Persistence

/// One notice on its way to one receiver.
public struct NoticeOnItsWay: Hashable, Sendable {
    public enum State: String, CaseIterable, Sendable {
        case waiting, delivered
        /// It was tried until its time was over, or will never be taken.
        case givenUp = "given_up"
    }

    public let notice: Notice
    public let channel: String
    /// An address; empty for a webhook.
    public let recipient: String
    public let state: State
    /// How often it was begun to send it.
    public let attempts: Int
    /// Nil once it waits no more.
    public let nextAttempt: Instant?
    public let giveUpAt: Instant
    /// What the last attempt ran into.
    public let problem: String?
}

extension NoticeOutbox {
    private static let columns = """
        n.id, n.kind, n.about, n.at, n.due_at, n.recipients, n.data, d.channel, d.recipient, d.state, d.attempts,
        d.next_attempt_at, d.give_up_at, d.problem
        """
    private static let joined = "notice_deliveries AS d JOIN notices AS n ON n.id = d.notice"

    /// What waits, or everything that is still known; the oldest first.
    public func list(all: Bool) throws -> [NoticeOnItsWay] {
        let condition = all ? "" : "WHERE d.state = 'waiting'"
        return try session.query(
            "SELECT \(Self.columns) FROM \(Self.joined) \(condition) ORDER BY n.at, n.id, d.channel, d.recipient"
        ).map(NoticeOnItsWay.init)
    }

    /// Those of one notice; nil while it is not on its way yet, or where there is none.
    public func deliveries(of notice: String) throws -> [NoticeOnItsWay]? {
        guard try session.query("SELECT routed FROM notices WHERE id = $1", [.text(notice)]).first?.integer(0) == 1
        else { return nil }
        return try session.query(
            "SELECT \(Self.columns) FROM \(Self.joined) WHERE n.id = $1 ORDER BY d.channel, d.recipient",
            [.text(notice)]
        ).map(NoticeOnItsWay.init)
    }

    /// Notices whose time has not come.
    public func planned() throws -> [Notice] {
        try session.query(
            """
            SELECT id, kind, about, at, due_at, recipients, data FROM notices WHERE routed = 0 ORDER BY due_at, id
            """
        ).map(Notice.init)
    }

    /// Takes what is due in hand, what is urgent first, and nobody else takes it before `until`: whoever dies with it in
    /// hand leaves it to the next.
    func claim(at now: Instant, until: Instant, limit: Int, without channels: Set<String>) throws -> [NoticeOnItsWay] {
        let excluded = channels.sorted().enumerated().map { "$\($0.offset + 3)" }.joined(separator: ", ")
        let condition = channels.isEmpty ? "" : "AND d.channel NOT IN (\(excluded))"
        let due = try session.query(
            """
            SELECT \(Self.columns) FROM \(Self.joined)
            WHERE d.state = 'waiting' AND d.next_attempt_at <= $1 \(condition)
            ORDER BY d.urgent DESC, d.next_attempt_at, d.notice, d.channel, d.recipient LIMIT $2
            """, [.instant(now), .int(limit)] + channels.sorted().map { .text($0) }
        ).map(NoticeOnItsWay.init)
        return try due.filter { delivery in
            try session.execute(
                """
                UPDATE notice_deliveries SET attempts = attempts + 1, next_attempt_at = $5
                WHERE notice = $1 AND channel = $2 AND recipient = $3 AND state = 'waiting' AND attempts = $4
                """, delivery.key + [.int(delivery.attempts), .instant(until)]) == 1
        }.map(\.begun)
    }

    /// Writes down what came of an attempt; false where it was taken in hand by somebody else since.
    func settle(
        _ delivery: NoticeOnItsWay, _ state: NoticeOnItsWay.State, next: Instant?, problem: String?
    ) throws -> Bool {
        try session.execute(
            """
            UPDATE notice_deliveries SET state = $5, next_attempt_at = $6, problem = $7
            WHERE notice = $1 AND channel = $2 AND recipient = $3 AND state = 'waiting' AND attempts = $4
            """,
            delivery.key + [.int(delivery.attempts), .text(state.rawValue), .optional(next), .optional(problem)]) == 1
    }
}

extension NoticeOnItsWay {
    fileprivate var key: [SQLValue] { [.text(notice.id), .text(channel), .text(recipient)] }

    /// With one more attempt.
    fileprivate var begun: NoticeOnItsWay {
        NoticeOnItsWay(
            notice: notice, channel: channel, recipient: recipient, state: state, attempts: attempts + 1,
            nextAttempt: nextAttempt, giveUpAt: giveUpAt, problem: problem)
    }

    fileprivate init(_ row: SQLRow) throws {
        guard let state = State(rawValue: try row.text(9)) else {
            throw PersistenceError(code: .corrupt, operation: "read a delivery", message: "its state is not one")
        }
        self.init(
            notice: try Notice(row), channel: try row.text(7), recipient: try row.text(8), state: state,
            attempts: Int(try row.integer(10)), nextAttempt: try row.optionalInstant(11),
            giveUpAt: try row.instant(12), problem: try row.optionalText(13))
    }
}

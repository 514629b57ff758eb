import AccessModel
import Definitions
import Persistence
import StrictJSON

/// Notices that are to go out, within a transaction: whoever changes a state adds what it tells of in the same one, so
/// that neither is there without the other. Delivery comes after the commit and is ``NoticeDelivery``'s.
public struct NoticeOutbox {
    let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// Adds a notice; one of the same id stands as it is.
    public func add(_ notice: Notice) throws {
        try session.execute(
            """
            INSERT INTO notices (id, kind, about, at, due_at, urgent, routed, recipients, data)
            VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8) ON CONFLICT (id) DO NOTHING
            """,
            [
                .text(notice.id), .text(notice.kind.rawValue), .text(notice.about), .instant(notice.at),
                .instant(notice.due), .bool(notice.kind.isUrgent), .text(notice.recipientsJSON.compactText),
                .text(notice.data.compactText),
            ])
    }

    /// Takes back notices that have not been sent on their way yet: of a window that was released before its end was
    /// near, of an activation that was reviewed in time. Returns how many.
    @discardableResult
    public func withdraw(_ kind: NoticeKind, about: String) throws -> Int {
        try session.execute(
            "DELETE FROM notices WHERE routed = 0 AND about = $1 AND kind = $2",
            [.text(about), .text(kind.rawValue)])
    }

    /// When the next thing is due: a notice, or another attempt. Nil when nothing waits.
    public func nextDue() throws -> Instant? {
        let notice = try session.query("SELECT min(due_at) FROM notices WHERE routed = 0").first?.optionalInstant(0)
        let attempt = try session.query(
            "SELECT min(next_attempt_at) FROM notice_deliveries WHERE state = 'waiting'"
        ).first?.optionalInstant(0)
        return [notice, attempt].compactMap { $0 }.min()
    }

    /// Forgets what came to an end before `until`; the log keeps it.
    public func prune(before until: Instant) throws {
        let isOver =
            "routed = 1 AND due_at < $1 AND NOT EXISTS (SELECT 1 FROM notice_deliveries AS d WHERE d.notice = notices.id"
        try session.execute(
            """
            DELETE FROM notice_deliveries WHERE state <> 'waiting' AND notice IN
                (SELECT id FROM notices WHERE \(isOver) AND d.state = 'waiting'))
            """, [.instant(until)])
        try session.execute("DELETE FROM notices WHERE \(isOver))", [.instant(until)])
    }

    // MARK: Routing

    /// Sends what is due on its way: one delivery for each channel and recipient, by the definitions in force now. A
    /// notice that nobody wants has none.
    ///
    /// - Parameter people: Those who are named in what is due; a notice that names others is left for the next time.
    func route(
        _ definitions: NoticeDefinitions, people: [PersonID: NoticePerson], known: Set<PersonID>, at now: Instant,
        limit: Int
    ) throws -> Int {
        let due = try self.due(at: now, limit: limit)
        for notice in due where notice.people.isSubset(of: known) {
            let notice = notice.naming(people)
            let rows = definitions.destinations(of: notice, people).map { destination -> [SQLValue] in
                [
                    .text(notice.id), .text(destination.channel.name.text), .text(destination.recipient),
                    .text("waiting"), .int(0), .instant(now), .instant(notice.due + destination.channel.giveUpAfter),
                    .bool(notice.kind.isUrgent),
                ]
            }
            try session.insert(
                into: """
                    notice_deliveries
                    (notice, channel, recipient, state, attempts, next_attempt_at, give_up_at, urgent)
                    """, rows, onConflict: "ON CONFLICT (notice, channel, recipient) DO NOTHING")
            try session.execute(
                "UPDATE notices SET routed = 1, data = $2 WHERE id = $1",
                [.text(notice.id), .text(notice.data.compactText)])
        }
        return due.count
    }

    /// Those whose time has come and that are not on their way yet, what is urgent first.
    func due(at now: Instant, limit: Int) throws -> [Notice] {
        try session.query(
            """
            SELECT id, kind, about, at, due_at, recipients, data FROM notices
            WHERE routed = 0 AND due_at <= $1 ORDER BY urgent DESC, due_at, id LIMIT $2
            """, [.instant(now), .int(limit)]
        ).map(Notice.init)
    }
}

extension NoticeDefinitions {
    struct Destination {
        let channel: NoticeChannel
        /// An address; empty for a webhook.
        let recipient: String
    }

    /// Each channel and recipient once.
    func destinations(of notice: Notice, _ people: [PersonID: NoticePerson]) -> [Destination] {
        var seen: Set<String> = []
        var destinations: [Destination] = []
        for route in routes where route.kinds.contains(notice.kind) {
            for channel in route.channels.compactMap({ self.channel($0) }) {
                let recipients = channel.isMail ? notice.addresses(of: route, people).map(\.text) : [""]
                for recipient in recipients where seen.insert("\(channel.name) \(recipient.lowercased())").inserted {
                    destinations.append(Destination(channel: channel, recipient: recipient))
                }
            }
        }
        return destinations
    }
}

extension Notice {
    var recipientsJSON: JSONValue {
        let members = recipients.sorted { $0.key.rawValue < $1.key.rawValue }.map { audience, addresses in
            JSONObject.Member(name: audience.rawValue, value: .array(addresses.map { .string($0.text) }))
        }
        return .object(JSONObject(members))
    }

    /// Reads a row of id, kind, about, at, due_at, recipients, data.
    init(_ row: SQLRow) throws {
        func corrupt(_ what: String) -> PersistenceError {
            PersistenceError(code: .corrupt, operation: "read a notice", message: "its \(what) is not one")
        }
        guard let kind = NoticeKind(rawValue: try row.text(1)) else { throw corrupt("kind") }
        let data: JSONValue
        let stored: JSONValue
        do {
            stored = try JSONParser.parse(try row.text(5))
            data = try JSONParser.parse(try row.text(6))
        } catch let error as JSONError {
            throw corrupt("text (\(error))")
        }
        var recipients: [NoticeAudience: [NoticeRecipient]] = [:]
        for member in stored.object?.members ?? [] {
            guard let audience = NoticeAudience(rawValue: member.name) else { throw corrupt("audience") }
            recipients[audience] = (member.value.array ?? []).compactMap { $0.string.flatMap { NoticeRecipient($0) } }
        }
        self.init(
            id: try row.text(0), kind: kind, about: try row.text(2), at: try row.instant(3), due: try row.instant(4),
            recipients: recipients, data: data)
    }
}

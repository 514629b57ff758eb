import AccessModel
import StrictJSON

/// Windows on their way from scheduled to closed.
public struct WindowStore {
    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    public func insert(_ window: AccessWindow) throws { try insert([window]) }

    public func insert(_ windows: [AccessWindow]) throws {
        try session.insert(
            into: """
                access_windows (id, root, request, person, grp, reason, approved_by, emergency, asked_at, recorded_at,
                    from_at, until_at, state, places)
                """,
            windows.map { window in
                [
                    .text(window.id), .text(window.root), .optional(window.request), .person(window.person),
                    .text(window.group.path), .text(window.reason),
                    .json(.array(window.approvedBy.map { .string($0.text) })), .bool(window.isEmergency),
                    .instant(window.askedAt), .instant(window.recordedAt), .instant(window.from),
                    .instant(window.until), .text(window.state.rawValue), .text(Self.text(window.places)),
                ]
            })
    }

    /// Ends a window and those that prolong it at `now`; those that had not ended by themselves.
    public func end(root: String, at now: Instant) throws -> [AccessWindow] {
        let ending = try windows("WHERE root = $1 AND closed_at IS NULL", [.text(root)], "ORDER BY from_at, id")
            .filter { !$0.isOver(at: now) }
        try session.execute(
            """
            UPDATE access_windows SET ended_at = $2, state = 'closing'
            WHERE id = $1 AND ended_at IS NULL AND lost_at IS NULL AND closed_at IS NULL AND until_at > $2
            """, batch: ending.map { [.text($0.id), .instant(now)] })
        return ending
    }

    /// Marks a window as lost; false where it is over already.
    public func lose(_ id: String, at now: Instant) throws -> Bool {
        try session.execute(
            """
            UPDATE access_windows SET lost_at = $2, state = 'lost'
            WHERE id = $1 AND lost_at IS NULL AND ended_at IS NULL AND closed_at IS NULL AND until_at > $2
            """, [.text(id), .instant(now)]) == 1
    }

    /// Writes down how far windows have come: state, places, when they opened and when they closed.
    ///
    /// Whoever read them before others moved them on takes none of that back: what is open does not open again, and what
    /// ends does not go on.
    public func advance(_ windows: [AccessWindow]) throws {
        try session.execute(
            """
            UPDATE access_windows SET places = $3, opened_at = COALESCE(opened_at, $4), closed_at = $5,
                state = CASE
                    WHEN state = 'open' AND $2 = 'opening' THEN state
                    WHEN state IN ('closing', 'lost') AND $2 IN ('opening', 'open') THEN state
                    ELSE $2 END
            WHERE id = $1 AND closed_at IS NULL
            """,
            batch: windows.map { window in
                [
                    .text(window.id), .text(window.state.rawValue), .text(Self.text(window.places)),
                    .optional(window.openedAt), .optional(window.closedAt),
                ]
            })
    }

    public func window(_ id: String) throws -> AccessWindow? { try windows("WHERE id = $1", [.text(id)], "").first }

    /// Those of one request; the earliest first.
    public func windows(ofRequest request: String) throws -> [AccessWindow] {
        try windows(ofRequests: [request])[request] ?? []
    }

    /// The same of many, by request.
    public func windows(ofRequests requests: [String]) throws -> [String: [AccessWindow]] {
        var found: [String: [AccessWindow]] = [:]
        try session.inPortions(requests.map { .text($0) }) { list, portion in
            for window in try windows("WHERE request IN \(list)", portion, "ORDER BY from_at, id") {
                window.request.map { found[$0, default: []].append(window) }
            }
        }
        return found
    }

    /// Of these ids, by id.
    public func windows(_ ids: [String]) throws -> [String: AccessWindow] {
        var found: [String: AccessWindow] = [:]
        try session.inPortions(ids.map { .text($0) }) { list, portion in
            for window in try windows("WHERE id IN \(list)", portion, "") { found[window.id] = window }
        }
        return found
    }

    public func windows(root: String) throws -> [AccessWindow] {
        try windows("WHERE root = $1", [.text(root)], "ORDER BY from_at, id")
    }

    /// What targets may still show, or may come to show: all that is not closed. What `desired` needs now.
    public func unsettled(of people: Set<PersonID>? = nil) throws -> [AccessWindow] {
        guard let people else {
            return try windows("WHERE closed_at IS NULL", [], "ORDER BY until_at, id")
        }
        var found: [AccessWindow] = []
        try session.inPortions(people.sorted().map { .person($0) }, asTable: true) { list, portion in
            found += try windows("WHERE closed_at IS NULL AND person IN \(list)", portion, "ORDER BY until_at, id")
        }
        return found
    }

    /// Windows that are over and not closed, the longest overdue first.
    public func overdue(at now: Instant) throws -> [AccessWindow] {
        try windows("WHERE \(Self.isOverdue)", [.instant(now)], "ORDER BY until_at, id")
    }

    /// Whether there is one.
    public func isAnythingOverdue(at now: Instant) throws -> Bool {
        try !session.query("SELECT 1 FROM access_windows WHERE \(Self.isOverdue) LIMIT 1", [.instant(now)]).isEmpty
    }

    private static let isOverdue = """
        closed_at IS NULL AND state <> 'scheduled'
            AND (until_at <= $1 OR ended_at IS NOT NULL OR lost_at IS NOT NULL)
        """

    /// Whether a window waits for what a target shows, to be open or closed.
    public func isAnythingToSettle() throws -> Bool {
        try !session.query(
            "SELECT 1 FROM access_windows WHERE closed_at IS NULL AND state NOT IN ('scheduled', 'open') LIMIT 1"
        ).isEmpty
    }

    /// All that had been recorded by `moment` and had not ended then: as `desired` of that moment needs them, whatever
    /// became of them since.
    public func standing(at moment: Instant) throws -> [AccessWindow] {
        try windows("WHERE until_at > $1 AND recorded_at <= $1", [.instant(moment)], "ORDER BY until_at, id")
            .map { window in
                var window = window
                if let ended = window.endedAt, ended > moment { window.endedAt = nil }
                if let lost = window.lostAt, lost > moment { window.lostAt = nil }
                if let closed = window.closedAt, closed > moment { window.closedAt = nil }
                if let opened = window.openedAt, opened > moment { window.openedAt = nil }
                window.state = window.state(at: moment)
                return window
            }
    }

    /// Ids of those that were lost by `moment` and would stand else.
    public func lost(at moment: Instant) throws -> Set<String> {
        let rows = try session.query(
            "SELECT id FROM access_windows WHERE until_at > $1 AND lost_at <= $1", [.instant(moment)])
        return Set(try rows.map { try $0.text(0) })
    }

    /// When a window next begins or ends after `now`; nil where none does.
    public func nextEdge(after now: Instant) throws -> Instant? {
        let edges = try session.query(
            """
            SELECT MIN(CASE WHEN from_at > $1 THEN from_at ELSE until_at END) FROM access_windows
            WHERE closed_at IS NULL AND until_at > $1 AND ended_at IS NULL AND lost_at IS NULL
            """, [.instant(now)])
        return try edges.first?.optionalInstant(0)
    }

    // MARK: Rows

    private static func text(_ places: [AccessWindow.Place]) -> String {
        JSONValue.array(places.map { .array([.string($0.target.text), .string($0.key)]) }).compactText
    }

    private func windows(_ condition: String, _ parameters: [SQLValue], _ order: String) throws -> [AccessWindow] {
        try session.query(
            """
            SELECT id, root, request, person, grp, reason, approved_by, emergency, asked_at, recorded_at, from_at,
                until_at, state, places, opened_at, ended_at, lost_at, closed_at
            FROM access_windows \(condition) \(order)
            """, parameters
        ).map(Self.window)
    }

    private static func window(_ row: SQLRow) throws -> AccessWindow {
        guard let state = AccessWindow.State(rawValue: try row.text(12)) else {
            throw row.corrupt(12, "not a window's state")
        }
        let approvers = try row.json(6).array?.compactMap { $0.string.flatMap { PersonID($0) } }
        var window = AccessWindow(
            id: try row.text(0), root: try row.text(1), request: try row.optionalText(2), person: try row.person(3),
            group: try row.group(4), reason: try row.text(5), approvedBy: approvers ?? [],
            isEmergency: try row.bool(7), askedAt: try row.instant(8), recordedAt: try row.instant(9),
            from: try row.instant(10), until: try row.instant(11), state: state)
        window.places = try places(try row.json(13), row)
        window.openedAt = try row.optionalInstant(14)
        window.endedAt = try row.optionalInstant(15)
        window.lostAt = try row.optionalInstant(16)
        window.closedAt = try row.optionalInstant(17)
        return window
    }

    private static func places(_ json: JSONValue, _ row: SQLRow) throws -> [AccessWindow.Place] {
        try (json.array ?? []).map { element in
            guard let pair = element.array, pair.count == 2, let target = pair[0].string.flatMap({ Slug($0) }),
                let key = pair[1].string
            else { throw row.corrupt(13, "not a place") }
            return AccessWindow.Place(target: target, key: key)
        }
    }
}

import AccessModel
import StrictJSON

/// Who had what, when, and why: for each fact the intervals in which it was seen to hold.
public struct HoldingStore {
    let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// Writes down what was seen in `target` at `now`: opens intervals of facts that were not known to hold, closes
    /// those within `scope` that were not seen, and does both for a fact that holds in another way or for another
    /// reason than before. It costs one pass over what is known, and statements by what differs.
    ///
    /// - Parameter unsettled: Keys of facts of which this says nothing, because they were being changed meanwhile.
    @discardableResult
    public func observe(
        _ seen: [SeenFact], in target: Slug, scope: HoldingScope, except unsettled: Set<String> = [], at now: Instant
    ) throws -> HoldingDelta {
        var diff = HoldingDiff(seen, except: unsettled)
        switch scope {
        case .everything:
            try session.forEachRow(
                Self.openRows("target = $1") + " ORDER BY fact_key", [.slug(target)]
            ) { row in try diff.visit(try OpenHolding(row), scope) }
            try SettingsStore(session).set(.observed(target), to: now)
            if try firstObserved(target) == nil { try SettingsStore(session).set(.firstObserved(target), to: now) }
        case .only, .nothing:
            for row in try narrowedRows(diff.keys, in: target, scope) { try diff.visit(row, scope) }
        }
        diff.finish()
        try close(diff.closing.map(\.id), at: now)
        try open(diff.opening, in: target, at: now)
        var delta = HoldingDelta()
        delta.opened = diff.opening.map(\.fact)
        delta.closed = try diff.closing.map { try $0.readFact() }
        return delta
    }

    /// When everything in `target` was last seen; nil before the first time.
    public func lastObserved(_ target: Slug) throws -> Instant? {
        try SettingsStore(session).instant(.observed(target))
    }

    /// When everything in `target` was first seen; nil before that.
    public func firstObserved(_ target: Slug) throws -> Instant? {
        try SettingsStore(session).instant(.firstObserved(target))
    }

    private static func openRows(_ condition: String) -> String {
        """
        SELECT id, fact_key, kind, identity, group_slug, fact, causes FROM holdings
        WHERE until_at IS NULL AND \(condition)
        """
    }

    /// Open intervals of what was asked about and of what was seen, each once, by their keys.
    private func narrowedRows(
        _ keys: [String], in target: Slug, _ scope: HoldingScope
    ) throws -> [OpenHolding] {
        var rows: [Int64: OpenHolding] = [:]
        func collect(_ column: String, _ values: [String]) throws {
            try session.inPortions(values.map { .text($0) }, after: 1) { list, portion in
                let sql = Self.openRows("target = $1 AND \(column) IN \(list)")
                try session.forEachRow(sql, [.slug(target)] + portion) { row in
                    let holding = try OpenHolding(row)
                    rows[holding.id] = holding
                }
            }
        }
        if case .only(let identities, let groups, _, _) = scope {
            try collect("identity", identities.map(\.description))
            try collect("group_slug", Array(groups))
        }
        let known = Set(rows.values.map(\.key))
        try collect("fact_key", keys.filter { !known.contains($0) })
        return rows.values.sorted { bytesPrecede($0.key, $1.key) }
    }

    private func close(_ ids: [Int64], at now: Instant) throws {
        try session.inPortions(ids.map { .integer($0) }, after: 1) { list, portion in
            // A clock that was set back must not make an interval end before it began.
            try session.execute(
                "UPDATE holdings SET until_at = CASE WHEN from_at > $1 THEN from_at ELSE $1 END WHERE id IN \(list)",
                [.instant(now)] + portion)
        }
    }

    private func open(_ opening: [HoldingDiff.Opening], in target: Slug, at now: Instant) throws {
        guard !opening.isEmpty else { return }
        let next = try session.query("SELECT coalesce(max(id), 0) + 1 FROM holdings").first?.integer(0) ?? 1
        try session.insert(
            into: "holdings (id, target, fact_key, kind, group_slug, identity, fact, causes, from_at)",
            zip(next..., opening).map { id, opening in
                [
                    .integer(id), .slug(target), .text(opening.fact.key), .text(opening.fact.kind.rawValue),
                    .optional(opening.fact.groupSlug), .optional(opening.fact.identity?.description),
                    .text(opening.text), .text(opening.causes), .instant(now),
                ]
            })
    }
}

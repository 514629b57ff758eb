import AccessModel
import Persistence

/// A part of a list.
struct ListPage: Sendable {
    /// Of the whole list.
    let total: Int
    let resources: [StoredResource]
    var nextCursor: String?
    var previousCursor: String?
}

/// A list that is asked for: of which kinds, and by whom.
struct ListQuery: Sendable {
    let kinds: [ResourceKind]
    let request: ListRequest
    /// Of the client's token, which signs its cursors.
    let digest: TokenDigest
    let base: String
    let now: Instant
}

extension ResourceStore {
    /// One page, on one moment of the database.
    func list(_ query: ListQuery) throws -> ListPage {
        guard query.request.count > 0 else { return ListPage(total: try count(query), resources: []) }
        switch query.request.page {
        case .index(let start):
            let rows = try rows(query, after: nil, offset: start - 1, limit: query.request.count)
            // A page that ends the list says how long it is; nobody counts again what was just read.
            let endsList = rows.count < query.request.count && (start == 1 || !rows.isEmpty)
            return ListPage(
                total: endsList ? start - 1 + rows.count : try count(query),
                resources: try rows.map(StoredResource.init))
        case .cursor(let text): return try page(query, text)
        }
    }

    /// How many the whole list has: kept where there is no filter, else counted.
    private func count(_ query: ListQuery) throws -> Int {
        guard query.request.filter != nil else { return try query.kinds.reduce(0) { $0 + (try count($1)) } }
        var text = SQLText()
        let condition = try condition(query, &text)
        let row = try ask(
            query, "SELECT count(*) FROM scim_resources AS r WHERE \(condition)", text.parameters
        ).first
        return Int(try row?.integer(0) ?? 0)
    }

    private func condition(_ query: ListQuery, _ text: inout SQLText) throws(SCIMError) -> String {
        let own = "r.client = \(text.bind(.text(client))) AND r.deleted_at IS NULL"
        var parts: [String] = []
        var refusal: SCIMError?
        for kind in query.kinds {
            // The kind is written out: an index is of one kind alone.
            let isKind = "r.kind = '\(kind.rawValue)'"
            guard let filter = query.request.filter else {
                parts.append(isKind)
                continue
            }
            var trial = text
            do throws(SCIMError) {
                let compiler = FilterCompiler(columns(kind, query.base))
                parts.append("\(isKind) AND \(try compiler.condition(filter, &trial))")
                text = trial
            } catch {
                // What one kind does not have, another may.
                refusal = error
            }
        }
        if parts.isEmpty, let refusal { throw refusal }
        guard parts.count > 1 else { return "\(own) AND \(parts.first ?? "FALSE")" }
        return "\(own) AND (\(parts.map { "(\($0))" }.joined(separator: " OR ")))"
    }

    private func columns(_ kind: ResourceKind, _ base: String) -> FilterColumns {
        FilterColumns(kind: kind, syntax: syntax, base: base)
    }

    /// Rows of ``StoredResource/columns`` and what they are sorted by.
    private func rows(
        _ query: ListQuery, after cursor: PageCursor?, offset: Int, limit: Int
    ) throws -> [SQLRow] {
        var text = SQLText()
        var condition = try condition(query, &text)
        let sort = try SortKey(query.request, query.kinds.map { columns($0, query.base) }, &text)
        if let cursor { condition += " AND \(try sort.condition(cursor, &text))" }
        let bounds = "LIMIT \(text.bind(.int(limit))) OFFSET \(text.bind(.int(offset)))"
        return try ask(
            query,
            """
            SELECT \(StoredResource.columns), \(sort.column ?? "NULL") FROM scim_resources AS r
            WHERE \(condition) ORDER BY \(sort.order(reversed: cursor?.direction == .backward)) \(bounds)
            """, text.parameters)
    }

    /// A filter makes a text of its own, and there is no end to them; without one there are few.
    private func ask(_ query: ListQuery, _ sql: String, _ parameters: [SQLValue]) throws -> [SQLRow] {
        query.request.filter.map(\.isUsual) ?? true
            ? try session.query(sql, parameters) : try session.queryOnce(sql, parameters)
    }

    // MARK: Cursors

    private func page(_ query: ListQuery, _ text: String) throws -> ListPage {
        let list = ListIdentity(query.digest, query.kinds, query.request)
        let cursor = text.isEmpty ? nil : try PageCursor(text, list, at: query.now)
        // One more than asked for tells whether there is another page.
        var rows = try rows(query, after: cursor, offset: 0, limit: query.request.count + 1)
        let hasMore = rows.count > query.request.count
        if hasMore { rows.removeLast() }
        let isBackward = cursor?.direction == .backward
        if isBackward { rows.reverse() }
        let isWhole = cursor == nil && !hasMore
        var page = ListPage(
            total: isWhole ? rows.count : try count(query), resources: try rows.map(StoredResource.init))
        // Where a cursor came from there is something, as far as anybody knows.
        if isBackward || hasMore, let last = rows.last {
            page.nextCursor = try Self.cursor(.forward, last, query.now).text(list)
        }
        if isBackward ? hasMore : cursor != nil, let first = rows.first {
            page.previousCursor = try Self.cursor(.backward, first, query.now).text(list)
        }
        return page
    }

    private static func cursor(
        _ direction: PageCursor.Direction, _ row: SQLRow, _ now: Instant
    ) throws -> PageCursor {
        let key: String? =
            switch row.values.last {
            case .text(let text)?: text
            case .integer(let number)?: String(number)
            default: nil
            }
        return PageCursor(direction: direction, seq: try row.integer(7), key: key, madeAt: now)
    }
}

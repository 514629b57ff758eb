import AccessModel

/// The rows of a feed while it is read, and what has to hold between them.
struct SnapshotTable {
    private let rules: FeedRules
    private(set) var rows: [SnapshotRow] = []
    private var places: [Place] = []

    private struct Place {
        let line: Int32
        let column: Int32
    }

    init(rules: FeedRules, expectedCount: Int) {
        self.rules = rules
        rows.reserveCapacity(expectedCount)
        places.reserveCapacity(expectedCount)
    }

    mutating func append(_ row: SnapshotRow, line: Int, column: Int) {
        rows.append(row)
        places.append(Place(line: Int32(clamping: line), column: Int32(clamping: column)))
    }

    func check(asOf: Instant, problems: inout ProblemList) {
        let order =
            rows.isSorted(by: { $0.person.id })
            ? Array(rows.indices) : rows.indices.sorted { (rows[$0].id, $0) < (rows[$1].id, $1) }
        checkIDs(order, &problems)
        // A line that was not understood may be the manager's.
        if !problems.hasErrors { checkManagers(order, &problems) }
        checkAddresses(asOf: asOf, &problems)
        checkTime(asOf, &problems)
    }

    /// A clock may be fast. But until a time far ahead has come, no snapshot before it would take anybody out.
    private func checkTime(_ asOf: Instant, _ problems: inout ProblemList) {
        guard asOf > rules.importedAt else { return }
        let isFarAhead = asOf > rules.importedAt + .days(1)
        let message =
            "as of \(asOf) is later than the import at \(rules.importedAt); "
            + (isFarAhead ? "a feed cannot know that; correct its time" : "nothing counts before then")
        problems.add(
            FeedProblem(
                severity: isFarAhead ? .error : .warning, code: "future-snapshot", line: 1, column: 1, message: message)
        )
    }

    private func add(
        _ code: String, _ index: Int, _ field: PersonField, severity: Diagnostic.Severity = .error, _ message: String,
        to problems: inout ProblemList
    ) {
        problems.add(
            FeedProblem(
                severity: severity, code: code, line: Int(places[index].line), column: Int(places[index].column),
                field: field.rawValue, message: message))
    }

    private func checkIDs(_ order: [Int], _ problems: inout ProblemList) {
        for (first, second) in zip(order, order.dropFirst()) where rows[first].person.id == rows[second].person.id {
            let message = "`\(rows[second].id)` stands on line \(places[first].line) already; an id is one person's"
            add("duplicate-id", second, .id, message, to: &problems)
        }
    }

    /// A manager whom the feed does not name may work elsewhere: it is said, and the feed goes on.
    private func checkManagers(_ order: [Int], _ problems: inout ProblemList) {
        var known = Set<PersonID>(minimumCapacity: rows.count)
        for index in rows.indices { known.insert(rows[index].person.id) }
        for index in order {
            guard let manager = rows[index].person.manager, !known.contains(manager) else { continue }
            let message = "no person `\(manager)` is in the feed; the manager stands as written"
            add("unknown-manager", index, .manager, severity: .warning, message, to: &problems)
        }
    }

    private func checkAddresses(asOf: Instant, _ problems: inout ProblemList) {
        let today = DayBoundaries.utc.day(of: asOf)
        var owners: [EmailAddress: Int32] = Dictionary(minimumCapacity: rows.count)
        // By index: a row is a large value, dear to copy.
        for index in rows.indices where !hasLeft(index, by: today) {
            claim(rows[index].person.email, .email, index, &owners, &problems)
            for alias in rows[index].person.aliases { claim(alias, .aliases, index, &owners, &problems) }
        }
    }

    private func claim(
        _ address: EmailAddress, _ field: PersonField, _ index: Int, _ owners: inout [EmailAddress: Int32],
        _ problems: inout ProblemList
    ) {
        guard let owner = owners.updateValue(Int32(index), forKey: address), owner != Int32(index) else { return }
        let other = rows[Int(owner)].id
        guard other != rows[index].id else { return }
        let message =
            "`\(address)` is `\(other)`'s (line \(places[Int(owner)].line)) and `\(rows[index].id)`'s; what lists it "
            + "means neither and grants nothing new until one of them gives it up"
        add("shared-address", index, field, severity: .warning, message, to: &problems)
    }

    /// `status: left`, and no last day to come.
    private func hasLeft(_ index: Int, by day: CalendarDay) -> Bool {
        rows[index].person.status == .left && (rows[index].end.map { $0.day < day } ?? true)
    }
}

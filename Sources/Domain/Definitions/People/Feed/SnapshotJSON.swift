import AccessModel
import StrictJSON

/// Reads a JSON snapshot: `{"count": N, "as_of": T, "people": [{...}]}`.
struct SnapshotJSON {
    private let rules: FeedRules
    private let locator: JSONLocator
    private var problems = ProblemList()
    private var table: SnapshotTable
    private var statedTime: Instant?

    static func read(_ bytes: [UInt8], rules: FeedRules) -> HRSnapshot.Reading {
        do {
            let value = try JSONParser.parse(bytes)
            var reader = SnapshotJSON(bytes, rules: rules)
            return reader.read(value)
        } catch {
            let problem = FeedProblem(
                code: "invalid-json", line: error.line, column: error.column,
                message: error.message + "; the feed may have been cut")
            return .refused(FeedRefusal(problems: [problem]))
        }
    }

    private init(_ bytes: [UInt8], rules: FeedRules) {
        self.rules = rules
        locator = JSONLocator(bytes)
        table = SnapshotTable(rules: rules, expectedCount: bytes.count / 200)
    }

    private mutating func read(_ value: JSONValue) -> HRSnapshot.Reading {
        if let people = envelope(value) {
            let places = locator.elementPlaces(of: [.member("people")])
            for (person, place) in zip(people, places) { self.person(person, at: place) }
            table.check(asOf: statedTime ?? rules.importedAt, problems: &problems)
        }
        guard !problems.hasErrors else { return .refused(FeedRefusal(problems: problems.sorted)) }
        return .whole(
            HRSnapshot(asOf: statedTime ?? rules.importedAt, rows: table.rows), warnings: problems.sorted)
    }

    /// Nil when there is no list of people.
    private mutating func envelope(_ value: JSONValue) -> [JSONValue]? {
        guard case .object(let object) = value else {
            add("wrong-type", nil, "expected an object with `count`, `as_of` and `people`, found \(value.kindName)")
            return nil
        }
        for name in object.names where !["count", "as_of", "people"].contains(name) {
            add("unknown-member", name, "it is not known here; expected `count`, `as_of` and `people`")
        }
        readTime(object["as_of"])
        guard case .array(let people)? = object["people"] else {
            let found = object["people"].map { "found \($0.kindName)" } ?? "it is missing"
            add("missing-people", "people", "expected an array of people; \(found)")
            return nil
        }
        checkCount(object["count"], people.count)
        return people
    }

    private mutating func readTime(_ value: JSONValue?) {
        guard let value else { return }
        statedTime = value.string.flatMap { Instant($0) }
        guard statedTime == nil else { return }
        add("invalid-time", "as_of", "expected a time like `2026-11-21T06:00:00Z`")
    }

    private mutating func checkCount(_ stated: JSONValue?, _ count: Int) {
        if count == 0 { add("empty-feed", "people", "the feed holds nobody") }
        guard let stated else {
            add("missing-count", nil, "the feed lacks its count; add `\"count\": \(count)`, the number of people")
            return
        }
        guard let number = stated.integer, number >= 0 else {
            add("invalid-count", "count", "expected a whole number, found \(stated.kindName)")
            return
        }
        guard number != Int64(count) else { return }
        add(
            "count-mismatch", "count",
            "the feed states \(number) people and holds \(count); people are missing, or the count is wrong")
    }

    private mutating func person(_ value: JSONValue, at place: FeedPlace) {
        guard case .object(let object) = value else {
            problems.add(
                "wrong-type", line: place.line, column: place.column,
                "expected an object for a person, found \(value.kindName)")
            return
        }
        var draft = PersonDraft()
        var isGood = true
        for field in PersonField.allCases where field.isRequired && object[field.rawValue] == nil {
            let fault = FieldFault(code: "missing-value", message: "a person needs it")
            problems.add(fault, line: place.line, column: place.column, field: field)
            isGood = false
        }
        for member in object.members {
            isGood = read(member, into: &draft, at: place) && isGood
        }
        guard isGood else { return }
        for (field, fault) in draft.faults(rules: rules) { add(fault, field, at: place) }
        if let row = SnapshotRow(draft) { table.append(row, line: place.line, column: place.column) }
    }

    private mutating func read(_ member: JSONObject.Member, into draft: inout PersonDraft, at place: FeedPlace) -> Bool
    {
        guard let field = PersonField(rawValue: member.name) else {
            let found = locator.place(of: [.member(member.name)], from: place)
            let names = PersonField.header.joined(separator: ", ")
            problems.add(
                FeedProblem(
                    code: "unknown-member", line: found.line, column: found.column, field: member.name,
                    message: "it is not known here; a person has \(names)"))
            return false
        }
        switch field.read(member.value) {
        case .success(let attribute):
            draft.apply(attribute)
            return true
        case .failure(let fault):
            add(fault, field, at: place)
            return false
        }
    }

    private mutating func add(_ fault: FieldFault, _ field: PersonField, at place: FeedPlace) {
        let found = locator.place(of: [.member(field.rawValue)], from: place)
        problems.add(fault, line: found.line, column: found.column, field: field)
    }

    private mutating func add(_ code: String, _ member: String?, _ message: String) {
        let place = locator.place(of: member.map { [.member($0)] } ?? [])
        problems.add(
            FeedProblem(code: code, line: place.line, column: place.column, field: member, message: message))
    }
}

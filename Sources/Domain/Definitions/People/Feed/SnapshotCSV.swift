import AccessModel

/// Reads a CSV snapshot: a header, a record a person, and a last record that states the count.
struct SnapshotCSV {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let rules: FeedRules
    private var reader: CSVReader
    private var fields: [CSVReader.Field] = []
    private var scratch: [UInt8] = []
    private var problems = ProblemList()
    private var table: SnapshotTable
    private var records = 0
    private var statedTime: Instant?

    static func read(_ bytes: [UInt8], rules: FeedRules) -> HRSnapshot.Reading {
        bytes.withUnsafeBufferPointer { buffer in
            var parser = SnapshotCSV(buffer, rules: rules)
            return parser.read()
        }
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>, rules: FeedRules) {
        self.bytes = bytes
        self.rules = rules
        reader = CSVReader(bytes)
        table = SnapshotTable(rules: rules, expectedCount: bytes.count / 100)
    }

    private mutating func read() -> HRSnapshot.Reading {
        if header(), body() {
            table.check(asOf: statedTime ?? rules.importedAt, problems: &problems)
        }
        guard !problems.hasErrors else { return .refused(FeedRefusal(problems: problems.sorted)) }
        return .whole(
            HRSnapshot(asOf: statedTime ?? rules.importedAt, rows: table.rows), warnings: problems.sorted)
    }

    /// False when the rest cannot be understood without it.
    private mutating func header() -> Bool {
        let expected = PersonField.header.joined(separator: ",")
        switch reader.next(into: &fields) {
        case .fields(_, true) where fields.map({ text($0) }) == PersonField.header: return true
        case .fault(let problem): problems.add(problem)
        default:
            problems.add(
                "header", line: 1, column: 1,
                "the first line is not the header; expected exactly `\(expected)`, with a line end")
        }
        return false
    }

    /// False when the feed ended before its count.
    private mutating func body() -> Bool {
        while true {
            switch reader.next(into: &fields) {
            case .end:
                problems.add(
                    "missing-count", line: reader.line, column: 1,
                    "the feed ends without its count; the last record must be `#count,\(records)` with the number of "
                        + "people, and a line end")
                return false
            case .fault(let problem):
                problems.add(problem)
                records += 1
            case .fields(let line, let isTerminated):
                if isCount {
                    count(line: line, isTerminated: isTerminated)
                    return true
                }
                person(line: line)
            }
        }
    }

    private var isCount: Bool {
        guard let first = fields.first else { return false }
        return bytes[first.range].elementsEqual("#count".utf8)
    }

    private mutating func person(line: Int) {
        records += 1
        guard fields.count == PersonField.header.count else {
            problems.add(
                "field-count", line: line, column: 1,
                "\(fields.count) fields instead of \(PersonField.header.count); columns are shifted, or the feed was cut"
            )
            return
        }
        var draft = PersonDraft()
        var isGood = true
        for (field, place) in zip(PersonField.allCases, fields) {
            switch read(field, place) {
            case .success(let attribute): draft.apply(attribute)
            case .failure(let fault):
                problems.add(fault, line: line, column: place.column, field: field)
                isGood = false
            }
        }
        guard isGood else { return }
        for (field, fault) in draft.faults(rules: rules) {
            let index = PersonField.allCases.firstIndex(of: field) ?? 0
            problems.add(fault, line: line, column: fields[index].column, field: field)
        }
        if let row = SnapshotRow(draft) { table.append(row, line: line, column: 1) }
    }

    private mutating func read(_ field: PersonField, _ place: CSVReader.Field) -> Result<PersonAttribute, FieldFault> {
        guard place.hasEscapes else { return field.read(UnsafeBufferPointer(rebasing: bytes[place.range])) }
        unescape(place)
        return scratch.withUnsafeBufferPointer { field.read($0) }
    }

    /// Into `scratch`, each doubled quote as one.
    private mutating func unescape(_ place: CSVReader.Field) {
        scratch.removeAll(keepingCapacity: true)
        var index = place.range.lowerBound
        while index < place.range.upperBound {
            scratch.append(bytes[index])
            index += bytes[index] == UInt8(ascii: "\"") ? 2 : 1
        }
    }

    private func text(_ place: CSVReader.Field) -> String { String(decoding: bytes[place.range], as: UTF8.self) }

    private mutating func count(line: Int, isTerminated: Bool) {
        if !isTerminated {
            problems.add(
                "cut-off", line: line, column: 1,
                "the last line does not end with a line end, so the feed may have been cut within it; add one")
        }
        if !reader.isAtEnd {
            problems.add(
                "after-count", line: line + 1, column: 1,
                "there is text after the count; `#count` is the last record, and nothing follows its line end")
        }
        guard (2...3).contains(fields.count), let stated = number(fields[1]) else {
            problems.add(
                "invalid-count", line: line, column: 1,
                "expected `#count,N` or `#count,N,TIME`, N a whole number, TIME like `2026-11-21T06:00:00Z`")
            return
        }
        if stated != records {
            problems.add(
                "count-mismatch", line: line, column: fields[1].column,
                "the feed states \(stated) people and holds \(records); people are missing, or the count is wrong")
        }
        if records == 0 { problems.add("empty-feed", line: line, column: 1, "the feed holds nobody") }
        guard fields.count == 3 else { return }
        statedTime = Instant(text(fields[2]))
        if statedTime == nil {
            problems.add(
                "invalid-time", line: line, column: fields[2].column,
                "`\(text(fields[2]))` is not a time; expected one like `2026-11-21T06:00:00Z`")
        }
    }

    private func number(_ place: CSVReader.Field) -> Int? {
        let digits = bytes[place.range]
        guard (1...9).contains(digits.count), digits.allSatisfy(\.isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}

import AccessModel
import Definitions
import Testing

/// Numbers from a seed, so that a failure can be played again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

@Suite struct PeopleConvergenceTests {
    /// A few words of HR at random: events and snapshots, some of one time, some said late, some ahead.
    struct History {
        var rows: [StatedRow] = []
        var events: [HREvent] = []

        init(seed: UInt64) throws {
            var random = SeededGenerator(seed: seed)
            for number in 0..<Int.random(in: 1...6, using: &random) {
                events.append(try Self.event(number, &random))
            }
            for _ in 0..<Int.random(in: 1...5, using: &random) { rows.append(try Self.row(&random)) }
        }

        static func time(_ random: inout SeededGenerator) -> String {
            "2026-11-\(Int.random(in: 10...20, using: &random))T\(Bool.random(using: &random) ? "06" : "09"):00:00Z"
        }

        static func event(_ number: Int, _ random: inout SeededGenerator) throws -> HREvent {
            let kind = HREvent.Kind.allCases.randomElement(using: &random) ?? .moved
            let department = ["Data", "Sales", "Legal"].randomElement(using: &random) ?? ""
            let person =
                switch kind {
                case .joined: PeopleTimelineTests.joined
                case .extended: "{\"end_date\":\"2026-11-\(Int.random(in: 10...25, using: &random))\"}"
                case .moved, .rehired: "{\"department\":\"\(department)\"}"
                default: "{}"
                }
            return try PeopleFeeds.event(
                kind.rawValue, id: "\(number)", time: time(&random),
                effective: Bool.random(using: &random) ? nil : time(&random),
                person: person)
        }

        static func row(_ random: inout SeededGenerator) throws -> StatedRow {
            let status = [Person.Status.active, .active, .suspended, .left].randomElement(using: &random) ?? .active
            let department = ["Data", "Sales", "Engineering"].randomElement(using: &random) ?? ""
            let end =
                Bool.random(using: &random) ? nil : CalendarDay("2026-11-\(Int.random(in: 12...28, using: &random))")
            return try PeopleTimelineTests.row(time(&random), absent: Int.random(in: 0..<8, using: &random) == 0) {
                $0.status = status
                $0.department = department
                $0.endDate = end
            }
        }
    }

    static let moments = (8...30).flatMap { day in
        ["00", "06", "08", "09", "12"].map { at("2026-11-\(day < 10 ? "0" : "")\(day)T\($0):00:00Z") }
    }

    @Test func anyOrderOfArrivalComesToTheSameEnd() throws {
        for seed in 1...150 as ClosedRange<UInt64> {
            let history = try History(seed: seed)
            var random = SeededGenerator(seed: seed + 10_000)
            let clean = try PeopleTimelineTests.timeline(history.rows, history.events)
            let states = Self.moments.map { clean.state(at: $0, in: .utc) }
            for _ in 0..<5 {
                var shuffled = try PeopleTimelineTests.timeline()
                var words: [Int] = Array(0..<(history.rows.count + history.events.count))
                words.shuffle(using: &random)
                for word in words {
                    shuffled =
                        word < history.rows.count
                        ? shuffled.adding(history.rows[word])
                        : shuffled.adding(history.events[word - history.rows.count])
                }
                #expect(Self.moments.map { shuffled.state(at: $0, in: .utc) } == states, "seed \(seed)")
            }
        }
    }

    /// A span of snapshots is kept as one row; it says what each of them said by itself.
    @Test func aSpanSaysWhatItsSnapshotsSaid() throws {
        for seed in 1...150 as ClosedRange<UInt64> {
            let history = try History(seed: seed)
            let from = try #require(history.rows.first)
            let times = (0..<8).map { from.statedFrom + .hours(Int64($0) * 11) }
            let last = try #require(times.last)
            let span = StatedRow(
                row: from.row, statedFrom: from.statedFrom, statedUntil: last, importedAt: from.importedAt,
                isAbsence: from.isAbsence)
            let single = times.map {
                StatedRow(
                    row: from.row, statedFrom: $0, statedUntil: $0, importedAt: from.importedAt,
                    isAbsence: from.isAbsence)
            }
            let kept = PersonTimeline(id: span.id, rows: [span], events: history.events, snapshots: times)
            let apart = PersonTimeline(id: span.id, rows: single, events: history.events, snapshots: times)
            for moment in Self.moments {
                let left = kept.state(at: moment, in: .utc)
                let right = apart.state(at: moment, in: .utc)
                #expect(left?.person == right?.person, "seed \(seed) at \(moment)")
                #expect(left?.presence == right?.presence, "seed \(seed) at \(moment)")
                #expect(left?.presenceSince == right?.presenceSince, "seed \(seed) at \(moment)")
                #expect(left?.moves == right?.moves, "seed \(seed) at \(moment)")
            }
        }
    }

    /// Between two moments that the timeline names nothing changes.
    @Test func nothingChangesBeforeTheNextChange() throws {
        for seed in 1...150 as ClosedRange<UInt64> {
            let history = try History(seed: seed)
            let timeline = try PeopleTimelineTests.timeline(history.rows, history.events)
            for (now, later) in zip(Self.moments, Self.moments.dropFirst()) {
                let next = timeline.nextChange(after: now, in: .utc)
                guard next.map({ $0 > later }) ?? true else { continue }
                let left = timeline.state(at: now, in: .utc)
                #expect(left?.presence == timeline.state(at: later, in: .utc)?.presence, "seed \(seed) at \(now)")
                #expect(left?.person == timeline.state(at: later, in: .utc)?.person, "seed \(seed) at \(now)")
            }
        }
    }
}

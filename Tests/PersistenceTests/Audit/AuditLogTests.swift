import AccessModel
import AuditTrail
import Persistence
import StrictJSON
import TestSupport
import Testing

@Suite("The audit log in the database")
struct AuditLogTests {
    static func record(_ index: Int, type: String = "test.event") -> Record {
        Record(
            at: Instant(milliseconds: 1_700_000_000_000 + Int64(index)), type: type, actor: "local:test",
            subject: index.isMultiple(of: 2) ? "e-\(index % 10)" : nil,
            caseID: index.isMultiple(of: 3) ? "case-\(index % 9)" : nil, body: ["n": .integer(Int64(index))])
    }

    static func records(_ range: Range<Int>) -> [Record] { range.map { record($0) } }

    @Test(arguments: DatabaseDriver.all) func rootsAreThoseOfTheLeaves(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            var expected = CompactRange()
            var roots = [expected.root]
            #expect(try await database.read { try AuditLog($0).root() } == .emptyRoot)
            for batch in [1, 1, 2, 3, 7, 1, 300, 16, 5] {
                let start = expected.size
                let places = try await database.write { session in
                    try AuditLog(session).append(Self.records(start..<(start + batch)))
                }
                #expect(places == start..<(start + batch))
                for seq in places {
                    expected.append(Entry(seq: seq, record: Self.record(seq)).leafHash)
                    roots.append(expected.root)
                }
                #expect(try await database.read { try AuditLog($0).root() } == expected.root)
            }
            let stored = try await database.read { session in
                try (0...AuditLog(session).size()).map { try AuditLog(session).root(size: $0) }
            }
            #expect(stored == roots)
        }
    }

    /// Some of the writes that share a commit read the log, and some of those are undone.
    @Test(arguments: DatabaseDriver.all) func whatIsUndoneLeavesNoGap(_ driver: DatabaseDriver) async throws {
        struct Refused: Error {}
        try await driver.withSchema { database in
            let kept = try await withThrowingTaskGroup(of: Range<Int>?.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        do {
                            return try await database.write { session in
                                let log = AuditLog(session)
                                let places = try log.append(Self.records(number * 3..<number * 3 + 3))
                                if number % 3 > 0 {
                                    let entries = try log.entries(AuditLog.Filter(range: places))
                                    #expect(entries.map(\.seq) == Array(places))
                                }
                                if number % 3 == 2 { throw Refused() }
                                return places
                            }
                        } catch is Refused {
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.formUnion($1 ?? 0..<0) }
            }
            #expect(kept == Set(0..<600))
            try await database.read { session in
                var expected = CompactRange()
                try AuditLog(session).forEachLeaf { expected.append(.leaf($0.bytes)) }
                #expect(expected.size == 600)
                #expect(try AuditLog(session).root() == expected.root)
            }
        }
    }

    /// Whoever looked at the clock first may come to the log second, in one transaction, in one commit, or in another.
    @Test(arguments: DatabaseDriver.all) func noRecordIsOlderThanTheOneBeforeIt(_ driver: DatabaseDriver) async throws {
        @Sendable func record(_ second: Int64) -> Record {
            Record(at: Instant(milliseconds: second * 1_000), type: "t", actor: "a", body: ["told": .integer(second)])
        }
        struct Refused: Error {}
        try await driver.withSchema { database in
            try await database.write { try AuditLog($0).append([record(5), record(3), record(6)]) }
            try await database.write { try AuditLog($0).append([record(4)]) }
            try await database.transact { _, records in records = [record(8), record(7)] }
            // A later time that was undone holds nobody up.
            await #expect(throws: Refused.self) {
                try await database.transact { session, _ in
                    try AuditLog(session).append([record(99)])
                    throw Refused()
                }
            }
            try await database.transact { _, records in records = [record(9)] }
            let entries = try await database.read { try AuditLog($0).entries() }
            #expect(entries.map { $0.record.body["told"]?.integer } == [5, 3, 6, 4, 8, 7, 9])
            #expect(entries.map { $0.record.at.milliseconds / 1_000 } == [5, 5, 6, 6, 8, 8, 9])
            let stored = try await database.read { session in
                try session.query("SELECT at FROM audit_leaves ORDER BY seq").map { try $0.instant(0) }
            }
            #expect(stored == entries.map(\.record.at))

            // Many at once, each with a moment of its own, share commits.
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        do {
                            try await database.transact { _, records in
                                records = [record(Int64(1_000 - number))]
                                if number.isMultiple(of: 7) { throw Refused() }
                            }
                        } catch {
                            #expect(error is Refused)
                        }
                    }
                }
            }
            let times = try await database.read { try AuditLog($0).entries().map(\.record.at) }
            #expect(times.count == 7 + 200 - 29 && times == times.sorted())
        }
    }

    @Test(arguments: DatabaseDriver.all) func proofsVerify(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            try await database.write { try AuditLog($0).append(Self.records(0..<37)) }
            try await database.read { session in
                let tree = try AuditLog(session).tree()
                let root = try tree.root(size: 37)
                for index in 0..<37 {
                    let leaf = Entry(seq: index, record: Self.record(index)).leafHash
                    #expect(try tree.inclusionProof(index: index, size: 37).proves(leaf: leaf, root: root))
                    let older = try tree.root(size: index)
                    #expect(
                        try tree.consistencyProof(from: index, to: 37).proves(firstRoot: older, secondRoot: root))
                }
            }
        }
    }

    @Test(arguments: DatabaseDriver.all) func entriesAreFound(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            try await database.write { try AuditLog($0).append(Self.records(0..<60)) }
            let start: Int64 = 1_700_000_000_000
            let cases: [(AuditLog.Filter, [Int])] = [
                (.init(), Array(0..<60)),
                (.init(range: 10..<12), [10, 11]),
                (.init(subject: "e-4"), [4, 14, 24, 34, 44, 54]),
                (.init(caseID: "case-3"), (0..<60).filter { $0 % 9 == 3 }),
                (.init(last: 3), [57, 58, 59]),
                (.init(subject: "e-4", last: 2), [44, 54]),
                (.init(types: ["other", "test.event"]), Array(0..<60)),
                (.init(types: ["other"]), []),
                (.init(actor: "local:test"), Array(0..<60)),
                (.init(actor: "local:nobody"), []),
                (
                    .init(
                        since: Instant(milliseconds: start + 5), until: Instant(milliseconds: start + 7)), [5, 6]
                ),
            ]
            for (filter, expected) in cases {
                let seqs = try await database.read { try AuditLog($0).entries(filter).map(\.seq) }
                #expect(seqs == expected, "\(filter)")
            }
            let entries = try await database.read { try AuditLog($0).entries() }
            #expect(entries.map(\.record) == Self.records(0..<60))
        }
    }

    @Test(arguments: DatabaseDriver.all) func aStateAndItsRecordStandOrFallTogether(_ driver: DatabaseDriver)
        async throws
    {
        try await driver.withSchema { database in
            try await database.transact { session, records in
                try SettingsStore(session).set(.origin, to: "one")
                records.append(Self.record(0))
            }
            // What stands in the way of a leaf, and of a node, and how it is taken away again.
            let troubles = [
                (
                    "ALTER TABLE audit_leaves RENAME COLUMN leaf TO gone",
                    "ALTER TABLE audit_leaves RENAME COLUMN gone TO leaf"
                ),
                (
                    "INSERT INTO audit_tree (position, hash) SELECT 2, hash FROM audit_tree WHERE position = 0",
                    "DELETE FROM audit_tree WHERE position = 2"
                ),
            ]
            for (trouble, mend) in troubles {
                try await database.write { _ = try $0.execute(trouble) }
                let code = try await code {
                    try await database.transact { session, records in
                        try SettingsStore(session).set(.origin, to: "two")
                        records += Self.records(1..<3)
                    }
                }
                #expect(code != nil, "\(trouble)")
                try await database.write { _ = try $0.execute(mend) }
            }
            struct Refused: Error {}
            await #expect(throws: Refused.self) {
                try await database.transact { session, records in
                    try SettingsStore(session).set(.origin, to: "three")
                    records.append(Self.record(1))
                    throw Refused()
                }
            }
            let state = try await database.read { try SettingsStore($0).value(.origin) }
            #expect(state == "one")
            #expect(try await database.read { try AuditLog($0).size() } == 1)
        }
    }

    @Test(arguments: DatabaseDriver.all) func aRecordThatNobodyCouldVerifyIsRefused(_ driver: DatabaseDriver)
        async throws
    {
        let now = Instant(milliseconds: 5)
        var deep: JSONValue = [:]
        for _ in 0..<63 { deep = ["x": deep] }
        let wrong = [
            Record(at: now, type: "", actor: "a"), Record(at: now, type: "t", actor: ""),
            Record(at: now, type: "t", actor: "a", body: "text"), Record(at: now, type: "t", actor: "a", body: deep),
            Record(at: Instant(milliseconds: -1), type: "t", actor: "a"),
        ]
        try await driver.withSchema { database in
            for record in wrong {
                let code = try await code {
                    try await database.transact { session, records in
                        try SettingsStore(session).set(.origin, to: "x")
                        records = [Self.record(0), record]
                    }
                }
                #expect(code == .constraint, "\(record)")
            }
            #expect(try await database.read { try AuditLog($0).size() } == 0)
            #expect(try await database.read { try SettingsStore($0).value(.origin) } == nil)
        }
    }

    @Test(arguments: DatabaseDriver.all) func theDeepestRecordThatIsTakenIsRead(_ driver: DatabaseDriver) async throws {
        var deep: JSONValue = [:]
        for _ in 0..<62 { deep = ["x": deep] }
        let record = Record(at: Instant(milliseconds: 5), type: "t", actor: "a", body: deep)
        try await driver.withSchema { database in
            try await database.write { try AuditLog($0).append([record]) }
            #expect(try await database.read { try AuditLog($0).entries().map(\.record) } == [record])
        }
    }
}

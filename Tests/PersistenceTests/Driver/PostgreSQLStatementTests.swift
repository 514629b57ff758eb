import Persistence
import TestSupport
import Testing

@Suite("Statements on PostgreSQL")
struct PostgreSQLStatementTests {
    @Test("more texts than are kept prepared")
    func manyTexts() async throws {
        try await PostgreSQLPort.with { database, _ in
            try await database.write { session in
                for round in 0..<2 {
                    for text in 0..<600 {
                        let row = try session.query("SELECT $1 + \(text)", [.int(round)]).first
                        #expect(try row?.integer(0) == Int64(round + text))
                    }
                }
            }
        }
    }

    @Test("a parameter may be of no value first and of one later, and the other way round")
    func nulls() async throws {
        try await PostgreSQLPort.with { database, _ in
            let rows: [[SQLValue]] = [
                [.int(1), .null], [.int(2), .text("b")], [.int(3), .null], [.int(4), .text("d")],
            ]
            try await database.write { (session) throws in
                let sql = "INSERT INTO words (id, word) VALUES ($1, $2)"
                for row in rows { #expect(try session.execute(sql, row) == 1) }
                let update = "UPDATE words SET word = COALESCE($2, word) WHERE id = $1"
                for row in rows { #expect(try session.execute(update, row) == 1) }
                #expect(try session.execute("DELETE FROM words", batch: [[]]) == [4])
                #expect(try session.execute(sql, batch: rows) == [1, 1, 1, 1])
                #expect(try session.query("SELECT id, word FROM words ORDER BY id").map(\.values) == rows)
            }
        }
    }

    @Test("a value of another type is refused, never turned into one")
    func types() async throws {
        try await PostgreSQLPort.with { database, _ in
            for wrong in [[SQLValue.text("1"), .null], [.blob([1]), .null]] {
                let code = try await code {
                    try await database.write { session in
                        _ = try session.execute("INSERT INTO words (id, word) VALUES ($1, $2)", wrong)
                    }
                }
                #expect(code == .statement, "\(wrong)")
            }
            for sql in ["SELECT 1.5", "SELECT 1.5::float8", "SELECT sum(id) FROM words", "SELECT now()"] {
                let code = try await code { _ = try await database.read { try $0.query("\(sql)") } }
                #expect(code == .statement || sql.contains("sum"), "\(sql)")
            }
        }
    }

    @Test("a batch that is larger than a pipeline, and one of whose statements fails")
    func batches() async throws {
        try await PostgreSQLPort.with { database, _ in
            let sql = "INSERT INTO words (id, word) VALUES ($1, $2)"
            let rows: [[SQLValue]] = (0..<1_000).map { [.int($0), .text(String(repeating: "x", count: 2_000))] }
            try await database.write { (session) throws in
                #expect(try session.execute(sql, batch: rows) == Array(repeating: 1, count: 1_000))
                #expect(try session.execute(sql, batch: []) == [])
            }
            let code = try await code {
                try await database.write { session in
                    #expect(throws: PersistenceError.self) {
                        try session.execute(
                            sql, batch: [[.int(2_000), .null], [.int(5), .null], [.int(2_001), .null]])
                    }
                    _ = try session.query("SELECT 1")
                }
            }
            #expect(code == .constraint)
            #expect(try await PostgreSQLPort.ids(database).count == 1_000)
        }
    }

    @Test("what a change returns")
    func returning() async throws {
        try await PostgreSQLPort.with { database, _ in
            try await database.write { session in
                try session.insert(into: "words (id)", (0..<600).map { [.int($0)] })
                var seen: Set<Int64> = []
                try session.forEachRow("UPDATE words SET word = 'x' WHERE id < $1 RETURNING id", [.int(500)]) { row in
                    seen.insert(try row.integer(0))
                }
                #expect(seen == Set(0..<500))
            }
        }
    }

    @Test("a loop that is left early closes its cursor")
    func cursors() async throws {
        struct Enough: Error {}
        try await PostgreSQLPort.with { database, _ in
            try await database.write { session in
                try session.insert(into: "words (id)", (0..<3_000).map { [.int($0)] })
            }
            try await database.read { session in
                for _ in 0..<20 {
                    #expect(throws: Enough.self) {
                        try session.forEachRow("SELECT id FROM words", []) { _ in throw Enough() }
                    }
                }
                let open = try session.query("SELECT count(*) FROM pg_cursors WHERE name LIKE 'c%'")
                #expect(try open.first?.integer(0) == 0)
            }
        }
    }
}

import AccessModel
import Persistence
import Testing

@Suite("A driver's statements")
struct StatementConformance {
    private static let table = "CREATE TABLE sample (id BIGINT PRIMARY KEY, word TEXT)"

    @Test("values come back as they went in", arguments: DatabaseDriver.all)
    func values(_ driver: DatabaseDriver) async throws {
        let values: [SQLValue] = [
            .integer(0), .integer(-1), .integer(.max), .integer(.min), .text(""), .text("it's $1 \"quoted\" ?1"),
            .text("é"), .text("e\u{301}"), .text("ᴮᴵᴳ 🦆\r\n\t"), .blob([]), .blob([0, 255, 0, 1]), .null,
            .bool(true), .instant(Instant(milliseconds: 1_700_000_000_123)),
        ]
        let bytes = driver.testDescription == "sqlite" ? "BLOB" : "BYTEA"
        try await driver.withDatabase { database in
            let rows = try await database.write { session in
                try session.execute("CREATE TABLE v (id BIGINT PRIMARY KEY, i BIGINT, t TEXT, b \(bytes))")
                for (index, value) in values.enumerated() {
                    var row: [SQLValue] = [.int(index), .null, .null, .null]
                    switch value {
                    case .null: break
                    case .integer: row[1] = value
                    case .text: row[2] = value
                    case .blob: row[3] = value
                    }
                    try session.execute("INSERT INTO v (id, i, t, b) VALUES ($1, $2, $3, $4)", row)
                }
                return try session.query("SELECT i, t, b FROM v ORDER BY id")
            }
            #expect(rows.count == values.count)
            for (row, value) in zip(rows, values) {
                let stored = row.values.first { $0 != .null } ?? .null
                #expect(stored == value)
                if case .text(let text) = value { #expect(try row.text(1).utf8.elementsEqual(text.utf8)) }
            }
        }
    }

    @Test("text is ordered and compared by its bytes", arguments: DatabaseDriver.all)
    func order(_ driver: DatabaseDriver) async throws {
        try await driver.withDatabase { database in
            try await Schema.migrate(database, at: Instant(milliseconds: 0))
            let words = ["b", "B", "a", "é", "e\u{301}", "z", "_", "a b"]
            let stored = try await database.write { session in
                try session.insert(
                    into: "settings (name, value)", words.map { [.text($0), .text("")] })
                return try session.query("SELECT name FROM settings ORDER BY name").map { try $0.text(0) }
            }
            let sorted = words.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            #expect(stored.map { Array($0.utf8) } == sorted.map { Array($0.utf8) })
        }
    }

    @Test("a parameter stands where its number says", arguments: DatabaseDriver.all)
    func parameters(_ driver: DatabaseDriver) async throws {
        try await driver.withDatabase { database in
            try await database.write { session in
                try session.execute(Self.table)
                try session.execute("INSERT INTO sample (word, id) VALUES ($2, $1)", [.int(7), .text("seven")])
                let swapped = try session.query(
                    "SELECT id, word, '$1' FROM sample WHERE word = $2 AND id = $1 AND id = $1",
                    [.int(7), .text("seven")])
                #expect(swapped == [SQLRow([.integer(7), .text("seven"), .text("$1")])])
                let many: [[SQLValue]] = (0..<12).map { [.int(100 + $0), .text("word \($0)")] }
                try session.insert(into: "sample (id, word)", many)
                let places = (1...12).reversed().map { "$\($0)" }.joined(separator: ", ")
                let found = try session.query(
                    "SELECT id FROM sample WHERE id IN (\(places)) ORDER BY id", many.map { $0[0] })
                #expect(try found.map { try $0.integer(0) } == (0..<12).map { 100 + $0 })
            }
        }
    }

    @Test("too few and too many parameters are refused", arguments: DatabaseDriver.all)
    func wrongCount(_ driver: DatabaseDriver) async throws {
        try await driver.withDatabase { database in
            try await database.write { session in _ = try session.execute(Self.table) }
            for parameters in [[SQLValue.int(1)], [.int(1), .text("a"), .text("b")]] {
                let code = try await code {
                    try await database.write { session in
                        _ = try session.execute("INSERT INTO sample (id, word) VALUES ($1, $2)", parameters)
                    }
                }
                #expect(code == .statement)
            }
        }
    }

    @Test("a statement says how many rows it changed", arguments: DatabaseDriver.all)
    func changes(_ driver: DatabaseDriver) async throws {
        try await driver.withDatabase { database in
            try await database.write { (session) throws in
                #expect(try session.execute(Self.table) == 0)
                let rows: [[SQLValue]] = (0..<600).map { [.int($0), .text("x")] }
                #expect(try session.insert(into: "sample (id, word)", rows) == 600)
                #expect(
                    try session.insert(into: "sample (id, word)", rows, onConflict: "ON CONFLICT (id) DO NOTHING") == 0)
                #expect(try session.execute("UPDATE sample SET word = $1 WHERE id < $2", [.text("y"), .int(10)]) == 10)
                #expect(try session.execute("DELETE FROM sample WHERE id = $1", [.int(1000)]) == 0)
                #expect(try session.insert(into: "sample (id, word)", []) == 0)
            }
        }
    }

    @Test("a broken rule is a constraint, and names no value", arguments: DatabaseDriver.all)
    func constraints(_ driver: DatabaseDriver) async throws {
        let broken: [(String, [SQLValue])] = [
            ("INSERT INTO child (id, parent, size) VALUES ($1, $2, $3)", [.int(1), .int(1), .int(1)]),
            ("INSERT INTO child (id, parent, size) VALUES ($1, $2, $3)", [.int(2), .int(99), .int(1)]),
            ("INSERT INTO child (id, parent, size) VALUES ($1, $2, $3)", [.int(2), .int(1), .int(-4242)]),
            ("INSERT INTO child (id, parent, size) VALUES ($1, $2, $3)", [.int(2), .null, .int(1)]),
            ("INSERT INTO parent (id, word) VALUES ($1, $2)", [.int(5), .text("nul\0byte")]),
        ]
        try await driver.withDatabase { database in
            try await database.write { session in
                try session.execute("CREATE TABLE parent (id BIGINT PRIMARY KEY, word TEXT)")
                try session.execute(
                    """
                    CREATE TABLE child (
                        id BIGINT PRIMARY KEY, parent BIGINT NOT NULL REFERENCES parent (id),
                        size BIGINT NOT NULL CHECK (size >= 0)
                    )
                    """)
                try session.execute("INSERT INTO parent (id) VALUES ($1)", [.int(1)])
                try session.execute(
                    "INSERT INTO child (id, parent, size) VALUES ($1, $2, $3)", [.int(1), .int(1), .int(1)])
            }
            for (sql, parameters) in broken {
                let error = await #expect(throws: PersistenceError.self) {
                    try await database.write { session in _ = try session.execute(sql, parameters) }
                }
                #expect(error?.code == .constraint, "\(sql) \(parameters)")
                #expect(error?.description.contains("4242") == false)
            }
        }
    }

    @Test("a wrong statement, and a write within a read, are the caller's", arguments: DatabaseDriver.all)
    func wrongStatements(_ driver: DatabaseDriver) async throws {
        try await driver.withDatabase { database in
            try await database.write { session in _ = try session.execute(Self.table) }
            let wrong = try await code { try await database.read { _ = try $0.query("SELEC 1") } }
            #expect(wrong == .statement)
            let write = try await code {
                try await database.read { _ = try $0.execute("DELETE FROM sample") }
            }
            #expect(write == .statement)
        }
    }

    @Test("rows are handed over one after another, and nested", arguments: DatabaseDriver.all)
    func streaming(_ driver: DatabaseDriver) async throws {
        struct Enough: Error {}
        try await driver.withDatabase { database in
            try await database.write { session in
                try session.execute(Self.table)
                try session.insert(into: "sample (id, word)", (0..<5000).map { [.int($0), .text("w\($0)")] })
            }
            try await database.read { session in
                let sql = "SELECT id FROM sample WHERE id >= $1 ORDER BY id"
                var seen = 0
                #expect(throws: Enough.self) {
                    try session.forEachRow(sql, [.int(0)]) { row in
                        #expect(try row.integer(0) == Int64(seen))
                        seen += 1
                        if seen == 1000 { throw Enough() }
                    }
                }
                #expect(seen == 1000)
                var pairs = 0
                try session.forEachRow(sql, [.int(4990)]) { outer in
                    try session.forEachRow(sql, [.integer(try outer.integer(0))]) { _ in pairs += 1 }
                }
                #expect(pairs == 55)
            }
        }
    }

    @Test("large values and many rows", arguments: DatabaseDriver.all)
    func size(_ driver: DatabaseDriver) async throws {
        try await driver.withDatabase { database in
            try await Schema.migrate(database, at: Instant(milliseconds: 0))
            let blob = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await database.write { session in
                try session.execute(
                    "INSERT INTO definition_contents (digest, content) VALUES ($1, $2)", [.text("x"), .blob(blob)])
                let rows: [[SQLValue]] = (0..<100_000).map { [.text("k\($0)"), .text("v")] }
                #expect(try session.insert(into: "settings (name, value)", rows) == 100_000)
            }
            let stored = try await database.read { session in
                try session.query("SELECT content FROM definition_contents WHERE digest = $1", [.text("x")])
            }
            #expect(try stored.first?.blob(0) == blob)
            let count = try await database.read { try $0.query("SELECT count(*) FROM settings") }
            #expect(try count.first?.integer(0) == 100_000)
        }
    }

    @Test("a read of the wrong type is an error") func wrongType() {
        let row = SQLRow([.text("1"), .null, .integer(5)])
        #expect(throws: PersistenceError.self) { try row.integer(0) }
        #expect(throws: PersistenceError.self) { try row.text(1) }
        #expect(throws: PersistenceError.self) { try row.blob(2) }
        #expect(throws: PersistenceError.self) { try row.integer(3) }
        #expect(throws: PersistenceError.self) { try row.integer(-1) }
        #expect(throws: Never.self) { try row.optionalText(1) }
    }
}

import Testing

@testable import Persistence

@Suite("A question that is asked once") struct QueryOnceTests {
    @Test("is answered as any other", arguments: DatabaseDriver.all)
    func answers(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            try await database.write { session in
                try session.execute("INSERT INTO settings (name, value) VALUES ($1, $2)", [.text("a"), .text("$1")])
                // Places out of their order, twice, and within a text.
                let sql = "SELECT value, '$2' FROM settings WHERE value = $2 AND name = $1 AND $1 <> $2"
                let rows = try session.queryOnce(sql, [.text("a"), .text("$1")])
                #expect(rows.count == 1)
                #expect(try rows.first?.text(1) == "$2")
                let same = try session.query(sql, [.text("a"), .text("$1")])
                #expect(same.map(\.values) == rows.map(\.values))
                #expect(try session.queryOnce(sql, [.text("b"), .text("$1")]).isEmpty)
            }
            let broken = try await code { _ = try await database.read { try $0.queryOnce("SELECT $1", []) } }
            #expect(broken != nil)
        }
    }

    @Test("leaves nothing behind") func keepsNothing() async throws {
        for number in 0..<50 { _ = SQLiteParameters.numbered("SELECT \(number), $1, 'once'", isKept: false) }
        #expect(SQLiteParameters.kept { $0.hasSuffix("'once'") } == 0)
        _ = SQLiteParameters.numbered("SELECT 0, $1, 'once'")
        #expect(SQLiteParameters.kept { $0.hasSuffix("'once'") } == 1)
    }
}

import AccessModel
import Dispatch
import Persistence
import Testing

@Suite("A driver's transactions", .serialized)
struct TransactionConformance {
    private struct Change: Error {}

    private static func prepare(_ database: any Database) async throws {
        try await database.write { session in
            try session.execute("CREATE TABLE counter (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)")
            try session.execute("INSERT INTO counter (id, n) VALUES (1, 0)")
        }
    }

    private static func count(_ database: any Database) async throws -> Int64 {
        try await database.read { try count($0) }
    }

    private static func count(_ session: any SQLSession) throws -> Int64 {
        try session.query("SELECT n FROM counter WHERE id = 1").first?.integer(0) ?? -1
    }

    @Test("a body that throws changes nothing", arguments: DatabaseDriver.all)
    func rollback(_ driver: DatabaseDriver) async throws {
        try await driver.withDatabase { database in
            try await Self.prepare(database)
            await #expect(throws: Change.self) {
                try await database.write { session in
                    try session.execute("UPDATE counter SET n = 5")
                    try session.execute("CREATE TABLE other (id BIGINT)")
                    #expect(try Self.count(session) == 5)
                    throw Change()
                }
            }
            #expect(try await Self.count(database) == 0)
            let other = try await code { try await database.read { _ = try $0.query("SELECT id FROM other") } }
            #expect(other == .statement)
        }
    }

    @Test("a failed statement dooms its transaction, even when its error is caught", arguments: DatabaseDriver.all)
    func doomed(_ driver: DatabaseDriver) async throws {
        try await driver.withDatabase { database in
            try await Self.prepare(database)
            let code = try await code {
                try await database.write { session in
                    try session.execute("UPDATE counter SET n = 5")
                    #expect(throws: PersistenceError.self) {
                        try session.execute("INSERT INTO counter (id, n) VALUES (1, 1)")
                    }
                    #expect(throws: PersistenceError.self) { try session.execute("UPDATE counter SET n = 6") }
                }
            }
            #expect(code == .constraint)
            #expect(try await Self.count(database) == 0)
        }
    }

    @Test("a read sees one moment, whatever is written beside it", arguments: DatabaseDriver.all)
    func snapshot(_ driver: DatabaseDriver) async throws {
        try await driver.withTwoHandles { first, second in
            try await Self.prepare(first)
            for writer in [first, second] {
                let started = DispatchSemaphore(value: 0)
                let written = DispatchSemaphore(value: 0)
                let before = try await Self.count(first)
                async let seen = first.read { session in
                    let early = try Self.count(session)
                    started.signal()
                    written.wait()
                    return [early, try Self.count(session)]
                }
                await wait(started)
                try await writer.write { session in _ = try session.execute("UPDATE counter SET n = n + 1") }
                written.signal()
                #expect(try await seen == [before, before])
                #expect(try await Self.count(first) == before + 1)
                #expect(try await Self.count(second) == before + 1)
            }
        }
    }

    @Test("reads go on beside an open write and do not see it", arguments: DatabaseDriver.all)
    func readsBesideWrite(_ driver: DatabaseDriver) async throws {
        try await driver.withTwoHandles { first, second in
            try await Self.prepare(first)
            let started = DispatchSemaphore(value: 0)
            let finish = DispatchSemaphore(value: 0)
            async let write: Void = first.write { session in
                try session.execute("UPDATE counter SET n = 9")
                started.signal()
                finish.wait()
            }
            await wait(started)
            for database in [first, second] {
                let counts = try await withThrowingTaskGroup(of: Int64.self) { group in
                    for _ in 0..<4 { group.addTask { try await Self.count(database) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(counts == [0, 0, 0, 0])
            }
            finish.signal()
            try await write
            #expect(try await Self.count(second) == 9)
        }
    }

    @Test("read, then write: nothing is lost between two processes", arguments: DatabaseDriver.all)
    func serialisable(_ driver: DatabaseDriver) async throws {
        try await driver.withTwoHandles { first, second in
            try await Self.prepare(first)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<60 {
                    let database = index.isMultiple(of: 2) ? first : second
                    group.addTask {
                        try await database.write { session in
                            let count = try Self.count(session)
                            try session.execute("UPDATE counter SET n = $1 WHERE id = 1", [.integer(count + 1)])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await Self.count(first) == 60)
        }
    }

    @Test("what was committed is there after a new start", arguments: DatabaseDriver.all)
    func reopen(_ driver: DatabaseDriver) async throws {
        guard let storage = try driver.makeStorage() else { return }
        let first = try await storage.open()
        try await Self.prepare(first)
        try await first.write { session in _ = try session.execute("UPDATE counter SET n = 42") }
        await first.close()
        let second = try await storage.open()
        #expect(try await Self.count(second) == 42)
        await second.close()
    }

    @Test("after close nothing is reached", arguments: DatabaseDriver.all)
    func closed(_ driver: DatabaseDriver) async throws {
        guard let storage = try driver.makeStorage() else { return }
        let database = try await storage.open()
        try await Self.prepare(database)
        await database.close()
        let read = try await code { _ = try await Self.count(database) }
        #expect(read == .unavailable)
        let write = try await code {
            try await database.write { session in _ = try session.execute("UPDATE counter SET n = 1") }
        }
        #expect(write == .unavailable)
    }

    @Test("a cancelled task still writes what it began to write", arguments: DatabaseDriver.all)
    func cancelled(_ driver: DatabaseDriver) async throws {
        try await driver.withDatabase { database in
            try await Self.prepare(database)
            let started = DispatchSemaphore(value: 0)
            let finish = DispatchSemaphore(value: 0)
            let task = Task {
                try await database.write { session in
                    started.signal()
                    finish.wait()
                    try session.execute("UPDATE counter SET n = 3")
                }
            }
            await wait(started)
            task.cancel()
            finish.signal()
            try await task.value
            #expect(try await Self.count(database) == 3)
        }
    }

    /// Waits off the threads that tasks run on.
    private func wait(_ semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}

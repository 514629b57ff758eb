import Dispatch
import Foundation
import Persistence
import Synchronization
import TestSupport
import Testing

@Suite("Transactions on PostgreSQL")
struct PostgreSQLTransactionTests {
    /// Ends the session that waits in `query`, as an administrator or a network does.
    private static func cut(_ place: PostgreSQLTestDatabase, where condition: String) async throws {
        while true {
            let ended = try place.sql(
                """
                SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND \(condition)
                """)
            if ended != "0" { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("one that was under way when its connection broke fails, is not run again, and wrote nothing")
    func broken() async throws {
        try await PostgreSQLPort.with { database, place in
            let runs = Mutex(0)
            let started = DispatchSemaphore(value: 0)
            let goOn = DispatchSemaphore(value: 0)
            async let failure = code {
                try await database.write { session in
                    runs.withLock { $0 += 1 }
                    try session.execute("INSERT INTO words (id) VALUES (1)")
                    started.signal()
                    goOn.wait()
                    try session.execute("INSERT INTO words (id) VALUES (2)")
                }
            }
            await PostgreSQLPort.wait(started)
            try await Self.cut(place, where: "state = 'idle in transaction'")
            goOn.signal()
            #expect(try await failure == .unavailable)
            #expect(runs.withLock { $0 } == 1)
            #expect(try await PostgreSQLPort.ids(database) == [])
        }
    }

    @Test("when the answer to a commit is lost, that is said, and the transaction is not run again")
    func lostAnswer() async throws {
        try await PostgreSQLPort.with { database, place in
            try place.sql(
                """
                CREATE FUNCTION sleepy() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';
                CREATE CONSTRAINT TRIGGER sleepy AFTER INSERT ON words DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION sleepy()
                """)
            let runs = Mutex(0)
            async let write = #expect(throws: PersistenceError.self) {
                try await database.write { session in
                    runs.withLock { $0 += 1 }
                    _ = try session.execute("INSERT INTO words (id) VALUES (1)")
                }
            }
            try await Self.cut(place, where: "wait_event = 'PgSleep'")
            let error = try #require(await write)
            #expect(error.code == .unavailable)
            #expect(error.message.contains("whether it was committed is not known"))
            #expect(runs.withLock { $0 } == 1)
        }
    }

    @Test("a conflict is over when the body is run again, and not for ever")
    func conflicts() async throws {
        try await PostgreSQLPort.with { database, place in
            try place.sql(
                """
                CREATE SEQUENCE tries; GRANT ALL ON tries TO tenure;
                CREATE FUNCTION flaky(n BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS
                    'BEGIN IF nextval(''tries'') <= n THEN RAISE EXCEPTION USING ERRCODE = ''40001''; END IF;
                    RETURN 1; END'
                """)
            let runs = Mutex(0)
            try await database.write { session in
                runs.withLock { $0 += 1 }
                try session.execute("INSERT INTO words (id) VALUES (1)")
                _ = try session.query("SELECT flaky($1)", [.int(3)])
            }
            #expect(runs.withLock { $0 } == 4)
            let refused = try await code {
                try await database.write { _ = try $0.query("SELECT flaky($1)", [.int(1_000)]) }
            }
            #expect(refused == .busy)
            #expect(try await PostgreSQLPort.ids(database) == [1])
        }
    }

    @Test("a node that is paused within a write does not keep others from writing, and writes nothing itself")
    func paused() async throws {
        try await PostgreSQLPort.with(PostgreSQLPort.settings { $0.idleTimeout = .milliseconds(400) }) {
            sleepy, place in
            let awake = try await PostgreSQLDatabase.open(place.address)
            let started = DispatchSemaphore(value: 0)
            let goOn = DispatchSemaphore(value: 0)
            async let failure = code {
                try await sleepy.write { session in
                    try session.execute("INSERT INTO words (id) VALUES (1)")
                    started.signal()
                    goOn.wait()
                    try session.execute("INSERT INTO words (id) VALUES (2)")
                }
            }
            await PostgreSQLPort.wait(started)
            try await PostgreSQLPort.insert(3, into: awake)
            goOn.signal()
            #expect(try await failure == .unavailable)
            #expect(try await PostgreSQLPort.ids(awake) == [3])
            await awake.close()
        }
    }

    @Test("who waits too long for other nodes is told so")
    func busy() async throws {
        try await PostgreSQLPort.with(PostgreSQLPort.settings { $0.lockTimeout = .milliseconds(200) }) {
            impatient, place in
            let holder = try await PostgreSQLDatabase.open(place.address)
            let started = DispatchSemaphore(value: 0)
            let goOn = DispatchSemaphore(value: 0)
            async let holding: Void = holder.write { session in
                try session.execute("INSERT INTO words (id) VALUES (1)")
                started.signal()
                goOn.wait()
            }
            await PostgreSQLPort.wait(started)
            #expect(try await code { try await PostgreSQLPort.insert(2, into: impatient) } == .busy)
            goOn.signal()
            try await holding
            try await PostgreSQLPort.insert(2, into: impatient)
            #expect(try await PostgreSQLPort.ids(holder) == [1, 2])
            await holder.close()
        }
    }

    @Test("commits reach the disk, whatever the role's default")
    func durable() async throws {
        try await PostgreSQLPort.with { _, place in
            try place.sql("ALTER DATABASE \(place.name) SET synchronous_commit = off")
            let database = try await PostgreSQLDatabase.open(place.address)
            let setting = try await database.write { try $0.query("SHOW synchronous_commit").first?.text(0) }
            #expect(setting == "on")
            await database.close()
        }
    }
}

import Foundation
import Persistence
import TestSupport
import Testing

@Suite("Connections to PostgreSQL")
struct PostgreSQLConnectionTests {
    private static func impatient() -> PostgreSQLSettings {
        var settings = PostgreSQLSettings()
        settings.patience = .milliseconds(200)
        settings.connectTimeout = .seconds(3)
        return settings
    }

    private static func failure(_ uri: String) async -> PersistenceError? {
        await #expect(throws: PersistenceError.self) {
            await (try PostgreSQLDatabase.open(uri, settings: impatient())).close()
        }
    }

    @Test("no error repeats the password")
    func secrets() async throws {
        guard let server = try PostgreSQLServer.shared() else { return }
        let good = server.address(of: "postgres")
        let password = server.tenurePassword
        let encoded = try #require(good.split(separator: ":").dropFirst(2).first?.split(separator: "@").first)
        let broken = [
            "postgres://tenure:\(password)@127.0.0.1:\(server.port)/postgres",
            "postgres://tenure:canary%zz@127.0.0.1/postgres",
            "postgres://tenure:canary@127.0.0.1/postgres?nonsense=canary",
            "postgres://tenure:canary-wrong@127.0.0.1:\(server.port)/postgres?sslmode=disable",
            "postgres://tenure:\(encoded)@127.0.0.1:\(server.port)/nowhere?sslmode=disable",
            "postgres://tenure:\(encoded)@127.0.0.1:\(try LoopbackSocket.freePort())/postgres",
            "postgres://tenure:\(encoded)@127.0.0.1:\(server.port)/postgres?sslmode=verify-full&sslrootcert=/nowhere",
            "postgres://canary:canary@host.invalid/postgres?password=canary-too",
        ]
        for uri in broken {
            let error = try #require(await Self.failure(uri))
            #expect(error.code == .unavailable)
            for secret in [password, String(encoded), "canary-wrong", "canary-too", "canary%zz"] {
                #expect(!error.description.contains(secret), "\(error)")
            }
        }
        #expect(!"\(try PostgreSQLAddress(good))".contains(encoded))
        #expect(!"\(try PostgreSQLAddress(good))".contains(password))
        #expect("\(try PostgreSQLAddress(good))" == "postgres://tenure@127.0.0.1:\(server.port)/postgres")
    }

    @Test("a wrong password is told at once, a server that is away is tried again")
    func patience() async throws {
        guard let server = try PostgreSQLServer.shared() else { return }
        var settings = Self.impatient()
        // Whoever tried this again would do so for a day.
        settings.patience = .seconds(86_400)
        let error = await #expect(throws: PersistenceError.self) {
            await
                (try PostgreSQLDatabase.open(
                    "postgres://tenure:wrong@127.0.0.1:\(server.port)/postgres?sslmode=disable", settings: settings))
                .close()
        }
        #expect(error?.message.contains("28P01") == true)
        let away = Int(try LoopbackSocket.freePort())
        let start = ContinuousClock.now
        _ = await Self.failure("postgres://tenure:wrong@127.0.0.1:\(away)/postgres")
        #expect(start.duration(to: .now) >= .milliseconds(200))
    }

    @Test("the address's TLS options are kept: the right CA is trusted, another is not")
    func tls() async throws {
        guard let server = try PostgreSQLServer.shared() else { return }
        let place = try PostgreSQLTestDatabase(on: server)
        func address(_ ca: String, _ host: String = "127.0.0.1") -> String {
            server.address(of: place.name, "sslmode=verify-full&sslrootcert=\(ca)")
                .replacingOccurrences(of: "127.0.0.1", with: host)
        }
        let database = try await PostgreSQLDatabase.open(address(server.caFile), settings: Self.impatient())
        let state = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        let rows = try await database.read { try $0.query(state) }
        #expect(try rows.first?.bool(0) == true)
        #expect(try rows.first?.text(1).hasPrefix("TLSv1.") == true)
        await database.close()
        let other = try #require(await Self.failure(address(server.otherCAFile)))
        #expect(other.code == .unavailable && other.message.contains("certificate"))
        // The certificate is for the address, not for the name.
        let name = try #require(await Self.failure(address(server.caFile, "localhost")))
        #expect(name.code == .unavailable)
    }

    @Test("connections that broke while nobody used them are replaced")
    func idle() async throws {
        try await PostgreSQLPort.with { database, place in
            try await PostgreSQLPort.insert(1, into: database)
            #expect(try await PostgreSQLPort.ids(database) == [1])
            let ended = try place.sql(
                """
                SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            #expect(ended == "2")
            try await PostgreSQLPort.insert(2, into: database)
            #expect(try await PostgreSQLPort.ids(database) == [1, 2])
        }
    }

    @Test("a server that is restarted is found again")
    func restart() async throws {
        guard let server = try PostgreSQLServer.start() else { return }
        try await PostgreSQLPort.with(PostgreSQLPort.settings { $0.patience = .seconds(60) }, on: server) {
            database, _ in
            try await PostgreSQLPort.insert(1, into: database)
            for crashes in [false, true] {
                if crashes { try server.crash() } else { server.stop() }
                async let late: Void = PostgreSQLPort.insert(crashes ? 3 : 2, into: database)
                async let seen = PostgreSQLPort.ids(database)
                try server.launch()
                try await late
                _ = try await seen
            }
            #expect(try await PostgreSQLPort.ids(database) == [1, 2, 3])
        }
    }

    @Test("a server that does not answer is given up in time")
    func silence() async throws {
        try await PostgreSQLPort.with(
            PostgreSQLPort.settings {
                $0.statementTimeout = .seconds(3)
                $0.patience = .milliseconds(100)
            }
        ) { database, place in
            let pid = try await database.read { session in
                try session.query("SELECT pg_backend_pid()").first?.integer(0)
            }
            let backend = pid_t(try #require(pid))
            kill(backend, SIGSTOP)
            let begin = ContinuousClock.now
            let code = try await code { _ = try await PostgreSQLPort.ids(database) }
            kill(backend, SIGCONT)
            // The connection is replaced, so it may even succeed; it is never waited for longer than this.
            #expect(code == nil || code == .unavailable)
            #expect(begin.duration(to: .now) < .seconds(300))
            // A statement that takes too long is ended by the server.
            let slow = try await limitedCode { try await database.read { _ = try $0.query("SELECT pg_sleep(20)") } }
            #expect(slow == .busy)
            _ = place
        }
    }

    private func limitedCode(_ body: () async throws -> Void) async throws -> PersistenceError.Code? {
        try await code(of: body)
    }

    @Test("of several hosts the first that answers is taken")
    func hosts() async throws {
        guard let server = try PostgreSQLServer.shared() else { return }
        let place = try PostgreSQLTestDatabase(on: server)
        let dead = "127.0.0.1:\(try LoopbackSocket.freePort())"
        let live = "127.0.0.1:\(server.port)"
        let uri = place.address.replacingOccurrences(of: live, with: "\(dead),\(live)")
        #expect(uri != place.address)
        let database = try await PostgreSQLDatabase.open(uri, settings: Self.impatient())
        #expect(try await database.read { try $0.query("SELECT 1").count } == 1)
        await database.close()
    }

    @Test("reads share a few connections")
    func pool() async throws {
        try await PostgreSQLPort.with(PostgreSQLPort.settings { $0.readers = 3 }) { database, place in
            let counts = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        try await database.read { session in
                            try session.query("SELECT pg_sleep(0.01), 1::bigint").first?.integer(1) ?? 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(counts == 40)
            let connections = try place.sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'tenure'")
            #expect(connections == "4")
        }
    }
}

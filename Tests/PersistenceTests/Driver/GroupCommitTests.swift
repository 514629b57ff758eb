import Foundation
import Persistence
import TestSupport
import Testing

/// What was acknowledged is on disk, though many writes share a flush.
///
/// A killed process loses nothing that it has handed to the kernel, flushed or not; only a power cut would. So the
/// kills show that no acknowledgement comes before its commit, and what `strace` sees shows that none comes before the
/// flush.
@Suite(.serialized) struct GroupCommitTests {
    @Test("64 writers share flushes, and each is told after the flush of what it wrote")
    func sharedFlushes() async throws {
        guard let strace = try TestSystems.require("strace") else { return }
        let folder = try TemporaryFolder()
        let path = folder.path("tenure.db")
        try await prepare(path)
        let trace = folder.path("trace")
        let count = 1_280
        let outcome = try await TenureCommand(in: folder.path, named: "crash-test").under([
            strace, "-f", "-o", trace, "-s", "8192", "-e", "trace=pwrite64,write,fdatasync,fsync",
        ]).run(["--write", "\(path),64,0,\(count)"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let seen = try FlushTrace(String(contentsOfFile: trace, encoding: .isoLatin1), writes: count)
        #expect(seen.told == count)
        #expect(seen.toldTooEarly.isEmpty, "\(seen.toldTooEarly)")
        #expect(seen.flushes > 0 && seen.flushes * 4 < count, "\(seen.flushes) flushes for \(count) writes")
    }

    @Test("64 writers on a server share flushes of its log")
    func sharedFlushesOnServer() async throws {
        guard let server = try PostgreSQLServer.start(flushes: true) else { return }
        let place = try PostgreSQLTestDatabase(on: server)
        try await prepare(place.address)
        let folder = try TemporaryFolder()
        let count = 1_280
        let flushes = "SELECT wal_sync FROM pg_stat_wal"
        let before = try #require(Int(try place.sql(flushes)))
        let outcome = try await TenureCommand(in: folder.path, named: "crash-test")
            .run(["--write", "\(place.address),64,0,\(count)"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        // The server counts a process's flushes when that process ends.
        let others =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        for _ in 0..<200 where try place.sql(others) != "0" { try await Task.sleep(for: .milliseconds(50)) }
        #expect(try place.sql(others) == "0")
        let taken = try #require(Int(try place.sql(flushes))) - before
        #expect(taken > 0 && taken * 4 < count, "\(taken) flushes for \(count) writes")
        server.stop()
    }

    @Test("what was acknowledged before a kill is there after it", arguments: ["sqlite", "postgresql"])
    func kills(kind: String) async throws {
        let folder = try TemporaryFolder()
        var place = folder.path("tenure.db")
        var server: PostgreSQLTestDatabase?
        if kind == "postgresql" {
            guard let shared = try PostgreSQLServer.shared() else { return }
            let made = try PostgreSQLTestDatabase(on: shared)
            server = made
            place = made.address
        }
        try await prepare(place)
        var told: Set<Int> = []
        for life in 1...6 {
            // Numbers of its own: what was written and not acknowledged may be there.
            let outcome = try await TenureCommand(in: folder.path, named: "crash-test").run(
                ["--write", "\(place),64,\(life * 1_000_000)"],
                killed: .after(.milliseconds(Int.random(in: 1_000...3_000))))
            #expect(outcome.wasKilled, "\(outcome.errors)")
            told.formUnion(outcome.output.split(separator: "\n").compactMap { Int($0) })
            let database = try await AcknowledgedWrites.open(place)
            let kept = try await AcknowledgedWrites.kept(in: database)
            await database.close()
            #expect(told.isSubset(of: kept), "life \(life) lost \(told.subtracting(kept).count)")
        }
        #expect(told.count > 100, "only \(told.count) writes were acknowledged at all")
        withExtendedLifetime(server) {}
    }

    private func prepare(_ place: String) async throws {
        let database = try await AcknowledgedWrites.open(place)
        try await AcknowledgedWrites.prepare(database)
        await database.close()
    }
}

/// What `strace` saw of a process that writes and says so, in the order in which the kernel did it.
private struct FlushTrace {
    private(set) var flushes = 0
    private(set) var told = 0
    /// Writes that were acknowledged before a flush had ended that began after their bytes were in the log.
    private(set) var toldTooEarly: [Int] = []

    init(_ text: String, writes: Int) {
        var unwritten = Set(0..<writes)
        var unflushed: Set<Int> = []
        var durable: Set<Int> = []
        // By thread: what was in the log when its flush began.
        var flushing: [Substring: Set<Int>] = [:]
        var flushes = 0
        func end(_ thread: Substring) {
            let covered = flushing.removeValue(forKey: thread) ?? []
            durable.formUnion(covered)
            unflushed.subtract(covered)
            flushes += 1
        }
        for line in text.split(separator: "\n") {
            let thread = line.prefix { $0 != " " }
            if line.contains(" pwrite64(") {
                // A page that is written holds older rows too; the first time counts.
                let new = Self.marks(in: line).intersection(unwritten)
                unwritten.subtract(new)
                unflushed.formUnion(new)
            } else if line.contains(" fdatasync(") || line.contains(" fsync(") {
                flushing[thread] = unflushed
                if !line.contains("<unfinished") { end(thread) }
            } else if line.contains("sync resumed>") {
                end(thread)
            } else if let number = Self.number(in: line) {
                told += 1
                if !durable.contains(number) { toldTooEarly.append(number) }
            }
        }
        self.flushes = flushes
    }

    /// Of `write(1, "17\\n", 3)`.
    private static func number(in line: Substring) -> Int? {
        guard let start = line.range(of: " write(1, \"")?.upperBound else { return nil }
        return Int(line[start...].prefix { $0 != "\\" })
    }

    private static func marks(in line: Substring) -> Set<Int> {
        Set(
            line.components(separatedBy: "write-").dropFirst().compactMap { rest in
                Int(rest.prefix { $0 != ";" })
            })
    }
}

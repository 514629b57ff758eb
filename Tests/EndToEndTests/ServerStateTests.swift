import Foundation
import StrictJSON
import TestSupport
import Testing

/// The whole story with the state on a PostgreSQL server, and two nodes that share it.
@Suite(.serialized) struct ServerStateTests {
    /// Mountainlab with its state on a server; nil where PostgreSQL is not installed.
    private struct Nodes {
        let place: PostgreSQLTestDatabase
        var first: Rehearsal
        /// Another machine: the same files and database, and a folder of its own for the key and the checkpoint.
        var second: Rehearsal

        init?(for test: String = #function) throws {
            guard let server = try PostgreSQLServer.shared(for: test) else { return nil }
            place = try PostgreSQLTestDatabase(on: server)
            first = try Rehearsal()
            first.environment = ["TENURE_STATE": place.address, "TENURE_KEYS": first.path("keys-1")]
            second = first
            second.environment["TENURE_KEYS"] = first.path("keys-2")
        }

        /// What an operator does to add a node.
        func copyKeys() throws {
            try FileManager.default.createDirectory(
                atPath: first.path("keys-2"), withIntermediateDirectories: true)
            for name in ["tenure.key", "tenure.pub", "tenure.checkpoint"] {
                try FileManager.default.copyItem(
                    atPath: first.path("keys-1/\(name)"), toPath: first.path("keys-2/\(name)"))
            }
        }

        /// Everything that workers write, in one text.
        func work() throws -> String {
            try place.sql(
                """
                SELECT s FROM steps s ORDER BY s.case_id, s.seq; SELECT c FROM cases c ORDER BY id;
                SELECT t FROM case_transitions t ORDER BY case_id, seq; SELECT count(*) FROM audit_leaves
                """)
        }
    }

    @Test func aLeaverIsFollowedThrough() async throws {
        guard var nodes = try Nodes() else { return }
        try await nodes.first.expect(1, "plan", "mountainlab")
        try await nodes.first.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try await nodes.first.expect(0, "apply", "mountainlab", "--yes")
        try await nodes.first.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        #expect(!FileManager.default.fileExists(atPath: nodes.first.path("state")))

        // A node without the key does not make one of its own.
        let stranger = try await nodes.second.expect(1, "drift")
        #expect(stranger.errors.contains("the key that signs the log is gone"))
        #expect(!stranger.everything.contains(nodes.place.server.tenurePassword))
        try nodes.copyKeys()

        nodes.second.clock = "2026-11-21T09:30:30Z"
        try await nodes.second.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        nodes.first.clock = "2026-11-21T09:31:00Z"
        let left = try await nodes.first.expect(0, "explain", "ana@mountainlab.io")
        #expect(left.output.contains("left"))
        #expect(try await nodes.first.access(of: "e-0003").allSatisfy { $0.contains("disabled") })
        let journal = Journal(try await nodes.first.expectGenuineLog())
        #expect(journal.faults.isEmpty, "\(journal.faults)")
    }

    @Test func aDatabaseThatIsAnOldCopyIsNoticed() async throws {
        guard let nodes = try Nodes() else { return }
        try await nodes.first.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try nodes.place.sql("DELETE FROM audit_leaves WHERE seq = (SELECT max(seq) FROM audit_leaves)")
        let refused = try await nodes.first.expect(1, "hold", "list")
        #expect(refused.errors.contains("it is an old copy"))
    }

    @Test func noCommandRepeatsThePassword() async throws {
        guard var nodes = try Nodes() else { return }
        try await nodes.first.expect(0, "people", "import", "mountainlab/hr/people.csv")
        let free = Int(try LoopbackSocket.freePort())
        let canary = "postgres://tenure:canary-password@127.0.0.1"
        for state in ["\(canary):\(free)/x", "\(canary):\(nodes.place.server.port)/x", "\(canary):1/%zz"] {
            nodes.first.environment["TENURE_STATE"] = state
            for command in [["drift"], ["validate", "mountainlab"], ["hold", "list", "-o", "json"]] {
                let outcome = try await nodes.first.run(command)
                #expect(outcome.status == 1)
                #expect(!outcome.everything.contains("canary"), "\(outcome.everything)")
            }
        }
        let dump = try nodes.place.sql("SELECT leaf FROM audit_leaves; SELECT value FROM settings")
        #expect(!dump.contains(nodes.place.server.tenurePassword) && !dump.contains("postgres://"))
    }

    @Test func twoNodesShareTheWork() async throws {
        guard let nodes = try Nodes() else { return }
        try await nodes.first.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try nodes.copyKeys()
        let runs = [
            try nodes.first.start("apply", "mountainlab", "--yes"),
            try nodes.second.start("apply", "mountainlab", "--yes"),
        ]
        for run in runs {
            let outcome = try await run.end()
            #expect(outcome.status == 0 || outcome.errors.contains("changed"), "\(outcome.everything)")
        }
        try await nodes.first.expect(0, "apply", "mountainlab", "--yes")
        try await nodes.second.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        let journal = Journal(try await nodes.second.expectGenuineLog())
        #expect(journal.faults.isEmpty, "\(journal.faults)")
        #expect(try nodes.place.sql("SELECT count(*) FROM steps WHERE state <> 'verified'") == "0")
        let twice = "SELECT count(*) FROM (SELECT target, fact_key FROM steps GROUP BY 1, 2 HAVING count(*) > 1) AS d"
        #expect(try nodes.place.sql(twice) == "0")
    }

    @Test func aNodeThatWasKilledIsSucceeded() async throws {
        guard var nodes = try Nodes() else { return }
        try await nodes.first.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try nodes.copyKeys()
        let run = try nodes.first.start("apply", "mountainlab", "--yes")
        while try run.isRunning && steps(nodes, "state = 'running'") == 0 {
            try await Task.sleep(for: .milliseconds(2))
        }
        run.kill()
        #expect(try steps(nodes, "state = 'running'") > 0, "it was killed too late")
        nodes.second.clock = "2026-11-21T08:10:00Z"
        try await nodes.second.expect(0, "apply", "mountainlab", "--yes")
        #expect(try nodes.place.sql("SELECT count(*) FROM steps WHERE state <> 'verified'") == "0")
        let journal = Journal(try await nodes.second.expectGenuineLog())
        #expect(journal.faults.isEmpty, "\(journal.faults)")
    }

    @Test(arguments: [false, true])
    func aNodeThatWasPausedBeyondItsLeaseWritesNothing(whileItsStepsAreWorkedOn: Bool) async throws {
        guard var nodes = try Nodes() else { return }
        try await nodes.first.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try nodes.copyKeys()
        // So slow that it is between two calls most of the time.
        try nodes.first.edit("mountainlab/targets.yaml") {
            $0.replacing("requests_per_second: 10000,", with: "requests_per_second: 20,")
        }
        let sleepy = try nodes.first.start("apply", "mountainlab", "--yes")
        try await stop(sleepy, nodes, when: "state = 'running'")
        let taken = try nodes.place.sql("SELECT max(fence) FROM steps")
        nodes.second.clock = "2026-11-21T08:10:00Z"
        let awake = try nodes.second.start("apply", "mountainlab", "--yes")
        if whileItsStepsAreWorkedOn {
            try await stop(awake, nodes, when: "state = 'running' AND fence > \(taken)")
        } else {
            #expect(try await awake.end().status == 0)
        }
        let work = try nodes.work()
        sleepy.resume()
        _ = try await sleepy.end()
        #expect(try nodes.work() == work)
        awake.resume()
        let outcome = try await awake.end()
        #expect(outcome.status == 0, "\(outcome.everything)")
        try await nodes.second.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        let journal = Journal(try await nodes.second.expectGenuineLog())
        #expect(journal.faults.isEmpty, "\(journal.faults)")
    }

    /// Stops a run in the middle of its work: it holds steps, but neither a transaction nor a directory's file.
    private func stop(_ run: TenureRun, _ nodes: Nodes, when condition: String) async throws {
        while run.isRunning {
            if try steps(nodes, condition) > 0 {
                try await run.pause()
                if try steps(nodes, condition) > 0, try openTransactions(nodes) == 0, try !isLocked(nodes.first) {
                    return
                }
                run.resume()
            }
            try await Task.sleep(for: .milliseconds(3))
        }
        Issue.record("it ended before it could be stopped: \(try await run.end().everything)")
    }

    private func steps(_ nodes: Nodes, _ condition: String) throws -> Int {
        Int(try nodes.place.sql("SELECT count(*) FROM steps WHERE \(condition)")) ?? 0
    }

    private func openTransactions(_ nodes: Nodes) throws -> Int {
        let sql = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'tenure'
                AND (state <> 'idle' OR xact_start IS NOT NULL)
            """
        return Int(try nodes.place.sql(sql)) ?? 0
    }

    /// Whether somebody holds the lock of a directory's file.
    private func isLocked(_ rehearsal: Rehearsal) throws -> Bool {
        let folder = rehearsal.path("mountainlab")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".lock") }
        return names.contains { name in
            let descriptor = open(folder + "/" + name, O_RDWR)
            guard descriptor >= 0 else { return true }
            defer { close(descriptor) }
            return flock(descriptor, LOCK_EX | LOCK_NB) != 0
        }
    }
}

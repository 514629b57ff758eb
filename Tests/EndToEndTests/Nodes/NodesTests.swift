import Foundation
import StrictJSON
import TestSupport
import Testing

/// Several real processes on one PostgreSQL server: each change is made once, whoever dies.
@Suite(.serialized) struct NodesTests {
    /// That every change was carried out once and read back, and nobody holds anything.
    private func expectExactlyOnce(_ world: NodeWorld, _ line: SourceLocation = #_sourceLocation) async throws {
        let open = try world.count("state NOT IN ('verified', 'cancelled', 'skipped')")
        #expect(open == 0, sourceLocation: line)
        #expect(try world.count("lease_until IS NOT NULL") == 0, sourceLocation: line)
        let journal = Journal(try await world.now.expectGenuineLog())
        #expect(journal.count > 100 && journal.faults.isEmpty, "\(journal.faults)", sourceLocation: line)
        try await world.now.expect(0, "plan", "mountainlab", "--detailed-exitcode", sourceLocation: line)
    }

    private func settled(_ world: NodeWorld, people: Int, _ kind: String) throws -> Bool {
        let text = try String(
            contentsOf: URL(filePath: world.rehearsal.path("mountainlab/corp.directory")), encoding: .utf8)
        // Asked in this order: what was decided is there with its steps.
        guard text.contains("n-1\""),
            try world.count("kind = '\(kind)' AND identity LIKE 'n-%'", of: "cases") >= people
        else { return false }
        return try world.count("state NOT IN ('verified', 'cancelled', 'skipped')") == 0
    }

    @Test func fiveNodesStartedAtOnceOnAnEmptyDatabaseAllComeUp() async throws {
        guard let world = try NodeWorld() else { return }
        let nodes = try (1...5).map { number in try world.start(number < 3 ? "serve" : "worker") }
        for node in nodes { try await node.said("ends on SIGINT") }
        for node in nodes {
            let ready = try await node.client.ask("GET", "/readyz")
            #expect(ready.status == 200)
        }
        #expect(try await world.wait { try nodes.count { try $0.leads } == 1 })
        #expect(try world.count("type = 'key.created'", of: "audit_leaves") <= 1)
        for node in nodes { #expect(try await node.stop().status == 0) }
        try await world.now.expectGenuineLog()
    }

    @Test func threeNodesShareALoadAndOneIsKilled() async throws {
        guard let world = try await NodeWorld.applied(requestsPerSecond: 15) else { return }
        let server = try await world.started("serve")
        let workers = [try await world.started("worker"), try await world.started("worker")]
        // More than one takes in hand at once, should it not have heard of the others yet.
        try await world.send("joined", 1...200, to: server)
        let isShared = try await world.wait {
            try world.place.sql("SELECT count(DISTINCT lease_owner) FROM steps WHERE lease_until IS NOT NULL") > "1"
        }
        #expect(isShared)
        let victim = try #require(try workers.first { try !$0.leads } ?? workers.first)
        victim.run.kill()
        // A database server that was started a moment ago may have forgotten who lives: then leases end by their time.
        #expect(try await world.wait(.seconds(240)) { try settled(world, people: 200, "joiner") })
        try await world.send("left", 1...30, to: server)
        #expect(try await world.wait { try settled(world, people: 30, "leaver") })
        for node in [server] + workers where node.run.isRunning { #expect(try await node.stop().status == 0) }
        try await expectExactlyOnce(world)
        let left = try await world.rehearsal.access(in: ["corp"], of: "n-1")
        #expect(left == ["corp account disabled"])
    }

    @Test func whenTheLeaderDiesAnotherOneLeads() async throws {
        guard let world = try await NodeWorld.applied() else { return }
        let server = try await world.started("serve", ["workers=false"])
        let first = try await world.started("worker")
        try await first.said("this process leads")
        let second = try await world.started("worker")
        #expect(try !second.leads && !server.leads)
        try await world.send("joined", 1...5, to: server)
        #expect(try await world.wait { try settled(world, people: 5, "joiner") })
        first.run.kill()
        try await second.said("this process leads")
        try await world.send("left", 1...5, to: server)
        #expect(try await world.wait { try settled(world, people: 5, "leaver") })
        for node in [server, second] { #expect(try await node.stop().status == 0) }
        try await expectExactlyOnce(world)
    }

    /// A leader that stands still is silent for too long, and another one takes its place; when it wakes up it does no harm.
    @Test func aPausedLeaderIsSucceeded() async throws {
        guard let world = try await NodeWorld.applied() else { return }
        let first = try await world.started("serve")
        try await first.said("this process leads")
        let second = try await world.started("serve")
        try await first.run.pause()
        try await second.said("this process leads")
        try await world.send("joined", 1...5, to: second)
        #expect(try await world.wait { try settled(world, people: 5, "joiner") })
        first.run.resume()
        try await first.said("another process leads")
        try await world.send("left", 1...5, to: first)
        #expect(try await world.wait { try settled(world, people: 5, "leaver") })
        for node in [first, second] { #expect(try await node.stop().status == 0) }
        try await expectExactlyOnce(world)
    }

    @Test func whoIsToldToStopHandsOverWithinTheGrace() async throws {
        guard let world = try await NodeWorld.applied(requestsPerSecond: 10) else { return }
        let server = try await world.started("serve")
        try await world.send("joined", 1...40, to: server)
        #expect(try await world.wait { try world.count("state = 'running'") > 0 })
        let stopped = try await server.stop()
        #expect(stopped.status == 0 && stopped.duration < .seconds(45), "\(stopped.errors.suffix(2_000))")
        // Nothing waits for a lease that nobody holds any more.
        #expect(try world.count("lease_until IS NOT NULL") == 0)
        #expect(try world.count("state NOT IN ('verified', 'cancelled', 'skipped')") > 0, "it was stopped too late")
        let worker = try await world.started("worker")
        #expect(try await world.wait { try settled(world, people: 40, "joiner") })
        #expect(try await worker.stop().status == 0)
        try await expectExactlyOnce(world)
    }

    @Test func aWorkerNeedsADatabaseOnAServer() async throws {
        let rehearsal = try Rehearsal()
        let refused = try await rehearsal.expect(1, "worker")
        #expect(refused.errors.contains("workers share a PostgreSQL server"))
    }
}

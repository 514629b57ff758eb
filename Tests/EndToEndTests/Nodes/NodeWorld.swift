import Foundation
import StrictJSON
import TestSupport
import Testing

/// Mountainlab on a real PostgreSQL server, with as many processes on it as a test wants: servers, workers, commands.
struct NodeWorld {
    let place: PostgreSQLTestDatabase
    let rehearsal: Rehearsal
    let clock = RunningClock()

    /// Applied, with targets so slow that work is under way for a while; nil where PostgreSQL is not installed.
    static func applied(requestsPerSecond: Int = 10_000, for test: String = #function) async throws -> NodeWorld? {
        guard let world = try NodeWorld(for: test) else { return nil }
        // Nobody is held back: how many may leave in an hour is not what is asked here.
        try world.rehearsal.edit("mountainlab/platform.yaml") {
            $0.replacing("max_leavers_per_hour: 10", with: "max_leavers_per_hour: 100000")
                .replacing("max_removals_people: 10", with: "max_removals_people: 100000")
                .replacing("max_removals_percent: 5", with: "max_removals_percent: 100")
        }
        try await world.rehearsal.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try await world.rehearsal.expect(0, "apply", "mountainlab", "--yes")
        if requestsPerSecond != 10_000 {
            try world.rehearsal.edit("mountainlab/targets.yaml") {
                $0.replacing("requests_per_second: 10000,", with: "requests_per_second: \(requestsPerSecond),")
            }
            try await world.now.expect(0, "apply", "mountainlab", "--yes")
        }
        return world
    }

    init?(for test: String = #function) throws {
        guard let server = try PostgreSQLServer.shared(for: test) else { return nil }
        place = try PostgreSQLTestDatabase(on: server)
        var rehearsal = try Rehearsal()
        rehearsal.environment = ["TENURE_STATE": place.address, "TENURE_KEYS": rehearsal.path("keys")]
        rehearsal.clock = clock.text
        self.rehearsal = rehearsal
    }

    /// One process.
    struct Node {
        let run: TenureRun
        let port: Int

        var client: HTTPConnection { HTTPConnection(port: port) }

        /// Until it says so in its log, or two minutes have passed.
        func said(_ text: String) async throws { try await run.said(text) }

        var leads: Bool {
            get throws {
                let lines = try run.errors().split(separator: "\n").filter { $0.contains("process leads") }
                return lines.last?.contains("this process leads") ?? false
            }
        }

        /// Asks it to end, and waits until it has.
        func stop() async throws -> TenureCommand.Outcome {
            run.terminate()
            return try await run.end(within: .seconds(60))
        }
    }

    /// Starts one and does not wait for it.
    ///
    /// - Parameter kind: `serve` or `worker`.
    func start(_ kind: String, _ settings: [String] = []) throws -> Node {
        var rehearsal = rehearsal
        rehearsal.clock = clock.text
        rehearsal.environment["HR_SECRET"] = HRSender.secret
        let port = Int(try LoopbackSocket.freePort())
        let own =
            kind == "serve" ? ["listen.port=\(port)", "hr.secrets=env:HR_SECRET"] : ["worker.health_port=\(port)"]
        let all = own + ["log.format=json", "limits.requests_per_second=100000"] + settings
        return Node(run: try rehearsal.start([kind] + all.flatMap { ["--set", $0] }), port: port)
    }

    func started(_ kind: String, _ settings: [String] = []) async throws -> Node {
        let node = try start(kind, settings)
        try await node.said("ends on SIGINT")
        return node
    }

    /// The command, at the present moment.
    var now: Rehearsal {
        var rehearsal = rehearsal
        rehearsal.clock = clock.text
        return rehearsal
    }

    func count(_ condition: String, of table: String = "steps") throws -> Int {
        Int(try place.sql("SELECT count(*) FROM \(table) WHERE \(condition)")) ?? 0
    }

    /// Until the database says so, or the time has passed.
    func wait(_ limit: Duration = .seconds(90), until isSo: () throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while try !isSo() {
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }

    // MARK: Load

    /// An event of somebody who joins or leaves, by number.
    func event(_ kind: String, _ number: Int, id: String? = nil) -> String {
        let person: JSONValue =
            kind == "left"
            ? ["status": "left"]
            : [
                "email": .string("n\(number)@mountainlab.io"), "given_name": "N", "family_name": .string("\(number)"),
                "type": "employee", "status": "active", "department": "Engineering", "start_date": "2026-11-01",
            ]
        let event: JSONValue = [
            "specversion": "1.0", "id": .string(id ?? "\(kind)-\(number)"), "source": "hr/load",
            "type": .string("io.tenure.identity.\(kind)"), "time": .string(clock.past),
            "subject": .string("n-\(number)"), "data": ["person": person],
        ]
        return event.compactText
    }

    /// Sends events of one kind in one batch.
    func send(_ kind: String, _ numbers: ClosedRange<Int>, to node: Node) async throws {
        let body = "[" + numbers.map { event(kind, $0) }.joined(separator: ",") + "]"
        let sender = HRSender { [clock] in clock.seconds }
        let id = "wh-\(kind)-\(numbers.lowerBound)"
        let answer = try await sender.send(body, id: id, isBatch: true, on: node.client)
        #expect(answer.status == 202, "\(answer.body.prefix(500))")
    }

    /// What a directory holds of the people of the load, by key, each as often as it was put.
    func holdings() async throws -> [String] {
        try await rehearsal.world(["corp"]).filter { $0.contains("\"n-") }
    }
}

/// Runs on from a fixed moment, so that processes that are started one after another agree.
struct RunningClock: Sendable {
    private static let base: TimeInterval = 1_795_248_600  // 2026-11-21T08:10:00Z
    private let begun = ContinuousClock.now

    var seconds: Int { Int(Self.base + (ContinuousClock.now - begun) / .seconds(1)) }

    var text: String { Self.text(seconds) }

    /// A minute ago: what is said of then counts at once, also for a process whose clock ran on later than this one because
    /// it took its time to start.
    var past: String { Self.text(seconds - 60) }

    private static func text(_ seconds: Int) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
}

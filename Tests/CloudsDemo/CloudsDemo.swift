import Foundation
import TestSupport

/// The story of the demo on four real systems and their six faces at once, told by the real command; after each chapter the
/// systems' own clients say what holds.
@main
struct CloudsDemo {
    static func main() async {
        do {
            guard let world = try await CloudsWorld.start() else {
                Stage.complain("what it needs is not installed: `make test-systems`")
                exit(1)
            }
            defer { world.stop() }
            var demo = CloudsDemo(world: world, stage: try Stage(world))
            try await demo.play()
            demo.stage.chapter("The systems' own clients were asked \(demo.stage.asked) times")
            demo.stage.say(
                demo.stage.wrong == 0 ? "every answer was the right one" : "\(demo.stage.wrong) answers were wrong")
            if demo.stage.wrong > 0 {
                world.stop()
                exit(1)
            }
        } catch {
            Stage.complain("\(error)")
            exit(1)
        }
    }

    let world: CloudsWorld
    var stage: Stage

    private mutating func play() async throws {
        try await begin()
        try await join()
        try await move()
        try await serve()
        try await leave()
        try await intrude()
        try await retire()
        try await prove()
    }

    // MARK: Chapters

    private mutating func begin() async throws {
        stage.chapter("1. Mountainlab on slapd, PostgreSQL, Kubernetes and AWS")
        stage.at("2026-11-21T08:00:00Z")
        try await stage.run("target", "check", "mountainlab")
        try await stage.run("people", "import", "mountainlab/hr/people.csv")
        try await stage.run("apply", "mountainlab", "--yes", lines: 4)
        try await stage.run("plan", "mountainlab", "--detailed-exitcode")
        let readers = "payments-live-readers"
        try stage.ask("ana is in \(readers)", of: [.ldap, .psql, .boto3]) { try world.isMember("e-0003", readers, $0) }
        try stage.ask("its members may look at payments-live, and no more", of: [.kubernetes]) { _ in
            try world.mayIn("payments-live", "get", "pods", readers)
                && !world.mayIn("payments-live", "create", "deployments", readers, expecting: false)
        }
        try stage.ask("the deploying runner is trusted by its exact subject", of: [.boto3]) { _ in
            try world.trustedSubjects("payments-live-operator") == [
                "repo:mountainlab/payments-service:environment:live"
            ]
        }
        try stage.ask("the sandbox's readers may not look at payments-live", of: [.kubernetes]) { _ in
            try !world.mayIn("payments-live", "get", "pods", "payments-sandbox-readers", expecting: false)
        }
    }

    private mutating func join() async throws {
        stage.chapter("2. Rosa joins on Monday")
        stage.at("2026-11-21T09:00:00Z")
        try await stage.run("event", "mountainlab/hr/events/01-joined.json")
        try stage.ask("she has no account yet", of: [.ldap, .psql, .boto3]) { try !world.hasAccount("e-0033", $0) }
        stage.at("2026-11-22T23:02:00Z")
        try await stage.run("reconcile", lines: 2)
        try stage.ask("she has one now", of: [.ldap, .psql, .boto3]) { try world.hasAccount("e-0033", $0) }
    }

    private mutating func move() async throws {
        stage.chapter("3. Hugo moves from the storefront to data")
        stage.at("2026-11-24T09:10:00Z")
        try world.edit("mountainlab/hr/events/02-moved.json") {
            $0.replacingOccurrences(of: "2026-11-21T09:10:00Z", with: "2026-11-24T09:10:00Z")
        }
        try await stage.run("event", "mountainlab/hr/events/02-moved.json")
        try world.edit("mountainlab/tenants/storefront.yaml") {
            $0.replacingOccurrences(of: "    - hugo@mountainlab.io\n", with: "")
        }
        try world.edit("mountainlab/tenants/insights.yaml") {
            $0.replacingOccurrences(
                of: "    - ivan@mountainlab.io\n", with: "    - ivan@mountainlab.io\n    - hugo@mountainlab.io\n")
        }
        try await stage.run("apply", "mountainlab", "--yes", lines: 3)
        try stage.ask("he left the storefront's readers", of: [.ldap, .psql, .boto3]) {
            try !world.isMember("e-0011", "storefront-live-readers", $0)
        }
        try stage.ask("he is among the readers of insights", of: [.ldap, .boto3]) {
            try world.isMember("e-0011", "insights-live-readers", $0)
        }
    }

    /// A service that is known by a secret, for a time.
    private mutating func serve() async throws {
        stage.chapter("4. A report service until the end of January, with a secret that lives 30 days")
        stage.at("2026-11-25T09:00:00Z")
        try await stage.run(
            "workload", "create", "payments/live/report", "mountainlab", "--owner", "javi@mountainlab.io", "--until",
            "2027-01-31", "--secret-ttl", "30d", lines: 12)
        try await stage.run("apply", "mountainlab", "--yes", lines: 2)
        let first = try world.secret("payments/live/report")
        try stage.ask("it has a secret, made for it", of: [.boto3]) { _ in first.current != nil && first.previous == nil
        }
        stage.say("Three quarters of its time later:")
        stage.at("2026-12-18T09:01:00Z")
        try await stage.run("reconcile", lines: 2)
        let second = try world.secret("payments/live/report")
        try stage.ask("the secret is another, and the one before is still good", of: [.boto3]) { _ in
            second.current != nil && second.current != first.current && second.previous == first.current
        }
    }

    private mutating func leave() async throws {
        stage.chapter("5. Ana leaves, with a key, a secret and an open session")
        let key = try world.giveKeyAndSecret(to: "e-0003")
        let session = try world.openSession(of: "ana@mountainlab.io")
        try stage.ask("she works on the database", of: [.psql]) { _ in try world.sessions(of: "ana@mountainlab.io") == 1
        }
        stage.at("2026-12-18T09:30:00Z")
        try world.edit("mountainlab/hr/events/04-left.json") {
            $0.replacingOccurrences(of: "2026-11-21T09:30:00Z", with: "2026-12-18T09:30:00Z")
        }
        try await stage.run("event", "mountainlab/hr/events/04-left.json", "--apply")
        try await stage.run("explain", "ana@mountainlab.io")
        for group in ["payments-live-readers", "payments-sandbox-readers"] {
            try stage.ask("she is not in \(group)", of: [.ldap, .boto3]) { try !world.isMember("e-0003", group, $0) }
        }
        try stage.ask("she is not in payments-live-readers", of: [.psql]) {
            try !world.isMember("e-0003", "payments-live-readers", $0)
        }
        try stage.ask("she cannot sign in", of: [.ldap, .psql]) { try world.isShut("e-0003", $0) }
        try stage.ask("her session was ended", of: [.psql]) { _ in
            try world.sessions(of: "ana@mountainlab.io") == 0 && !session.isRunning
        }
        try stage.ask("her key is inactive", of: [.boto3]) { _ in try world.keyStatus(key) == "Inactive" }
        try stage.ask("the secret that she knew is another, the old one is gone", of: [.boto3]) { _ in
            try world.isRotatedAway("payments/stripe")
        }
    }

    /// What the book begins with.
    private mutating func intrude() async throws {
        stage.chapter("6. Somebody puts the sandbox's runner into live by hand, just for a quick test")
        stage.at("2026-12-19T08:00:00Z")
        try world.putRunnerIn()
        let group = "payments-live-contributors"
        try stage.ask("it is in", of: [.ldap]) { try world.isStrangerIn(group, $0) }
        try stage.ask("it may write in payments-live", of: [.kubernetes]) { _ in
            try world.runnerMayWrite(expecting: true)
        }
        try await stage.run("drift", "--detailed-exitcode", status: 2)
        try await stage.run("reconcile", lines: 3)
        try stage.ask("it is out", of: [.ldap]) { try !world.isStrangerIn(group, $0) }
        try stage.ask("it may not", of: [.kubernetes]) { _ in try !world.runnerMayWrite(expecting: false) }
    }

    private mutating func retire() async throws {
        stage.chapter("7. February: the report service has gone")
        stage.at("2027-01-31T23:00:01Z")
        try await stage.run("reconcile", lines: 2)
        try stage.ask("nobody can read its secret", of: [.boto3]) { _ in
            let secret = try world.secret("payments/live/report")
            return secret.current == nil && secret.previous == nil
        }
        try stage.ask("her accounts are deleted", of: [.ldap, .psql, .boto3]) { try !world.hasAccount("e-0003", $0) }
    }

    private mutating func prove() async throws {
        stage.chapter("8. What is left, and the proof")
        try await stage.run("plan", "mountainlab", "--detailed-exitcode")
        try await stage.run("audit", "export", "log.jsonl")
        try await stage.run("audit", "verify", "log.jsonl", "--key", "state/tenure.pub")
        try stage.ask("every request was one that the vendor's models allow", of: [.botocore]) { _ in
            try world.moto.validateRequests().filter { $0.hasPrefix("wrong") }.isEmpty
        }
    }
}

import Foundation
import StrictJSON
import TestSupport
import Testing

/// What a server puts up with, as it is configured.
@Suite(.serialized) struct ServerLimitTests {
    private func serve(_ rehearsal: Rehearsal, _ settings: [String]) async throws -> (run: TenureRun, port: Int) {
        let port = Int(try LoopbackSocket.freePort())
        let all = ["listen.port=\(port)", "hr.secrets=env:HR", "scim.enabled=true"] + settings
        var rehearsal = rehearsal
        rehearsal.environment["HR"] = HRSender.secret
        let run = try rehearsal.start(["serve"] + all.flatMap { ["--set", $0] })
        try await run.said("ends on SIGINT")
        return (run, port)
    }

    @Test func aBodyIsNoLargerThanTheSmallerOfBothLimits() async throws {
        let rehearsal = try Rehearsal()
        try await rehearsal.expect(0, "people", "import", "mountainlab/hr/people.csv")
        let token = try #require(try await rehearsal.json("scim", "client", "add", "okta")["token"]?.string)
        let (run, port) = try await serve(rehearsal, ["limits.body=2KiB", "hr.snapshot_limit=8KiB"])
        let client = HTTPConnection(port: port)
        let (small, large) = (String(repeating: "x", count: 2_048), String(repeating: "x", count: 2_049))
        // What is not refused for its size is refused for its signature. Who has no token is refused before that.
        for (path, body, status) in [
            ("/hooks/hr", small, 401), ("/hooks/hr", large, 413), ("/hooks/hr/snapshot", large, 401),
            ("/hooks/hr/snapshot", String(repeating: "x", count: 8_193), 413), ("/scim/v2/Users", large, 413),
        ] {
            let answer = try await client.ask(
                "POST", path, headers: ["Content-Type": "application/json", "Authorization": "Bearer \(token)"],
                body: body)
            #expect(answer.status == status, "\(path) \(body.count): \(answer.status) \(answer.body)")
        }
        run.terminate()
        #expect(try await run.end(within: .seconds(30)).status == 0)
    }

    @Test func aRequestThatDoesNotComeWholeInTimeIsRefused() async throws {
        let (run, port) = try await serve(try Rehearsal(), ["limits.request_timeout=1s"])
        let curl = try #require(TestSystems.find("curl"))
        let begun = ContinuousClock.now
        let asked = try await ProgramRun.run(
            curl,
            [
                "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Length: 100", "-d", "{",
                "http://127.0.0.1:\(port)/hooks/hr",
            ], limit: .seconds(60))
        #expect(asked.output == "408", "\(asked)")
        #expect(ContinuousClock.now - begun < .seconds(25))
        run.terminate()
        #expect(try await run.end(within: .seconds(30)).status == 0)
    }
}

import Foundation
import StrictJSON
import TestSupport
import Testing

/// One leaver's webhook is followed by its ids: through the answer, the lines of the log, and the records.
@Suite(.serialized) struct CorrelationTests {
    private func lines(_ run: TenureRun) throws -> [JSONValue] {
        try run.errors().split(separator: "\n").filter { $0.hasPrefix("{") }.map { try JSONParser.parse(String($0)) }
    }

    private func leave(_ person: String, _ id: String, _ time: String) -> String {
        let event: JSONValue = [
            "specversion": "1.0", "id": .string(id), "source": "hr/test", "type": "io.tenure.identity.left",
            "time": .string(time), "subject": .string(person), "data": ["person": ["status": "left"]],
        ]
        return event.compactText
    }

    private func begun(_ run: TenureRun, _ id: String) async throws -> [JSONValue] {
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end {
            let found = try lines(run).filter { $0["event"]?.string == id && $0["change"]?.string?.isEmpty == false }
            if found.contains(where: { $0["state"] == "verified" }) { return found }
            try await Task.sleep(for: .milliseconds(10))
        }
        return []
    }

    @Test func aLeaversWebhookIsFollowedToTheRecord() async throws {
        var rehearsal = try await Rehearsal.applied()
        let clock = RunningClock()
        rehearsal.clock = clock.text
        rehearsal.environment["HR"] = HRSender.secret
        let port = Int(try LoopbackSocket.freePort())
        let settings = ["listen.port=\(port)", "hr.secrets=env:HR", "log.format=json", "log.level=debug"]
        let run = try rehearsal.start(["serve"] + settings.flatMap { ["--set", $0] })
        try await run.said("ends on SIGINT")
        let client = HTTPConnection(port: port)
        let sender = HRSender { clock.seconds }
        for (number, person) in ["e-0003", "e-0011", "e-0004"].enumerated() {
            let id = "evt-\(number)"
            let answer: HTTPConnection.Answer
            do {
                answer = try await sender.send(leave(person, id, clock.past), id: "wh-\(number)", on: client)
            } catch {
                let said = try run.errors().suffix(3_000)
                Issue.record("it answered nothing; whether it runs: \(run.isRunning); it said: \(said)")
                throw error
            }
            #expect(answer.status == 202, "\(answer.body)")
            let request = try #require(answer.headers["x-request-id"])
            let changes = try await begun(run, id)
            let said = try run.errors().suffix(3_000)
            #expect(!changes.isEmpty, "\(said)")
            // The line of the event ties the request to what HR calls it, and to its webhook.
            let event = try #require(
                try lines(run).first { $0["message"] == "event" && $0["request"]?.string == request })
            #expect(event["event"]?.string == id && event["webhook"]?.string == "wh-\(number)")
            #expect(event["person"]?.string == person)
            #expect(try lines(run).contains { $0["message"] == "request" && $0["request"]?.string == request })
            let begins = try #require(changes.first { $0["message"] == "change begins" })
            let caseID = try #require(begins["case"]?.string)
            #expect(changes.allSatisfy { $0["case"]?.string == caseID })

            var now = rehearsal
            now.clock = clock.text
            let records = try await now.records()
            let heard = try #require(records.first { $0.type == "people.event" && $0.body["id"]?.string == id })
            #expect(heard.body["web_request"]?.string == request)
            #expect(records.contains { $0.type == "case.opened" && $0.caseID == caseID })
            let planned = records.filter { $0.type == "change.planned" && $0.caseID == caseID }
            #expect(!planned.isEmpty && planned.allSatisfy { $0.body.compactText.contains("\"\(id)\"") })
            #expect(records.contains { $0.type == "change.verified" && $0.caseID == caseID })
        }
        run.terminate()
        #expect(try await run.end(within: .seconds(60)).status == 0)
    }
}

import Foundation
import StrictJSON
import TestSupport
import Testing

/// Events that come early, late, twice or out of order, and clocks that go back.
@Suite struct TimeTests {
    @Test func aRepeatedEventChangesNothingAndAnotherContentIsRefused() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:30:30Z"
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        let before = try await office.standing()
        let repeated = try await office.json("event", "mountainlab/hr/events/04-left.json")
        #expect(repeated["outcome"]?.string == "repeated")
        #expect(try await office.standing() == before)
        try office.edit("mountainlab/hr/events/04-left.json") { $0.replacing("e-0003", with: "e-0010") }
        let refused = try await office.expect(1, "event", "mountainlab/hr/events/04-left.json", "--apply")
        #expect(refused.errors.contains("known with other content"))
        #expect(try await office.standing() == before)
    }

    @Test func aLeaverOfTheFutureWaitsAndIsOutOnTime() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T10:00:00Z"
        let left = try office.event(
            "l-1", "left", "e-0003", time: "2026-11-21T10:00:00Z", effective: "2026-11-30T17:00:00Z")
        try await office.expect(0, "event", left, "--apply")
        office.clock = "2026-11-30T16:59:00Z"
        try await office.expect(0, "reconcile", "--detailed-exitcode")
        #expect(try await office.access(of: "e-0003").count == 8)
        office.clock = "2026-11-30T17:00:00Z"
        try await office.expect(2, "reconcile", "--detailed-exitcode")
        #expect(try await office.access(of: "e-0003") == ["corp account disabled", "shop account disabled"])
    }

    /// A server looks at everything each quarter of an hour; that HR's clock is a little ahead delays nobody until then.
    @Test func whoJoinsAFewSecondsAheadOfTheServersClockDoesNotWaitForItsNextLook() async throws {
        var office = try await Rehearsal.applied()
        let clock = RunningClock()
        office.clock = clock.text
        office.environment["HR"] = HRSender.secret
        let port = Int(try LoopbackSocket.freePort())
        let server = try office.start(["serve", "--set", "listen.port=\(port)", "--set", "hr.secrets=env:HR"])
        try await server.said("ends on SIGINT")
        let ahead = Date(timeIntervalSince1970: TimeInterval(clock.seconds + 5)).formatted(.iso8601)
        let event: JSONValue = [
            "specversion": "1.0", "id": "ahead", "source": "hr/test", "type": "io.tenure.identity.joined",
            "time": .string(ahead), "subject": "e-0903",
            "data": [
                "person": [
                    "email": "ahead@mountainlab.io", "given_name": "N", "family_name": "N", "type": "employee",
                    "status": "active", "department": "Engineering", "start_date": "2026-11-01",
                ]
            ],
        ]
        let sender = HRSender { clock.seconds }
        let answer = try await sender.send(event.compactText, id: "wh-ahead", on: HTTPConnection(port: port))
        #expect(answer.status == 202, "\(answer.body)")
        let end = ContinuousClock.now + .seconds(120)
        while try await office.access(of: "e-0903").isEmpty, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await office.access(of: "e-0903").contains("corp account active"))
        server.terminate()
        #expect(try await server.end(within: .seconds(60)).status == 0)
    }

    @Test func aJoinerOfTheFutureIsTakenInAndComesOnTime() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T10:00:00Z"
        func joined(_ id: String, _ effective: String?, _ start: String) throws -> String {
            try office.event(
                id, "joined", "e-\(id)", time: "2026-11-21T09:00:00Z", effective: effective,
                person: [
                    "email": .string("\(id)@mountainlab.io"), "given_name": "N", "family_name": "N",
                    "type": "employee", "start_date": .string(start),
                ])
        }
        // Not known before its time, and known but not here before the first day, which begins in Madrid.
        let announced = try joined("0901", "2026-11-22T09:00:00Z", "2026-11-22")
        let dated = try joined("0902", nil, "2026-11-24")
        let first = try await office.expect(0, "event", announced, "--apply")
        #expect(first.errors.contains("takes effect for e-0901 at 2026-11-22T09:00:00Z"), "\(first.everything)")
        let second = try await office.expect(0, "event", dated, "--apply")
        #expect(second.errors.contains("takes effect for e-0902 at 2026-11-23T23:00:00Z"), "\(second.everything)")
        #expect(try await office.access(of: "e-0901").isEmpty)
        #expect(try await office.access(of: "e-0902").isEmpty)
        office.clock = "2026-11-24T00:00:00Z"
        try await office.expect(0, "reconcile")
        #expect(try await office.access(of: "e-0901").contains("corp account active"))
        #expect(try await office.access(of: "e-0902").contains("corp account active"))
    }

    @Test func aReportThatEndsBeforeItBeginsIsRefused() async throws {
        let office = try await Rehearsal.applied()
        let refused = try await office.expect(
            1, "report", "slis", "--from", "2026-11-22", "--to", "2026-11-21T12:00:00Z")
        #expect(refused.errors.contains("before it begins at 2026-11-22T00:00:00Z"), "\(refused.everything)")
        #expect(refused.output.isEmpty)
        try await office.expect(1, "report", "slis", "--from", "2027-01-01")
        try await office.expect(0, "report", "slis", "--from", "2026-11-21", "--to", "2026-11-21")
    }

    @Test func everyOrderOfArrivalComesToTheSameEnd() async throws {
        var ends: [[String]] = []
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            var office = try await Rehearsal.applied()
            let events = [
                try office.event(
                    "a-0", "moved", "e-0011", time: "2026-11-21T08:10:00Z", person: ["department": "Data"]),
                try office.event(
                    "a-1", "moved", "e-0011", time: "2026-11-21T08:20:00Z", person: ["department": "Engineering"]),
                try office.event(
                    "a-2", "left", "e-0003", time: "2026-11-21T08:30:00Z", person: ["status": "left"]),
                try office.event(
                    "a-3", "moved", "e-0011", time: "2026-11-21T08:40:00Z", person: ["department": "Sales"]),
            ]
            for (minute, index) in order.enumerated() {
                office.clock = "2026-11-21T09:0\(minute):00Z"
                try await office.expect(0, "event", events[index], "--apply")
            }
            ends.append(try await office.world())
            #expect(try await office.access(of: "e-0011").contains("corp membership engineering e-0011") == false)
        }
        #expect(ends[0] == ends[1])
        #expect(ends[0] == ends[2])
    }

    @Test func aClockSetBackUndoesNothing() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-12-15T23:30:00Z"
        try await office.expect(0, "reconcile")
        let end = try await office.world()
        #expect(try await office.access(of: "c-0001") == ["corp account disabled", "shop account disabled"])
        office.clock = "2026-11-21T08:00:00Z"
        try await office.expect(0, "reconcile", "--detailed-exitcode")
        #expect(try await office.world() == end)
        let times = try await office.json("audit", "log").array?.compactMap { $0["at"]?.string } ?? []
        #expect(times == times.sorted())
    }
}

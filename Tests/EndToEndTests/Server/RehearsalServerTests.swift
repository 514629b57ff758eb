import Foundation
import StrictJSON
import TestSupport
import Testing

/// A server that takes everybody at their word, where that does no harm.
@Suite(.serialized) struct RehearsalServerTests {
    private func serve(_ rehearsal: Rehearsal, _ flags: [String], until text: String) async throws -> TenureRun {
        let run = try rehearsal.start(["serve", "--set", "listen.port=0"] + flags)
        let end = ContinuousClock.now + .seconds(60)
        while try !run.errors().contains(text), run.isRunning, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
        }
        return run
    }

    private func address(_ run: TenureRun) throws -> String {
        let line = try #require(try run.errors().split(separator: "\n").first { $0.contains("ends on SIGINT") })
        let port = try #require(line.split(separator: ":").last?.prefix { $0.isNumber })
        return "http://127.0.0.1:\(port)"
    }

    @Test func whoActsAndWhatTimeItIsIsWhatTheySay() async throws {
        var rehearsal = try await Rehearsal.applied()
        let run = try await serve(
            rehearsal, ["--rehearsal", "--admin", "marta@mountainlab.io"], until: "TENURE_TOKEN=")
        let token = try #require(try run.errors().firstMatch(of: /TENURE_TOKEN=(\S+)/)?.1)
        rehearsal.environment = ["TENURE_TOKEN": String(token)]
        let server = ["--server", try address(run)]
        let link = try #require(try run.errors().firstMatch(of: /(http:\S+)\/bootstrap/)?.1)
        #expect(link == server[1], "the link names the port that was chosen")

        let asked = try await rehearsal.run(
            [
                "access", "request", "payments/live/contributor", "--reason", "INC-402 doubled charges", "--for", "1h",
                "-o", "json",
            ]
                + ["--as", "javi@mountainlab.io"] + server)
        #expect(asked.status == 0, "\(asked.everything)")
        let ticket = try JSONParser.parse(asked.output)
        #expect(ticket["requested_by"] == "e-0002" && ticket["asserted"] == true, "\(asked.everything)")
        let own = try await rehearsal.run(
            ["access", "approve", ticket["id"]?.string ?? "", "--as", "javi@mountainlab.io"] + server)
        #expect(own.status == 3, "it is he who asks: \(own.everything)")

        rehearsal.clock = "2026-12-15T23:30:00Z"
        #expect(try await rehearsal.run(["reconcile"] + server).status == 0)
        let ended = try await rehearsal.run(["people", "show", "c-0001", "-o", "json"] + server)
        #expect(ended.output.contains("ended"), "\(ended.everything)")

        rehearsal.environment["TENURE_TOKEN"] = String(token.dropLast(1)) + "x"
        let wrong = try await rehearsal.run(["people", "show"] + server)
        #expect(wrong.status == 1 && !wrong.everything.contains("ana@"), "\(wrong.everything)")
        run.terminate()
        #expect(try await run.end(within: .seconds(60)).status == 0)
    }

    @Test func itIsRefusedWhereItCouldDoHarm() async throws {
        var rehearsal = try await Rehearsal.applied()
        let flags = ["--rehearsal", "--admin", "marta@mountainlab.io"]
        let open = try await serve(
            rehearsal, flags + ["--set", "listen.address=0.0.0.0", "--set", "listen.plain=true"], until: "never")
        let reachable = try await open.end(within: .seconds(60))
        #expect(reachable.status == 1 && reachable.errors.contains("can be reached from elsewhere"))
        rehearsal.environment["TENURE_CLOCK"] = ""
        let real = try await serve(rehearsal, flags, until: "never").end(within: .seconds(60))
        #expect(real.status == 1 && real.errors.contains("its clock is a real one"), "\(real.errors)")
        rehearsal.environment["TENURE_CLOCK"] = nil

        // Another server does not pass over what it cannot believe.
        let run = try await serve(rehearsal, [], until: "ends on SIGINT")
        let curl = try #require(TestSystems.find("curl"))
        for field in ["Tenure-As: marta@mountainlab.io", "Tenure-Clock: 2030-01-01T00:00:00Z"] {
            let said = try await ProgramRun.run(
                curl, ["-s", "-H", field, "-H", "Authorization: Bearer x", "\(try address(run))/api/v1/me"])
            #expect(said.output.contains("not-a-rehearsal"), "\(field): \(said.output)")
        }
        run.terminate()
        #expect(try await run.end(within: .seconds(60)).status == 0)
    }
}

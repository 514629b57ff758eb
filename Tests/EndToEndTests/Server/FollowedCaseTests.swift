import Foundation
import TestSupport
import Testing

/// `case follow` of a server, and what comes down the line: each line as the standard of server-sent events has it.
@Suite struct FollowedCaseTests {
    private func follow(_ events: String) async throws -> TenureCommand.Outcome {
        let server = try HTTPDouble { request in
            guard request.path.hasSuffix("/events") else {
                return HTTPDouble.Response(200, headers: ["Content-Type": "application/json"], body: "{}")
            }
            return HTTPDouble.Response(200, headers: ["Content-Type": "text/event-stream"], body: events)
        }
        let rehearsal = try Rehearsal()
        return try await rehearsal.run(
            ["case", "follow", "case-1", "--server", server.url, "-o", "json"], environment: ["TENURE_TOKEN": "any"])
    }

    @Test func everyEventIsTold() async throws {
        let outcome = try await follow(
            """
            id: 1\nevent: case\ndata: {"id":"case-1","state":"approved"}\n\n: still here\n\n\
            id: 2\nevent: case\ndata: {"id":"case-1","state":"active"}\n\n
            """)
        #expect(outcome.status == 0, "\(outcome.everything)")
        #expect(
            outcome.output.split(separator: "\n") == [
                #"{"id":"case-1","state":"approved"}"#, #"{"id":"case-1","state":"active"}"#,
            ])
    }

    @Test func anEventThatIsNoJSONIsAnErrorWithWhatWasGot() async throws {
        let outcome = try await follow(
            "data: {\"id\":\"case-1\",\"state\":\"approved\"}\n\ndata: <html>\u{1B}[2J oops\n\n"
                + "data: {\"id\":\"case-1\",\"state\":\"active\"}\n\n")
        #expect(outcome.status == 1, "\(outcome.everything)")
        #expect(outcome.errors.contains("an event that is no JSON: `<html>"), "\(outcome.errors)")
        #expect(outcome.errors.contains("oops") && !outcome.errors.contains("\u{1B}"), "\(outcome.errors)")
        #expect(outcome.output.contains("approved") && !outcome.output.contains("active"))
    }

    /// What the standard says is to be passed over, and how it puts lines together.
    @Test(arguments: [
        // A comment, unknown fields, a name alone, an event without data.
        ": hello\nfoo: bar\nnonsense\n\nevent: case\nid\n\ndata: {\"id\":\"case-1\",\"state\":\"active\"}\n\n",
        // A name is what it is, in its case; a space before the colon belongs to it.
        "Data: x\ndata : x\ndata2: x\n\ndata: {\"id\":\"case-1\",\"state\":\"active\"}\n\n",
        // Several lines of one event, no space after the colon, other line ends, a byte order mark.
        "\u{FEFF}data:{\"id\":\"case-1\",\r\ndata: \"state\":\r\ndata: \"active\"}\r\n\r\n",
    ]) func whatTheStandardPassesOver(_ events: String) async throws {
        let outcome = try await follow(events)
        #expect(outcome.status == 0, "\(outcome.everything)")
        #expect(outcome.output == "{\"id\":\"case-1\",\"state\":\"active\"}\n", "\(outcome.everything)")
    }

    @Test func aStreamThatBreaksOffSaysThatTheCaseGoesOn() async throws {
        let outcome = try await follow("data: {\"id\":\"case-1\",\"state\":\"approved\"}\n\ndata: {\"id\"")
        #expect(outcome.status == 1 && outcome.errors.contains("case-1 goes on"), "\(outcome.everything)")
    }
}

import TestSupport
import Testing
import WebServer

/// Who says nothing of themselves, or nothing that is true, cannot make a server wait for a long body.
@Suite struct UnreadBodyTests {
    /// Longer than any answer here takes, so that who is waited for is told of it.
    private static let settings = WebSettings(idleTimeout: .seconds(120), bodyTimeout: .seconds(90))
    private static let soon = Duration.seconds(45)

    private static let lengths = ["Content-Length: 4000000", "Transfer-Encoding: chunked"]

    /// The head of a request that announces a body, and then nothing.
    private func begin(_ line: String, _ fields: [String], _ port: Int) async throws -> RawConnection {
        let connection = try RawConnection(port: port)
        let head = ["\(line) HTTP/1.1", "Host: tenure.example.com"] + fields
        await connection.send(head.joined(separator: "\r\n") + "\r\n\r\n")
        return connection
    }

    @Test func whoMayNotSendIsAnsweredBeforeTheBody() async throws {
        try await ServerPlace.with { place in
            let (table, known) = (place.api.table, place.scimToken)
            let revoked = try await place.installation.scimClients.add("revoked").token.reveal()
            let (reader, admin) = (try place.token("e-0004"), try place.token("e-0001"))
            let expired = try place.expiredToken("e-0001")
            #expect(await place.ask(.init(.get, "/scim/v2/Users", bearer: revoked)).status == 200)
            // Once it was good, and what was good is remembered.
            let user = ServerPlace.Ask(.post, "/scim/v2/Users", bearer: revoked, ["userName": 1])
            #expect(await place.ask(user).status == 400)
            _ = try await place.installation.scimClients.revoke("revoked")
            let end = ContinuousClock.now + .seconds(30)
            while await place.ask(user).status != 401 {
                try #require(ContinuousClock.now < end, "a token that was revoked is still taken for good")
                try await Task.sleep(for: .milliseconds(20))
            }
            let type = "Content-Type: application/scim+json"
            try await ServedTable.serve(table, Self.settings) { port in
                for length in Self.lengths {
                    for (line, token, status) in [
                        ("POST /scim/v2/Users", nil, 401), ("PUT /scim/v2/Users/u", "x", 401),
                        ("PATCH /scim/v2/Groups/g", known + "x", 401), ("POST /scim/v2/Bulk", nil, 401),
                        ("POST /scim/v2/.search", revoked, 401), ("POST /scim/v2/Users", revoked, 401),
                        ("POST /scim/v2/Users", admin, 401), ("DELETE /scim/v2/Users/u", nil, 401),
                        ("GET /scim/v2/Users", nil, 401),
                        ("POST /api/v1/people/snapshots", nil, 401), ("POST /api/v1/people/snapshots", known, 401),
                        ("POST /api/v1/people/snapshots", expired, 401),
                        ("POST /api/v1/people/snapshots", reader, 403),
                    ] as [(String, String?, Int)] {
                        let begun = ContinuousClock.now
                        let bearer = token.map { ["Authorization: Bearer \($0)"] } ?? []
                        let connection = try await begin(line, [length, type] + bearer, port)
                        let said = await connection.read()
                        #expect(said.answers.map(\.status) == [status], "\(line): \(said.text)")
                        #expect(said.isClosed && ContinuousClock.now - begun < Self.soon, "\(line)")
                        #expect(said.answers.first?.headers["connection"] == "close")
                        if line.contains("scim") {
                            #expect(said.text.contains("urn:ietf:params:scim:api:messages:2.0:Error"), "\(said.text)")
                        }
                    }
                }
            }
        }
    }

    /// Who may send is listened to.
    @Test func whoMaySendIsWaitedFor() async throws {
        try await ServerPlace.with { place in
            let (table, known) = (place.api.table, place.scimToken)
            let body =
                #"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"u-1","#
                + #""emails":[{"value":"u-1@mountainlab.io"}],"name":{"givenName":"U","familyName":"One"}}"#
            try await ServedTable.serve(table, Self.settings) { port in
                let fields = [
                    "Content-Length: \(body.utf8.count)", "Content-Type: application/scim+json",
                    "Authorization: Bearer \(known)",
                ]
                let connection = try await begin("POST /scim/v2/Users", fields, port)
                #expect(await connection.answers(1, quiet: .milliseconds(300)).isEmpty)
                await connection.send(body)
                let answer = await connection.answers(1).first
                #expect(answer?.status == 201, "\(answer?.body ?? "")")
            }
        }
    }
}

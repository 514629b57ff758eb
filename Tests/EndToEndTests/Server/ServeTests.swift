import AccessModel
import Foundation
import StrictJSON
import TestSupport
import Testing

/// The real server, asked with curl.
@Suite(.serialized) struct ServeTests {
    /// A running server, and whoever talks to it.
    private struct Running {
        let rehearsal: Rehearsal
        let run: TenureRun
        let port: Int

        init(_ rehearsal: Rehearsal, _ settings: [String] = []) async throws {
            self.rehearsal = rehearsal
            let port = Int(try LoopbackSocket.freePort())
            self.port = port
            let flags = (["listen.port=\(port)", "scim.enabled=true"] + settings).flatMap { ["--set", $0] }
            run = try rehearsal.start(["serve", "--admin", "marta@mountainlab.io"] + flags)
            try await run.said("ends on SIGINT")
        }

        var address: String { "http://127.0.0.1:\(port)" }

        struct Answer {
            let status: Int
            let body: String
        }

        func ask(_ arguments: String...) async throws -> Answer {
            let curl = try #require(TestSystems.find("curl"))
            let run = try await ProgramRun.run(curl, ["-s", "-w", "\n%{http_code}"] + arguments, limit: .seconds(30))
            let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
            return Answer(status: Int(lines.last ?? "") ?? 0, body: lines.dropLast().joined(separator: "\n"))
        }

        /// Signs in by the link that was printed; the jar that holds the session.
        func signIn() async throws -> String {
            let jar = rehearsal.path("jar-\(port)")
            let link = try #require(
                try run.errors().split(whereSeparator: \.isWhitespace).first { $0.contains("/bootstrap?secret=") })
            let answer = try await ask("-c", jar, "-o", "/dev/null", String(link))
            #expect(answer.status == 303)
            let again = try await ask(String(link))
            #expect(again.status == 403 || again.status == 401 || again.status == 404, "a link works once: \(again)")
            return jar
        }
    }

    @Test func theFirstAdminSignsInAndSees() async throws {
        let server = try await Running(try await Rehearsal.applied())
        let nobody = try await server.ask("\(server.address)/api/v1/me")
        #expect(nobody.status == 401)
        let jar = try await server.signIn()
        let me = try await server.ask("-b", jar, "\(server.address)/api/v1/me")
        let json = try JSONParser.parse(me.body)
        #expect(json["person"] == "e-0001" && json["platform_admin"] == true)
        let who = try await server.ask(
            "-b", jar, "\(server.address)/api/v1/groups/payments-live-readers/members")
        #expect(who.status == 200 && who.body.contains("e-0004"))
        // What changes something from a browser bears a token of its page.
        let forged = try await server.ask("-b", jar, "-X", "POST", "\(server.address)/api/v1/reconcile")
        #expect(forged.status == 403)
        server.run.terminate()
        let ended = try await server.run.end(within: .seconds(30))
        #expect(ended.status == 0, "\(ended.errors)")
    }

    @Test func whomSCIMBringsIsAPersonUntilItTakesThemAway() async throws {
        let rehearsal = try await Rehearsal.applied()
        let added = try await rehearsal.expect(0, "scim", "client", "add", "okta", "-o", "json")
        let token = try JSONParser.parse(added.output)["token"]?.string ?? ""
        let server = try await Running(rehearsal)
        let bearer = "Authorization: Bearer \(token)"
        let type = "Content-Type: application/scim+json"
        let made = try await server.ask(
            "-H", bearer, "-H", type, "-d",
            """
            {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "zoe@mountainlab.io",
             "name": {"givenName": "Zoe", "familyName": "Lund"},
             "emails": [{"value": "zoe@mountainlab.io", "primary": true}]}
            """, "\(server.address)/scim/v2/Users")
        #expect(made.status == 201, "\(made.body)")
        let id = try JSONParser.parse(made.body)["id"]?.string ?? ""
        let jar = try await server.signIn()
        let person = try await server.ask("-b", jar, "\(server.address)/api/v1/people/zoe@mountainlab.io")
        #expect(person.status == 200, "\(person.body)")
        #expect(try JSONParser.parse(person.body)["presence"] == "active")
        // Nobody else's: HR named Marta, and no client speaks for her.
        let gone = try await server.ask("-H", bearer, "-X", "DELETE", "\(server.address)/scim/v2/Users/\(id)")
        #expect(gone.status == 204)
        let left = try await server.ask("-b", jar, "\(server.address)/api/v1/people/zoe@mountainlab.io")
        #expect(try JSONParser.parse(left.body)["presence"] == "left", "\(left.body)")
        server.run.terminate()
        #expect(try await server.run.end(within: .seconds(30)).status == 0)
        #expect(!(try server.run.errors().contains(token)))
    }

    @Test func aClientSpeaksForNobodyWhomItDidNotBring() async throws {
        let rehearsal = try await Rehearsal.applied()
        let added = try await rehearsal.expect(
            0, "scim", "client", "add", "hr-suite", "--person-id", "employeeNumber", "-o", "json")
        let token = try JSONParser.parse(added.output)["token"]?.string ?? ""
        let server = try await Running(rehearsal)
        let taken = try await server.ask(
            "-H", "Authorization: Bearer \(token)", "-H", "Content-Type: application/scim+json", "-d",
            """
            {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
             "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"], "userName": "evil@mountainlab.io",
             "emails": [{"value": "evil@mountainlab.io"}],
             "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": "e-0001"}}
            """, "\(server.address)/scim/v2/Users")
        #expect(taken.status == 409, "\(taken.body)")
        let jar = try await server.signIn()
        let marta = try await server.ask("-b", jar, "\(server.address)/api/v1/people/e-0001")
        #expect(marta.body.contains("marta@mountainlab.io"))
        server.run.terminate()
        #expect(try await server.run.end(within: .seconds(30)).status == 0)
    }

    /// Two nodes would be another thing; one that dies loses nothing that it acknowledged.
    @Test func whatWasAcknowledgedIsThereAfterAKill() async throws {
        var rehearsal = try await Rehearsal.applied()
        let added = try await rehearsal.expect(0, "scim", "client", "add", "okta", "-o", "json")
        let token = try JSONParser.parse(added.output)["token"]?.string ?? ""
        var acknowledged: [String] = []
        for round in 0..<5 {
            let server = try await Running(rehearsal)
            for number in 0..<4 {
                let name = "p\(round)-\(number)@mountainlab.io"
                let made = try await server.ask(
                    "-H", "Authorization: Bearer \(token)", "-H", "Content-Type: application/scim+json", "-d",
                    """
                    {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "\(name)",
                     "emails": [{"value": "\(name)"}], "name": {"givenName": "P", "familyName": "\(number)"}}
                    """, "\(server.address)/scim/v2/Users")
                #expect(made.status == 201, "\(made.body)")
                acknowledged.append(name)
            }
            server.run.kill()
        }
        // Each run began its clock anew; what was said last counts from a moment that the next one has not reached.
        rehearsal.clock = "2026-11-21T08:10:00Z"
        let people = try await rehearsal.expect(0, "people", "show", "-o", "json").output
        for name in acknowledged { #expect(people.contains(name)) }
    }
}

import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing

/// A trace that a caller began goes through a server, from the webhook to the request that an application gets.
@Suite(.serialized) struct TracingTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let caller = "b7ad6b7169203331"

    /// A SCIM service that keeps users and has no groups to speak of.
    private final class Application: Sendable {
        private let users = Mutex<[JSONObject]>([])

        func answer(_ request: HTTPDouble.Request) -> HTTPDouble.Response {
            func json(_ status: Int, _ object: JSONObject) -> HTTPDouble.Response {
                HTTPDouble.Response(
                    status, headers: ["Content-Type": "application/scim+json"],
                    body: JSONValue.object(object).compactText)
            }
            switch (request.method, request.path) {
            case ("POST", "/v2/Users"):
                guard var user = (try? JSONParser.parse(request.body))?.object else { return json(400, JSONObject()) }
                return json(
                    201,
                    users.withLock { users in
                        user["id"] = .string("u-\(users.count)")
                        users.append(user)
                        return user
                    })
            case ("GET", "/v2/Users"): return json(200, Self.list(users.withLock { $0 }))
            case ("GET", "/v2/Groups"): return json(200, Self.list([]))
            case ("GET", let path) where path.hasPrefix("/v2/Users/"):
                let user = users.withLock { users in users.first { "/v2/Users/" + ($0["id"]?.string ?? "") == path } }
                return user.map { json(200, $0) } ?? json(404, JSONObject())
            default: return json(404, JSONObject())
            }
        }

        private static func list(_ resources: [JSONObject]) -> JSONObject {
            var list = JSONObject()
            list["schemas"] = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
            list["totalResults"] = .integer(Int64(resources.count))
            list["startIndex"] = 1
            list["itemsPerPage"] = .integer(Int64(resources.count))
            list["Resources"] = .array(resources.map { .object($0) })
            return list
        }
    }

    private struct World {
        var rehearsal: Rehearsal
        let application: HTTPDouble
        let clock: RunningClock
    }

    /// The people of a department of its own have an account in an application.
    private func world() async throws -> World {
        let kept = Application()
        let application = try HTTPDouble { kept.answer($0) }
        var rehearsal = try await Rehearsal.applied()
        let clock = RunningClock()
        rehearsal.clock = clock.text
        rehearsal.environment["HR"] = HRSender.secret
        rehearsal.environment["APP_TOKEN"] = "canary-of-the-application"
        try rehearsal.edit("mountainlab/targets.yaml") { text in
            text + """
                  - name: app
                    connector: scim
                    covers: {sector: analytics}
                    settings: {url: "\(application.url)/v2"}
                    credential: env:APP_TOKEN

                """
        }
        try rehearsal.edit("mountainlab/birthright.yaml") { text in
            text + """
                  - name: who is traced
                    match: {department: Tracing}
                    accounts: [app]

                """
        }
        _ = try await rehearsal.run(["apply", "mountainlab", "--yes"])
        return World(rehearsal: rehearsal, application: application, clock: clock)
    }

    private func start(_ world: World, _ settings: [String]) async throws -> (run: TenureRun, port: Int) {
        let port = Int(try LoopbackSocket.freePort())
        let all = ["listen.port=\(port)", "hr.secrets=env:HR", "log.format=json", "log.level=debug"] + settings
        let run = try world.rehearsal.start(["serve"] + all.flatMap { ["--set", $0] })
        try await run.said("ends on SIGINT")
        return (run, port)
    }

    /// Somebody joins, by a webhook that is a part of a trace. The request's id.
    private func join(_ person: String, _ world: World, _ port: Int) async throws -> String {
        let event: JSONValue = [
            "specversion": "1.0", "id": .string("evt-\(person)"), "source": "hr/test",
            "type": "io.tenure.identity.joined", "time": .string(world.clock.past), "subject": .string(person),
            "data": [
                "person": [
                    "email": .string("\(person)@mountainlab.io"), "given_name": "Tracy", "family_name": "Example",
                    "type": "employee", "status": "active", "department": "Tracing", "title": "Engineer",
                    "manager_id": "e-0001", "location": "Madrid", "start_date": "2026-01-01",
                ]
            ],
        ]
        let sender = HRSender { world.clock.seconds }
        var headers = sender.headers(id: "wh-\(person)", body: event.compactText)
        headers["traceparent"] = "00-\(Self.trace)-\(Self.caller)-01"
        let answer = try await HTTPConnection(port: port).ask(
            "POST", "/hooks/hr", headers: headers, body: event.compactText)
        #expect(answer.status == 202, "\(answer.body)")
        return try #require(answer.headers["x-request-id"])
    }

    private func lines(_ run: TenureRun) throws -> [JSONValue] {
        try run.errors().split(separator: "\n").filter { $0.hasPrefix("{") }.map { try JSONParser.parse(String($0)) }
    }

    /// What the application got for a person.
    private func creation(of person: String, _ world: World) async throws -> HTTPDouble.Request? {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            let found = world.application.requests.first {
                $0.method == "POST" && $0.path == "/v2/Users" && $0.body.contains(person)
            }
            if let found { return found }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    private struct Traced {
        let person: String
        /// The id of the request that named them.
        let request: String
        /// The parts of what their creation bears.
        let header: [String]
    }

    /// Somebody joins whose account is made as a part of the trace. A look at everything that is on its way already may see
    /// somebody before the bell is rung for them; what it does is its own. Then the next one is tried.
    private func traced(_ world: World, _ port: Int) async throws -> Traced? {
        for number in 9_001..<9_011 {
            let request = try await join("e-\(number)", world, port)
            let sent = try #require(try await creation(of: "e-\(number)", world))
            guard let header = sent.headers["traceparent"]?.split(separator: "-").map(String.init) else { continue }
            guard header.count == 4, header[1] == Self.trace else { continue }
            return Traced(person: "e-\(number)", request: request, header: header)
        }
        return nil
    }

    @Test func aTraceGoesFromTheWebhookToTheApplication() async throws {
        let world = try await world()
        let (run, port) = try await start(world, ["tracing=log"])
        let joined = try #require(try await traced(world, port), "none of ten who joined was a part of the trace")
        let (request, header) = (joined.request, joined.header)
        #expect(header[3] == "01")

        var spans: [JSONValue] = []
        let end = ContinuousClock.now + .seconds(30)
        func named(_ name: String) -> [JSONValue] { spans.filter { $0["name"]?.string == name } }
        repeat {
            spans = try lines(run).filter { $0["message"] == "span" && $0["trace"]?.string == Self.trace }
            let isTold = named("change").contains { $0["span"]?.string == header[2] }
            if isTold, named("POST /hooks/hr").contains(where: { $0["request"]?.string == request }) { break }
            try await Task.sleep(for: .milliseconds(20))
        } while ContinuousClock.now < end
        // The request, as a part of what its caller did, under its own id.
        let hook = try #require(named("POST /hooks/hr").first { $0["request"]?.string == request }, "\(spans)")
        #expect(hook["parent"]?.string == Self.caller && hook["kind"] == "server")
        #expect(hook["status"] == "202")
        #expect(named("plan").first?["kind"] == "internal")
        // The application's request is a part of the change.
        let change = try #require(named("change").first { $0["span"]?.string == header[2] }, "\(spans)")
        #expect(change["target"] == "app" && change["kind"] == "client" && change["case"]?.string?.isEmpty == false)
        // What else is logged of them says which trace it is.
        let other = try lines(run)
        for (message, name) in [("request", "request"), ("event", "request")] {
            let line = other.first { $0["message"]?.string == message && $0[name]?.string == request }
            #expect(line?["trace"]?.string == Self.trace, "\(message)")
        }
        let begins = other.first {
            $0["message"] == "change begins" && $0["case"] == change["case"] && $0["target"] == "app"
        }
        #expect(begins?["trace"]?.string == Self.trace && begins?["case"] == change["case"])
        var now = world.rehearsal
        now.clock = world.clock.text
        let heard = try await now.records().first {
            $0.type == "people.event" && $0.body["id"]?.string == "evt-\(joined.person)"
        }
        #expect(heard?.body["web_request"]?.string == request)
        let told = try lines(run).filter { $0["message"] == "span" }
        let names = Set(told.compactMap { $0["name"]?.string })
        #expect(names.subtracting(["POST /hooks/hr", "apply", "plan", "change", "work"]) == [])
        #expect(!told.contains { $0.compactText.contains("http://") || $0.compactText.contains("@mountainlab.io") })
        #expect(!(try run.errors().contains("canary")))
        run.terminate()
        #expect(try await run.end(within: .seconds(60)).status == 0)
    }

    /// Without the setting there are no spans, and nobody's trace is handed on.
    @Test func nothingIsTracedUnlessAskedFor() async throws {
        let world = try await world()
        let (run, port) = try await start(world, [])
        _ = try await join("e-9002", world, port)
        let sent = try #require(try await creation(of: "e-9002", world))
        #expect(sent.headers["traceparent"] == nil)
        #expect(try !lines(run).contains { $0["message"] == "span" || $0["trace"]?.string != nil })
        run.terminate()
        #expect(try await run.end(within: .seconds(60)).status == 0)
    }
}

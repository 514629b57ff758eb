import AccessModel
import HTTPTypes
import StrictJSON
import Testing
import WebServer

@testable import API

/// Following a case, as server-sent events.
@Suite struct FollowingTests {
    private static func request(
        _ place: APIPlace, _ method: HTTPRequest.Method, _ id: String, as caller: String
    ) async -> WebResponse {
        await place.table.respond(
            to: WebRequest(
                method: method, path: ["api", "v1", "cases", id, "events"],
                headers: [.authorization: "Bearer \(caller)"],
                correlation: "req-1", peer: WebPeer(address: "127.0.0.1", isLoopback: true)))
    }

    @Test func whoLeavesHearsNoMore() async throws {
        try await APIPlace.with { place in
            let cases = await place.ask(.get, "/api/v1/cases?limit=1000", as: APIPlace.marta).items
            let over: Set<String> = ["active", "revoked", "archived", "cancelled"]
            // One that is over ends at once, for whoever may see it; nobody else hears anything.
            let mine = try #require(cases.first { $0["identity"]?.string?.hasSuffix(APIPlace.pedro) ?? false })
            let id = mine["id"]?.string ?? ""
            #expect(over.contains(mine["state"]?.string ?? ""))
            guard case .stream(let stream) = await Self.request(place, .get, id, as: APIPlace.pedro).body else {
                Issue.record("it is no stream")
                return
            }
            var heard = 0
            for try await bytes in stream {
                heard += String(decoding: bytes, as: UTF8.self).contains("event: case") ? 1 : 0
            }
            #expect(heard == 1)
            #expect(await Self.request(place, .get, id, as: "e-0019").status == .notFound)
        }
    }

    @Test func aStreamEndsWithTheRightToIt() async throws {
        try await APIPlace.with { place in
            let cases = await place.ask(.get, "/api/v1/cases?limit=1000", as: APIPlace.marta).items
            let mine = try #require(cases.first { $0["identity"]?.string?.hasSuffix(APIPlace.pedro) ?? false })
            let id = mine["id"]?.string ?? ""
            // As if it had not come to its end.
            try await place.installation.context.database.write { session in
                try session.execute("UPDATE cases SET state = 'approved' WHERE id = $1", [.text(id)])
            }
            guard case .stream(let stream) = await Self.request(place, .get, id, as: APIPlace.pedro).body else {
                Issue.record("it is no stream")
                return
            }
            var parts = stream.makeAsyncIterator()
            let first = try await parts.next()
            #expect(first != nil)
            let event: JSONValue = [
                "specversion": "1.0", "id": "l-1", "source": "hr", "type": "io.tenure.identity.left",
                "time": .string(place.installation.now.description), "subject": .string(APIPlace.pedro),
                "data": ["person": ["status": "left"]],
            ]
            #expect(await place.ask(.post, "/api/v1/events", as: APIPlace.marta, event).status == 200)
            place.time.pass()
            // It would go on for an hour.
            let begun = ContinuousClock.now
            var problem: Problem?
            do {
                while try await parts.next() != nil {}
            } catch let error as Problem {
                problem = error
            }
            #expect(problem != nil)
            #expect(ContinuousClock.now - begun < .seconds(300))
        }
    }
}

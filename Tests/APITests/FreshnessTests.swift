import StrictJSON
import Testing

@testable import API

/// What is kept between requests is never served once it is not so any more.
@Suite("Answers are of now") struct FreshnessTests {
    private func event(_ id: String, _ kind: String, _ person: JSONValue) -> JSONValue {
        [
            "specversion": "1.0", "id": .string(id), "source": "hr/test", "type": .string("io.tenure.identity.\(kind)"),
            "time": "2026-11-21T09:00:00Z", "subject": .string(APIPlace.ana), "data": ["person": person],
        ]
    }

    @Test("a word of HR counts in the next answer, whoever was asked about before") func events() async throws {
        try await APIPlace.with { place in
            let person = "/api/v1/people/\(APIPlace.ana)"
            let before = await place.ask(.get, "\(person)/access", as: APIPlace.marta)
            #expect(before.status == 200 && before.json["presence"]?.string == "active")
            let address = before.json["email"]?.string ?? ""
            #expect(await place.ask(.get, person, as: APIPlace.marta).json["presence"]?.string == "active")
            let desired = before.json["facts"]?.array?.count { $0["desired"] == .bool(true) } ?? 0
            #expect(desired > 0)
            let moved = await place.ask(
                .post, "/api/v1/events", as: APIPlace.marta, event("1", "moved", ["title": "Librarian"]))
            #expect(moved.status == 200)
            for text in [APIPlace.ana, address] {
                let shown = await place.ask(.get, "/api/v1/people/\(text)", as: APIPlace.marta)
                #expect(shown.json["title"]?.string == "Librarian", "\(text)")
            }
            let left = await place.ask(
                .post, "/api/v1/events", as: APIPlace.marta, event("2", "left", ["status": "left"]))
            #expect(left.status == 200)
            let after = await place.ask(.get, "\(person)/access", as: APIPlace.marta)
            #expect(after.json["presence"]?.string == "left")
            #expect(after.json["facts"]?.array?.contains { $0["desired"] == .bool(true) } == false)
            let members = await place.ask(
                .get, "/api/v1/groups/payments-live-contributors/members", as: APIPlace.marta)
            let ids = members.json["members"]?.array?.filter { $0["desired"] == .bool(true) }
                .compactMap { $0["identity"]?.string }
            #expect(ids?.contains { $0.contains(APIPlace.ana) } == false)
        }
    }

    @Test("a person is found by id and by address, as they were too") func find() async throws {
        try await APIPlace.with { place in
            let shown = await place.ask(.get, "/api/v1/people/\(APIPlace.ana)", as: APIPlace.marta)
            let address = shown.json["email"]?.string ?? ""
            #expect(shown.json["id"]?.string == APIPlace.ana && !address.isEmpty)
            for text in [address, address.uppercased()] {
                #expect(await place.ask(.get, "/api/v1/people/\(text)", as: APIPlace.marta).json == shown.json)
            }
            for text in ["e-9999", "nobody@mountainlab.io", "x y"] {
                #expect(await place.ask(.get, "/api/v1/people/\(text)", as: APIPlace.marta).status == 404, "\(text)")
            }
            let early = await place.ask(
                .get, "/api/v1/people/\(APIPlace.ana)?at=1990-01-01T00:00:00Z", as: APIPlace.marta)
            #expect(early.status == 404 || early.json["presence"]?.string == "not_started")
        }
    }
}

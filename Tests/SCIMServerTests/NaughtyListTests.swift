import HTTPTypes
import StrictJSON
import TestSupport
import Testing
import WebServer

@testable import SCIMServer

/// The Big List of Naughty Strings in every text of every resource, and wherever else a client writes one: taken byte for
/// byte, or refused in so many words, and what is refused changes nothing.
@Suite("The list of naughty strings") struct NaughtyListTests {
    private static func isClear(_ answer: SCIMWorld.Answer) -> Bool {
        answer.status < 400 || (answer.status < 500 && answer.json["status"]?.string == "\(answer.status)")
    }

    @Test("in every text", arguments: NaughtyTests.places.indices) func everywhere(_ place: Int) async throws {
        guard try HostileTexts.naughtyStrings() != nil else { return }
        try await withWorld { world in
            var made = 0
            for text in try HostileTexts.naughtyStrings(at: place) ?? [] {
                let body = NaughtyTests.places[place](text)
                let path = body["userName"].isMissing ? "/Groups" : "/Users"
                let answer = await world.send(.post, path, body)
                #expect(answer.status == 201 || answer.status == 400, "\(text.debugDescription): \(answer.status)")
                #expect(Self.isClear(answer), "\(text.debugDescription): \(answer.json)")
                guard answer.status == 201 else { continue }
                made += 1
                #expect(await world.send(.delete, "\(path)/\(answer.id)").status == 204)
            }
            #expect(made > 5)
            #expect(await world.get("").total == 0)
        }
    }

    @Test("in filters, sorts, paths and patches") func asked() async throws {
        guard let texts = try HostileTexts.naughtyStrings(at: 3) else { return }
        try await withWorld { world in
            let id = await world.add("anna")
            let before = try await world.records().count
            for text in texts {
                for name in [
                    "filter", "sortBy", "sortOrder", "cursor", "count", "startIndex", "attributes",
                    "excludedAttributes",
                ] {
                    let answer = await world.send(.get, "/Users", query: [.init(name, text)], type: nil)
                    #expect(
                        answer.status < 500 && Self.isClear(answer),
                        "\(name) \(text.debugDescription): \(answer.status)")
                }
                let literal = JSONValue.string(text).compactText
                for filter in ["userName eq \(literal)", "emails[value co \(literal)]", "not (title sw \(literal))"] {
                    let answer = await world.get("/Users", ["filter": filter])
                    #expect(answer.status == 200 || answer.status == 400, "\(filter): \(answer.status)")
                }
                var bodies: [JSONValue] = []
                for operation in ["add", "remove", "replace", text] {
                    bodies.append(
                        SCIMWorld.patch(["op": .string(operation), "path": .string(text), "value": .string(text)]))
                }
                for body in bodies {
                    let answer = await world.send(.patch, "/Users/\(id)", body)
                    #expect(answer.status < 500 && Self.isClear(answer), "\(body.compactText): \(answer.status)")
                }
                let bulk: JSONValue = [
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
                    "Operations": [
                        ["method": .string(text), "path": .string(text), "bulkId": .string(text), "data": [:]]
                    ],
                ]
                let answer = await world.send(.post, "/Bulk", bulk)
                #expect(answer.status < 500, "\(text.debugDescription): \(answer.status)")
            }
            #expect(try await world.records().count == before)
            #expect(await world.get("/Users/\(id)").json["userName"] == "anna")
        }
    }
}

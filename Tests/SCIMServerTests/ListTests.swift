import AccessModel
import StrictJSON
import TestSupport
import Testing
import WebServer

@testable import SCIMServer

@Suite("Lists") struct ListTests {
    @Test("pages by index", arguments: SCIMDatabase.allCases)
    func index(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            for number in 1...5 { _ = await world.add("user-\(number)") }
            let first = await world.get("/Users", ["startIndex": "1", "count": "2"])
            #expect(first.userNames == ["user-1", "user-2"])
            #expect(first.json["startIndex"]?.integer == 1 && first.json["itemsPerPage"]?.integer == 2)
            #expect(first.total == 5)
            #expect(await world.get("/Users", ["startIndex": "4", "count": "9"]).userNames == ["user-4", "user-5"])
            #expect(await world.get("/Users", ["startIndex": "9"]).resources.isEmpty)
            #expect(await world.get("/Users", ["startIndex": "-3", "count": "1"]).userNames == ["user-1"])
            let none = await world.get("/Users", ["count": "0"])
            #expect(none.total == 5 && none.resources.isEmpty && none.json["Resources"] == [])
            #expect(await world.get("/Users", ["count": "-1"]).resources.isEmpty)
            #expect(await world.get("/Users", ["count": "99999999"]).resources.count == 5)
            for query in [["count": "x"], ["startIndex": "1.5"], ["count": ""], ["cout": "1"]]
                as [KeyValuePairs<String, String>]
            {
                #expect(await world.get("/Users", query).status == 400)
            }
            #expect(await world.get("/Users", ["count": "99999999999999999999"]).status == 400)
        }
    }

    private static let sorts: [(by: String, descending: Bool)] = [
        ("", false), ("", true), ("userName", false), ("userName", true), ("title", false), ("title", true),
        ("emails", false), ("meta.created", true), ("active", false), ("name.familyName", true),
    ]

    /// RFC 9865: whoever follows the cursors sees everything that was there at the beginning, once, whatever comes
    /// meanwhile; and back again.
    @Test("cursors walk a list that grows, both ways", arguments: SCIMDatabase.allCases)
    func cursors(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            for number in 0..<23 {
                var more = JSONObject()
                // Some have no title, and some the same.
                if number % 3 > 0 { more["title"] = .string("t\(number % 5)") }
                if number % 4 > 0 { more["active"] = .bool(number % 2 == 0) }
                if number % 5 > 0 {
                    more["name"] = ["familyName": .string("f\(number % 7)")]
                    more["emails"] = [["value": "z"], ["value": .string("e\(number % 6)"), "primary": true]]
                }
                _ = await world.add("user-\((number * 7) % 23 + 10)", .object(more))
            }
            var inserted = 0
            for sort in Self.sorts {
                var query = [WebQuery.Item("count", "4")]
                if !sort.by.isEmpty { query.append(.init("sortBy", sort.by)) }
                if sort.descending { query.append(.init("sortOrder", "descending")) }
                let all = await world.send(.get, "/Users", query: query.dropFirst() + [.init("count", "500")])
                let before = all.userNames
                var (seen, cursor, pages, new) = ([String](), "", 0, [String]())
                var last = SCIMWorld.Answer(status: 0, headers: [:], bytes: [])
                while pages < 40 {
                    last = await world.send(.get, "/Users", query: query + [.init("cursor", cursor)])
                    #expect(last.status == 200, "\(sort) \(last.json)")
                    seen += last.userNames
                    pages += 1
                    guard let next = last.json["nextCursor"]?.string else { break }
                    #expect(next.utf8.allSatisfy { "-_".utf8.contains($0) || $0.isLetter || $0.isDigit })
                    cursor = next
                    inserted += 1
                    new.append(await world.add("new-\(inserted)", ["title": .string("t\(inserted % 5)")]))
                }
                #expect(Set(seen).count == seen.count, "\(sort): twice")
                #expect(seen.filter { before.contains($0) } == before, "\(sort)")
                // And back from the last page to the first.
                var (back, page) = ([String](), last)
                while let previous = page.json["previousCursor"]?.string, back.count < 500 {
                    page = await world.send(.get, "/Users", query: query + [.init("cursor", previous)])
                    #expect(page.status == 200)
                    back = page.userNames + back
                }
                let whole = back + last.userNames
                #expect(Set(whole).count == whole.count, "\(sort): twice on the way back")
                #expect(whole.filter { before.contains($0) } == before, "\(sort) back")
                for id in new { _ = await world.send(.delete, "/Users/\(id)") }
            }
        }
    }

    @Test("sorted lists put what has no value last, and first when they descend", arguments: SCIMDatabase.allCases)
    func sorting(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            _ = await world.add("c", ["title": "b"])
            _ = await world.add("B", ["emails": [["value": "x"], ["value": "a", "primary": true]]])
            _ = await world.add("a", ["title": "A", "emails": [["value": "b"]], "externalId": "z"])
            func order(_ by: String, _ order: String = "ascending") async -> [String] {
                await world.get("/Users", ["sortBy": by, "sortOrder": order]).userNames
            }
            #expect(await order("userName") == ["a", "B", "c"])
            #expect(await order("userName", "descending") == ["c", "B", "a"])
            #expect(await order("title") == ["a", "c", "B"])
            #expect(await order("title", "descending") == ["B", "c", "a"])
            #expect(await order("emails") == ["B", "a", "c"])
            #expect(await order("emails.value") == ["B", "a", "c"])
            #expect(await order("meta.created", "descending") == ["a", "B", "c"])
            #expect(await order("externalId") == ["a", "c", "B"])
            for bad in ["nothing", "groups", "name", "password", "title desc", "title; DROP TABLE scim_resources"] {
                #expect(await world.get("/Users", ["sortBy": bad]).status == 400, "\(bad)")
            }
            #expect(await world.get("/Users", ["sortBy": "title", "sortOrder": "up"]).status == 400)
        }
    }

    @Test("a cursor is good for its own list and time alone") func cursorsAreSigned() async throws {
        try await withWorld { world in
            for name in ["a", "b", "c"] { _ = await world.add(name) }
            let first = await world.get("/Users", ["cursor": "", "count": "1"])
            let cursor = first.json["nextCursor"]?.string ?? ""
            #expect(await world.get("/Users", ["cursor": cursor, "count": "5"]).userNames == ["b", "c"])
            var forged = Array(cursor.utf8)
            forged[30] = forged[30] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            for bad in [
                "x", "AAAA", String(cursor.dropLast()), cursor + "A", String(decoding: forged, as: UTF8.self), "%00",
                String(repeating: "A", count: 9_000),
            ] {
                let answer = await world.get("/Users", ["cursor": bad])
                #expect(answer.status == 400 && answer.kind == "invalidCursor", "\(bad.prefix(20))")
            }
            #expect(await world.get("/Users", ["cursor": cursor, "filter": "userName pr"]).kind == "invalidCursor")
            #expect(await world.get("/Users", ["cursor": cursor, "sortBy": "userName"]).kind == "invalidCursor")
            #expect(await world.get("/Groups", ["cursor": cursor]).kind == "invalidCursor")
            #expect(await world.get("/Users", token: world.tokens[1], ["cursor": cursor]).kind == "invalidCursor")
            #expect(await world.get("/Users", ["cursor": cursor, "startIndex": "1"]).status == 400)
            #expect(await world.get("/Users", ["cursor": "", "count": "0"]).kind == "invalidCount")
            world.clock.advance(by: .hours(25))
            #expect(await world.get("/Users", ["cursor": cursor]).kind == "expiredCursor")
        }
    }

    @Test("a search is a list asked for in a body") func search() async throws {
        try await withWorld { world in
            for name in ["a", "b", "c"] { _ = await world.add(name, ["title": "t"]) }
            _ = await world.addGroup("g")
            let schema: JSONValue = ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]
            let users = await world.send(
                .post, "/Users/.search",
                [
                    "schemas": schema, "filter": #"userName ge "b""#, "sortBy": "userName", "sortOrder": "descending",
                    "startIndex": 1, "count": 1, "attributes": ["userName"],
                ])
            #expect(users.status == 200 && users.total == 2 && users.userNames == ["c"])
            #expect(users.resources.first?["title"].isMissing == true)
            let all = await world.send(.post, "/.search", ["schemas": schema, "excludedAttributes": ["title"]])
            #expect(all.total == 4 && all.resources.allSatisfy { $0["title"].isMissing })
            let paged = await world.send(.post, "/.search", ["schemas": schema, "cursor": "", "count": 3])
            let rest = await world.send(
                .post, "/.search", ["schemas": schema, "cursor": paged.json["nextCursor"] ?? .null, "count": 3])
            #expect(paged.resources.count == 3 && rest.resources.count == 1)
            for bad in [
                ["filter": "x"], ["schemas": schema, "count": "1"], ["schemas": schema, "filter": 5],
                ["schemas": schema, "filtr": "userName pr"], ["schemas": schema, "attributes": [5]], [], .null,
                ["schemas": schema, "startIndex": 1, "cursor": ""],
            ] as [JSONValue] {
                #expect(await world.send(.post, "/.search", bad).status == 400, "\(bad.compactText)")
            }
        }
    }

    @Test("a list says how long it is, whatever part of it is asked for", arguments: SCIMDatabase.allCases)
    func totals(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            var ids: [String] = []
            for name in ["a", "b", "c", "d", "e"] { ids.append(await world.add(name, ["active": true])) }
            _ = await world.add("x", token: world.tokens[1])
            _ = await world.addGroup("g")
            // One that is refused, for its name is taken, is not one more.
            #expect(await world.send(.post, "/Users", SCIMWorld.user("a")).status == 409)
            func total(_ path: String, _ query: KeyValuePairs<String, String>) async -> Int64? {
                await world.get(path, query).total
            }
            for left in [5, 4] as [Int64] {
                for (start, count) in [(1, 100), (1, 2), (4, 2), (5, 1), (6, 2), (60, 2), (1, 0), (1, 5), (1, 4)] {
                    let page: KeyValuePairs = ["startIndex": "\(start)", "count": "\(count)"]
                    #expect(await total("/Users", page) == left, "\(start) \(count)")
                    let filtered: KeyValuePairs = [
                        "startIndex": "\(start)", "count": "\(count)", "filter": "active eq true",
                    ]
                    #expect(await total("/Users", filtered) == left, "\(start) \(count), filtered")
                }
                #expect(await total("/", [:]) == left + 1)
                #expect(await total("/", ["count": "2"]) == left + 1)
                #expect(await total("/Users", ["cursor": "", "count": "2"]) == left)
                #expect(await total("/Users", ["cursor": "", "count": "50"]) == left)
                #expect(await total("/Users", ["filter": #"userName eq "A""#]) == 1)
                if left == 5 { #expect(await world.send(.delete, "/Users/\(ids[2])").status == 204) }
            }
            #expect(await world.send(.delete, "/Users/\(ids[2])").status == 404)
            #expect(await total("/Users", ["count": "1"]) == 4)
        }
    }
}

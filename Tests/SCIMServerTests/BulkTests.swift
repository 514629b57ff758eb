import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

@Suite("Bulk requests") struct BulkTests {
    private func bulk(_ operations: [JSONValue], failOnErrors: Int64? = nil) -> JSONValue {
        var object = JSONObject()
        object["schemas"] = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]
        object["failOnErrors"] = failOnErrors.map { .integer($0) }
        object["Operations"] = .array(operations)
        return .object(object)
    }

    private func post(_ path: String, _ bulkID: String, _ data: JSONValue) -> JSONValue {
        ["method": "POST", "path": .string(path), "bulkId": .string(bulkID), "data": data]
    }

    private func statuses(_ answer: SCIMWorld.Answer) -> [String] {
        (answer.json["Operations"]?.array ?? []).compactMap { $0["status"]?.string }
    }

    @Test("operations speak of what others make, before and after", arguments: SCIMDatabase.allCases)
    func references(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            let answer = await world.send(
                .post, "/Bulk",
                bulk([
                    post("/Groups", "staff", SCIMWorld.group("Staff", ["bulkId:anna", "bulkId:bert"])),
                    post("/Users", "anna", SCIMWorld.user("anna")), post("/Users", "bert", SCIMWorld.user("bert")),
                    [
                        "method": "PATCH", "path": "/Users/bulkId:anna",
                        "data": SCIMWorld.patch([
                            "op": "add",
                            "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
                            "value": "bulkId:bert",
                        ]),
                    ],
                ]))
            #expect(answer.status == 200 && statuses(answer) == ["201", "201", "201", "200"], "\(answer.json)")
            #expect(answer.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"])
            let results = answer.json["Operations"]?.array ?? []
            #expect(results.map { $0["bulkId"]?.string } == ["staff", "anna", "bert", nil])
            #expect(results[1]["version"]?.string == "W/\"1\"")
            let ids = results.compactMap { $0["location"]?.string?.split(separator: "/").last.map(String.init) }
            #expect(await world.members(of: ids[0]) == Set(ids[1...2]))
            let anna = await world.get("/Users/\(ids[1])").json
            #expect(
                anna["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]?["manager"]?["value"]?.string
                    == ids[2])
        }
    }

    @Test("one that fails undoes no other, and stops the rest where that was asked") func failures() async throws {
        try await withWorld { world in
            let known = await world.add("known")
            let operations: [JSONValue] = [
                post("/Users", "a", SCIMWorld.user("a")), post("/Users", "b", SCIMWorld.user("KNOWN")),
                ["method": "DELETE", "path": .string("/Users/\(known)"), "version": "W/\"7\""],
                post("/Groups", "g", SCIMWorld.group("g", ["bulkId:b"])),
                post("/Users", "c", SCIMWorld.user("c")),
            ]
            let all = await world.send(.post, "/Bulk", bulk(operations))
            #expect(statuses(all) == ["201", "409", "412", "409", "201"], "\(all.json)")
            #expect(all.json["Operations"]?.array?[1]["response"]?["scimType"]?.string == "uniqueness")
            let stopped = await world.send(
                .post, "/Bulk",
                bulk([operations[1], operations[2], post("/Users", "d", SCIMWorld.user("d"))], failOnErrors: 2))
            #expect(statuses(stopped) == ["409", "412"])
            #expect(await world.get("/Users", ["filter": #"userName eq "d""#]).total == 0)
        }
    }

    @Test("what waits for itself is refused") func circles() async throws {
        try await withWorld { world in
            let answer = await world.send(
                .post, "/Bulk",
                bulk([
                    post("/Groups", "a", SCIMWorld.group("a", ["bulkId:b"])),
                    post("/Groups", "b", SCIMWorld.group("b", ["bulkId:a"])),
                    post("/Groups", "c", SCIMWorld.group("c", ["bulkId:nobody"])),
                ]))
            #expect(statuses(answer) == ["409", "409", "409"])
            #expect(await world.get("/Groups").total == 0)
        }
    }

    @Test("the same precondition as a header", arguments: ["PUT", "PATCH", "DELETE"])
    func versions(_ method: String) async throws {
        try await withWorld { world in
            let id = await world.add("a")
            let data =
                method == "PATCH"
                ? SCIMWorld.patch(["op": "add", "path": "title", "value": "x"]) : SCIMWorld.user("a", ["title": "x"])
            func operation(_ version: String) -> JSONValue {
                [
                    "method": .string(method), "path": .string("/Users/\(id)"), "version": .string(version),
                    "data": data,
                ]
            }
            let answer = await world.send(.post, "/Bulk", bulk([operation("W/\"2\""), operation("W/\"1\"")]))
            #expect(statuses(answer) == ["412", method == "DELETE" ? "204" : "200"])
        }
    }

    @Test("a precondition or a name of another type is never read as none") func types() async throws {
        try await withWorld { world in
            let id = await world.add("a")
            let path = JSONValue.string("/Users/\(id)")
            let patch = SCIMWorld.patch(["op": "add", "path": "title", "value": "x"])
            let answer = await world.send(
                .post, "/Bulk",
                bulk([
                    ["method": "PATCH", "path": path, "version": 99, "data": patch],
                    ["method": "DELETE", "path": path, "version": ["W/\"1\""]],
                    ["method": "DELETE", "path": path, "bulkId": 7],
                    ["method": "POST", "path": "/Users", "bulkId": 7, "data": SCIMWorld.user("b")],
                    ["method": "PATCH", "path": path, "version": .null, "data": patch],
                ]))
            #expect(statuses(answer) == ["400", "400", "400", "400", "200"], "\(answer.json)")
            #expect(await world.get("/Users").total == 1)
        }
    }

    @Test("an operation that failed tells where its resource is, but for a POST") func locations() async throws {
        try await withWorld { world in
            let id = await world.add("a")
            let patch = SCIMWorld.patch(["op": "add", "path": "title", "value": "x"])
            let answer = await world.send(
                .post, "/Bulk",
                bulk([
                    ["method": "PATCH", "path": .string("/Users/\(id)"), "version": "W/\"9\"", "data": patch],
                    ["method": "PUT", "path": "/Users/nope", "data": SCIMWorld.user("b")],
                    ["method": "DELETE", "path": .string("/Users/\(id)"), "version": 1],
                    post("/Users", "c", SCIMWorld.user("a")),
                    ["method": "PATCH", "path": "/Users/bulkId:c", "data": patch],
                ]))
            #expect(statuses(answer) == ["412", "404", "400", "409", "409"], "\(answer.json)")
            let known = "\(SCIMWorld.base)/Users/\(id)"
            let told = (answer.json["Operations"]?.array ?? []).map { $0["location"]?.string }
            #expect(told == [known, "\(SCIMWorld.base)/Users/nope", known, nil, nil])
        }
    }

    @Test("a star in quotes is no star") func quotedStar() async throws {
        try await withWorld { world in
            let id = await world.add("a")
            for (tag, status) in [("\"*\"", 412), ("W/\"*\"", 412), ("W/\"7\", W/\"1\"", 204), ("*", 404)] {
                let answer = await world.send(.delete, "/Users/\(id)", headers: [.ifMatch: tag])
                #expect(answer.status == status, "\(tag)")
            }
        }
    }

    @Test("what is no bulk request is refused as a whole") func refusals() async throws {
        try await withWorld { world in
            let good = post("/Users", "a", SCIMWorld.user("a"))
            let cases: [(JSONValue, Int)] = [
                ([], 400), (["Operations": [good]], 400),
                (["schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]], 400), (bulk([good, good]), 400),
                (bulk([good], failOnErrors: 0), 400), (bulk(Array(repeating: .null, count: 1_001)), 413),
            ]
            for (body, status) in cases {
                #expect(await world.send(.post, "/Bulk", body).status == status, "\(body.compactText.prefix(80))")
            }
            let large = Array(repeating: UInt8(ascii: " "), count: SCIMService.bodyLimit + 1)
            #expect(await world.send(.post, "/Bulk", raw: large).status == 413)
            let bad: [JSONValue] = [
                5, ["method": "GET", "path": "/Users"],
                ["method": "POST", "path": "/Users", "data": SCIMWorld.user("x")],
                post("/Users/x", "x", SCIMWorld.user("x")), post("/Nothing", "y", SCIMWorld.user("x")),
                ["method": "DELETE", "path": "/Users"], ["method": "DELETE", "path": "/Users/"],
                ["method": "DELETE", "path": "Users/x"], post("/Users", "z", .null),
                ["method": "DELETE", "path": "/Users/a/b"], ["method": "PUT", "path": "/Users/x", "dta": .null],
            ]
            let answer = await world.send(.post, "/Bulk", bulk(bad))
            #expect(statuses(answer) == Array(repeating: "400", count: bad.count), "\(answer.json)")
            #expect(await world.get("").total == 0)
        }
    }
}

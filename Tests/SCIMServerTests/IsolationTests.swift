import HTTPTypes
import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

/// LESSONS #9 and #28: a client sees and edits what it made, by every way there is.
@Suite("Two clients") struct IsolationTests {
    @Test("neither sees nor touches what the other made", arguments: SCIMDatabase.allCases)
    func sweep(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            let other = world.tokens[1]
            let user = await world.add("anna", ["externalId": "x-1", "title": "secret-of-okta"])
            let group = await world.addGroup("secret-of-okta", [user])
            let before = [await world.get("/Users/\(user)").json, await world.get("/Groups/\(group)").json]
            let ids = ["Users": user, "Groups": group]
            var swept = 0
            for route in world.service.routes where route.pattern.names == ["id"] {
                let path = route.pattern.description
                guard let kind = ids.keys.first(where: { path.contains("/\($0)/") }), let id = ids[kind] else {
                    continue
                }
                swept += 1
                let body: JSONValue =
                    switch route.method {
                    case .patch: SCIMWorld.patch(["op": "replace", "path": "displayName", "value": "taken"])
                    case .put where kind == "Groups": SCIMWorld.group("taken", [])
                    default: SCIMWorld.user("taken")
                    }
                let answer = await world.send(route.method, "/\(kind)/\(id)", body, token: other)
                #expect(answer.status == 404, "\(route.method) \(path): \(answer.status)")
            }
            #expect(swept == 8)
            for path in ["", "/Users", "/Groups"] {
                for filter in [
                    nil, #"id eq "\#(user)""#, #"displayName eq "secret-of-okta""#, #"not (id eq "x")"#,
                    #"id pr or id pr"#,
                ] {
                    let query = filter.map { ["filter": $0] as KeyValuePairs<String, String> } ?? [:]
                    let answer = await world.get(path, token: other, query)
                    #expect(answer.total == 0 && answer.resources.isEmpty, "\(path) \(filter ?? "")")
                }
            }
            let schema: JSONValue = ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]
            for path in ["/.search", "/Users/.search", "/Groups/.search"] {
                #expect(await world.send(.post, path, ["schemas": schema], token: other).total == 0)
            }
            let bulk: JSONValue = [
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
                "Operations": [
                    ["method": "DELETE", "path": .string("/Users/\(user)")],
                    [
                        "method": "PATCH", "path": .string("/Groups/\(group)"),
                        "data": SCIMWorld.patch(["op": "remove", "path": "members"]),
                    ],
                    ["method": "PUT", "path": .string("/Users/\(user)"), "data": SCIMWorld.user("taken")],
                ],
            ]
            let done = await world.send(.post, "/Bulk", bulk, token: other).json["Operations"]?.array ?? []
            #expect(done.compactMap { $0["status"]?.string } == ["404", "404", "404"])
            #expect([await world.get("/Users/\(user)").json, await world.get("/Groups/\(group)").json] == before)
        }
    }

    @Test("an id of the other's as a member leads to nothing, and tells nothing") func foreignMember() async throws {
        try await withWorld { world in
            let other = world.tokens[1]
            let user = await world.add("anna", ["displayName": "secret-of-okta"])
            let group = await world.addGroup("mine", [user], token: other)
            for path in ["/Groups/\(group)", "/Groups"] {
                let answer = await world.get(path, token: other, ["attributes": "members,members.display,members.type"])
                #expect(!answer.json.compactText.contains("secret-of-okta"))
                #expect(!answer.json.compactText.contains("\"User\""))
            }
            #expect(await world.get("/Groups", token: other, ["filter": #"members.type eq "User""#]).total == 0)
            #expect(await world.get("/Users/\(user)").json["groups"].isMissing)
            #expect(await world.get("/Users", ["filter": "groups pr"]).total == 0)
            // Deleting here takes nobody out of a group there.
            _ = await world.send(.delete, "/Users/\(user)")
            #expect(await world.get("/Groups/\(group)", token: other).json["meta"]?["version"]?.string == "W/\"1\"")
        }
    }

    @Test("without a good token there is nothing", arguments: SCIMDatabase.allCases)
    func tokens(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            let id = await world.add("anna")
            let bad: [String?] = [nil, "", "x", world.token + "x", String(world.token.dropLast()), "tenure_scim_"]
            for route in world.service.routes where route.pattern.description.hasPrefix("/scim/v2") {
                let path = String(route.pattern.description.dropFirst("/scim/v2".count)).replacing("{id}", with: id)
                let isOpen = ["/Me", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig"].contains {
                    path.hasPrefix($0)
                }
                for token in bad where !isOpen {
                    let answer = await world.send(route.method, path, SCIMWorld.user("b"), token: .some(token))
                    let isRead = answer.status == 401
                    // What cannot be read at all is said so before anybody is asked who they are.
                    #expect(isRead || answer.status == 400, "\(route.method) \(path): \(answer.status)")
                    if isRead { #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true) }
                    #expect(answer.status != 200)
                }
            }
            let basic = await world.send(.get, "/Users", token: .some(nil), headers: [.authorization: "Basic eA=="])
            #expect(basic.status == 401)
            #expect(await world.get("/Users").total == 1)
        }
    }

    @Test("a token that was rotated or revoked is worth nothing at once", arguments: SCIMDatabase.allCases)
    func revocation(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            let id = await world.add("anna")
            let fresh = try await world.desk.rotate("okta").token.reveal()
            #expect(await world.send(.post, "/Users", SCIMWorld.user("b")).status == 401)
            #expect(await world.get("/Users").status == 401)
            #expect(await world.get("/Users/\(id)", token: fresh).status == 200)
            _ = await world.add("b", token: fresh)
            _ = try await world.desk.revoke("okta")
            #expect(await world.send(.post, "/Users", SCIMWorld.user("c"), token: fresh).status == 401)
            #expect(await world.get("/Users", token: fresh).status == 401)
            #expect(await world.get("/Users", token: world.tokens[1]).status == 200)
        }
    }
}

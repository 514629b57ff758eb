import AccessModel
import AuditTrail
import HTTPTypes
import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

@Suite("Resources") struct ResourceTests {
    @Test("a user is made, shown, changed and deleted", arguments: SCIMDatabase.allCases)
    func lifecycle(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            let made = await world.send(
                .post, "/Users",
                SCIMWorld.user(
                    "Marta",
                    ["name": ["givenName": "Marta"], "active": true, "password": "s3cret-canary", "id": "mine"]))
            #expect(made.status == 201)
            #expect(made.id.hasPrefix("u-") && made.id.utf8.count == 28)
            let location = "\(SCIMWorld.base)/Users/\(made.id)"
            #expect(made.headers[.location] == location)
            #expect(made.json["meta"]?["location"]?.string == location)
            #expect(made.headers[.eTag] == "W/\"1\"" && made.json["meta"]?["version"]?.string == "W/\"1\"")
            #expect(made.headers[.contentType] == "application/scim+json")
            #expect(made.json["password"].isMissing)
            #expect(await world.get("/Users/\(made.id)").json == made.json)

            let put = await world.send(.put, "/Users/\(made.id)", SCIMWorld.user("marta", ["title": "Lead"]))
            #expect(put.status == 200)
            #expect(put.json["name"].isMissing && put.json["title"]?.string == "Lead")
            #expect(put.json["meta"]?["version"]?.string == "W/\"2\"")

            #expect(await world.send(.delete, "/Users/\(made.id)").status == 204)
            #expect(await world.get("/Users/\(made.id)").status == 404)
            for method in [HTTPRequest.Method.put, .delete] {
                #expect(await world.send(method, "/Users/\(made.id)", SCIMWorld.user("marta")).status == 404)
            }
            #expect(await world.get("/Users").total == 0)
            // The row stays; its name is free.
            #expect(await world.add("MARTA") != made.id)
            let kept = try await world.database.read { session in
                try session.query("SELECT count(*) FROM scim_resources WHERE deleted_at IS NOT NULL").first?.integer(0)
            }
            #expect(kept == 1)
        }
    }

    @Test("a name is one, however it is written", arguments: SCIMDatabase.allCases)
    func unique(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            let first = await world.add("bigbird")
            let other = await world.add("other")
            for name in ["bigbird", "BigBird", "\u{1D2E}\u{1D35}\u{1D33}\u{1D2E}\u{1D35}\u{1D3F}\u{1D30}"] {
                let answer = await world.send(.post, "/Users", SCIMWorld.user(name))
                #expect(answer.status == 409 && answer.kind == "uniqueness", "\(name): \(answer.json)")
                let put = await world.send(.put, "/Users/\(other)", SCIMWorld.user(name))
                #expect(put.status == 409)
            }
            #expect(await world.send(.put, "/Users/\(first)", SCIMWorld.user("BIGBIRD")).status == 200)
            #expect(await world.get("/Users").total == 2)
            // The other client has names of its own.
            _ = await world.add("bigbird", token: world.tokens[1])
        }
    }

    @Test("an external id is never an id") func externalID() async throws {
        try await withWorld { world in
            let first = await world.add("a", ["externalId": "1"])
            let second = await world.add("b", ["externalId": .string(first)])
            #expect(second != first)
            #expect(await world.get("/Users/1").status == 404)
            #expect(await world.get("/Users/\(first)").json["userName"]?.string == "a")
        }
    }

    @Test("ETags guard every change", arguments: [HTTPRequest.Method.put, .patch, .delete])
    func eTags(_ method: HTTPRequest.Method) async throws {
        try await withWorld { world in
            let id = await world.add("a")
            let body: JSONValue =
                method == .patch
                ? SCIMWorld.patch(["op": "replace", "path": "title", "value": "x"])
                : SCIMWorld.user("a", ["title": "x"])
            for tag in ["W/\"2\"", "\"9\"", "nonsense", "1", ""] {
                let answer = await world.send(method, "/Users/\(id)", body, headers: [.ifMatch: tag])
                #expect(answer.status == 412, "\(tag)")
            }
            #expect(await world.get("/Users/\(id)").json["meta"]?["version"]?.string == "W/\"1\"")
            let answer = await world.send(method, "/Users/\(id)", body, headers: [.ifMatch: "W/\"7\", W/\"1\""])
            #expect(answer.status == (method == .delete ? 204 : 200))
            if method != .delete {
                #expect(await world.send(method, "/Users/\(id)", body, headers: [.ifMatch: "*"]).status == 200)
            }
        }
    }

    @Test("what is known already is not sent again") func notModified() async throws {
        try await withWorld { world in
            let id = await world.add("a")
            let same = await world.get("/Users/\(id)", headers: [.ifNoneMatch: "W/\"1\""])
            #expect(same.status == 304 && same.bytes.isEmpty && same.headers[.eTag] == "W/\"1\"")
            #expect(await world.get("/Users/\(id)", headers: [.ifNoneMatch: "W/\"2\""]).status == 200)
        }
    }

    @Test("what changes nothing is no change") func noChange() async throws {
        try await withWorld { world in
            let id = await world.add("a", ["title": "x", "emails": [["value": "a@b.c"]]])
            let before = try await world.records().count
            let put = await world.send(
                .put, "/Users/\(id)", SCIMWorld.user("a", ["emails": [["value": "a@b.c"]], "title": "x"]))
            #expect(put.json["meta"]?["version"]?.string == "W/\"1\"")
            #expect(try await world.records().count == before)
            #expect(world.intake.changes.count == 1)
        }
    }

    @Test(
        "what is no resource is refused, and changes nothing",
        arguments: [
            #"{"userName":"a"}"#, #"{"schemas":[],"userName":"a"}"#,
            #"{"schemas":"urn:ietf:params:scim:schemas:core:2.0:User"}"#,
            #"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"userName":"a"}"#, "[]", "null", "5", #""x""#,
            "",
            "{", #"{"schemas":["X"]"#, "\u{FEFF}{}", #"{"a":1,"a":2}"#,
            #"{"schemas":["U"],"userName":"a","userName":"b"}"#, #"{"schemas":["U"],"userName":"a","USERNAME":"b"}"#,
            #"{"schemas":["U"]}"#, #"{"schemas":["U"],"userName":null}"#, #"{"schemas":["U"],"userName":""}"#,
            #"{"schemas":["U"],"userName":"  "}"#, #"{"schemas":["U"],"userName":5}"#,
            #"{"schemas":["U"],"userName":["a"]}"#,
            #"{"schemas":["U"],"userName":{"a":"b"}}"#, #"{"schemas":["U"],"userName":"a","active":"yes"}"#,
            #"{"schemas":["U"],"userName":"a","active":1}"#, #"{"schemas":["U"],"userName":"a","actve":false}"#,
            #"{"schemas":["U"],"userName":"a","emails":"a@b.c"}"#,
            #"{"schemas":["U"],"userName":"a","emails":{"value":"a"}}"#,
            #"{"schemas":["U"],"userName":"a","emails":["a@b.c"]}"#,
            #"{"schemas":["U"],"userName":"a","emails":[{"value":5}]}"#,
            #"{"schemas":["U"],"userName":"a","emails":[{"value":"a","x":1}]}"#,
            #"{"schemas":["U"],"userName":"a","emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}"#,
            #"{"schemas":["U"],"userName":"a","name":"Anna"}"#,
            #"{"schemas":["U"],"userName":"a","name":{"first":"A"}}"#,
            #"{"schemas":["U"],"userName":"a","name":{"givenName":"A","GIVENNAME":"B"}}"#,
            #"{"schemas":["U"],"userName":"a","externalId":7}"#, #"{"schemas":["U"],"userName":"a","password":7}"#,
            #"{"schemas":["U"],"userName":"a","x509Certificates":[{"value":"not base64!"}]}"#,
            #"{"schemas":["U"],"userName":"a","members":[]}"#,
            #"{"schemas":["U"],"userName":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":"x"}"#,
            #"{"schemas":["U"],"userName":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"dept":"x"}}"#,
            #"{"schemas":["U"],"userName":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":5}}"#,
        ])
    func refuses(_ body: String) async throws {
        let text = body.replacing(#"["U"]"#, with: #"["urn:ietf:params:scim:schemas:core:2.0:User"]"#)
        try await withWorld { world in
            let id = await world.add("known")
            for (method, path) in [(HTTPRequest.Method.post, "/Users"), (.put, "/Users/\(id)")] {
                let answer = await world.send(method, path, raw: Array(text.utf8))
                #expect(answer.status == 400, "\(text): \(answer.status)")
                #expect(answer.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"])
                #expect(answer.json["status"]?.string == "400" && answer.kind != nil)
            }
            #expect(await world.get("/Users").total == 1)
            #expect(await world.get("/Users/\(id)").json["meta"]?["version"]?.string == "W/\"1\"")
        }
    }

    @Test("the body says what it is") func mediaTypes() async throws {
        try await withWorld { world in
            let body = Array(SCIMWorld.user("a").compactText.utf8)
            for type in [nil, "text/plain", "application/xml", "multipart/form-data"] as [String?] {
                #expect(await world.send(.post, "/Users", raw: body, type: type).status == 415)
            }
            #expect(await world.send(.post, "/Users", raw: body, type: "application/json; charset=utf-8").status == 201)
        }
    }

    @Test("attributes are shown as asked for") func projection() async throws {
        try await withWorld { world in
            let id = await world.add(
                "a",
                [
                    "title": "t", "name": ["givenName": "G", "familyName": "F"],
                    "emails": [["value": "a@b.c", "type": "work"]],
                    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": ["department": "D", "division": "V"],
                ])
            func names(_ query: KeyValuePairs<String, String>) async -> Set<String> {
                Set(await world.get("/Users/\(id)", query).json.object?.names ?? [])
            }
            let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
            #expect(await names(["attributes": "userName"]) == ["schemas", "id", "userName"])
            #expect(await names(["attributes": "USERNAME,TITLE"]) == ["schemas", "id", "userName", "title"])
            #expect(await names(["attributes": "nothing"]) == ["schemas", "id"])
            #expect(await names(["attributes": "\(urn):department"]) == ["schemas", "id", urn])
            #expect(await names(["attributes": urn]) == ["schemas", "id", urn])
            #expect(await !names(["excludedAttributes": "emails,id"]).contains("emails"))
            #expect(await names(["excludedAttributes": "emails,id"]).contains("id"))
            let part = await world.get("/Users/\(id)", ["attributes": "name.givenName, emails.value"]).json
            #expect(part["name"] == ["givenName": "G"])
            #expect(part["emails"] == [["value": "a@b.c"]])
            let rest = await world.get("/Users/\(id)", ["excludedAttributes": "name.givenName,\(urn):division"]).json
            #expect(rest["name"] == ["familyName": "F"])
            #expect(rest[urn] == ["department": "D"])
            #expect(await world.get("/Users/\(id)", ["attributes": "a", "excludedAttributes": "b"]).status == 400)
            #expect(await world.get("/Users/\(id)", ["atributes": "a"]).status == 400)
            let patched = await world.send(
                .patch, "/Users/\(id)",
                raw: Array(SCIMWorld.patch(["op": "add", "path": "title", "value": "u"]).compactText.utf8),
                query: [.init("attributes", "title")])
            #expect(Set(patched.json.object?.names ?? []) == ["schemas", "id", "title"])
        }
    }

    @Test("every change has its record, and the record nothing of a person but a name") func records() async throws {
        try await withWorld { world in
            let id = await world.add("anna", ["name": ["givenName": "Canary"], "title": "Canary"])
            _ = await world.send(.put, "/Users/\(id)", SCIMWorld.user("anna", ["title": "Canary 2"]))
            let group = await world.addGroup("Canary group", [id])
            _ = await world.send(.delete, "/Users/\(id)")
            let records = try await world.records().filter { $0.type.hasPrefix("scim.resource") }
            #expect(
                records.map(\.type) == [
                    "scim.resource.created", "scim.resource.changed", "scim.resource.created", "scim.resource.deleted",
                    "scim.resource.changed",
                ])
            #expect(records.allSatisfy { $0.actor == "scim:okta" })
            #expect(records.map(\.subject) == ["okta.\(id)", "okta.\(id)", group, "okta.\(id)", group])
            #expect(records[1].body["attributes"] == ["name", "title"])
            #expect(records[4].body["removed"] == [.string(id)])
            #expect(!records.contains { $0.body.compactText.contains("Canary") })
            #expect(await world.members(of: group).isEmpty)
        }
    }

    @Test("what is asked where nothing is, is said as an error of SCIM's") func addresses() async throws {
        try await withWorld { world in
            for (method, path, status) in [
                (HTTPRequest.Method.get, "/Nothing", 404), (.get, "/Users/u-none", 404), (.get, "/Users/a/b", 404),
                (.post, "/Schemas", 405), (.put, "/ServiceProviderConfig", 405), (.patch, "/Users", 405),
                (.get, "/Me", 501), (.post, "/Me", 501), (.get, "/Bulk", 405), (.get, "/.search", 405),
            ] {
                let answer = await world.send(method, path)
                #expect(answer.status == status, "\(method) \(path): \(answer.status)")
                #expect(answer.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"])
            }
        }
    }

    @Test("the intake refuses, and nothing is written") func intakeRefuses() async throws {
        try await withWorld { world in
            let refused = await world.send(.post, "/Users", SCIMWorld.user("a", ["title": "refused by the intake"]))
            #expect(refused.status == 400)
            #expect(await world.get("/Users").total == 0)
            let records = try await world.records()
            #expect(records.allSatisfy { !$0.type.hasPrefix("scim.resource") })
            let id = await world.add("a")
            let patch = SCIMWorld.patch(["op": "add", "path": "title", "value": "refused by the intake"])
            #expect(await world.send(.patch, "/Users/\(id)", patch).status == 400)
            #expect(await world.get("/Users/\(id)").json["title"].isMissing)
        }
    }
}

import AccessModel
import Definitions
import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

/// Whoever goes is heard of, whatever else is said of them.
@Suite("Leavers by SCIM") struct LeaverTests {
    private static let gone: JSONValue = ["op": "replace", "path": "active", "value": false]
    private static let back: JSONValue = ["op": "replace", "path": "active", "value": true]
    private static let nowhere: JSONValue = ["op": "remove", "path": "emails"]

    /// One whose only address is among `emails`.
    private func add(_ world: SCIMWorld, _ name: String) async -> String {
        await world.add(name, ["active": true, "emails": [["value": .string("\(name)@example.com")]]])
    }

    private func isActive(_ world: SCIMWorld, _ id: String) async throws -> Bool? {
        try await world.person("okta.\(id)")?.isActive
    }

    /// A user of a person whose address went before it was refused that it goes.
    private func strip(_ world: SCIMWorld, _ id: String) async throws {
        try await world.database.write { session in
            try session.execute(
                "UPDATE scim_resources SET body = $1 WHERE id = $2",
                [.text(#"{"userName":"stripped","active":true}"#), .text(id)])
        }
    }

    @Test("the last address of a person who is here stays", arguments: SCIMDatabase.allCases)
    func keepsTheLastAddress(_ place: SCIMDatabase) async throws {
        try await SCIMWorld.withDesk(place) { world in
            let id = await add(world, "anna")
            for refused in [
                await world.change(id, Self.nowhere),
                await world.change(id, ["op": "replace", "path": "emails", "value": [["value": "no address"]]]),
                await world.send(.put, "/Users/\(id)", SCIMWorld.user("anna", ["active": true])),
            ] {
                #expect(refused.status == 400 && refused.kind == "invalidValue", "\(refused.json)")
            }
            #expect(
                await world.get("/Users/\(id)").json["emails"]?.array?.first?["value"]?.string == "anna@example.com")
            // The name is one too, where it is an address.
            let other = await world.change(
                id, Self.nowhere, ["op": "replace", "path": "userName", "value": "anna.lee@example.com"])
            #expect(other.status == 200)
            let now = try await world.person("okta.\(id)")
            #expect(now?.person.email.text == "anna.lee@example.com")
            // Who never was a person has nothing to keep.
            let nobody = await world.add("nobody", ["emails": [["value": "no address"]]])
            #expect(await world.change(nobody, Self.nowhere).status == 200)
        }
    }

    @Test("who goes without an address goes", arguments: SCIMDatabase.allCases)
    func goes(_ place: SCIMDatabase) async throws {
        try await SCIMWorld.withDesk(place) { world in
            let both = await add(world, "anna")
            #expect(await world.change(both, Self.nowhere, Self.gone).status == 200)
            let put = await add(world, "bert")
            #expect(
                await world.send(.put, "/Users/\(put)", SCIMWorld.user("bert", ["active": false])).status == 200)
            let patched = await add(world, "carl")
            try await strip(world, patched)
            #expect(await world.change(patched, Self.gone).status == 200)
            let deleted = await add(world, "dora")
            try await strip(world, deleted)
            #expect(await world.send(.delete, "/Users/\(deleted)").status == 204)
            for id in [both, put, patched, deleted] {
                let active = try await isActive(world, id)
                #expect(active == false, "\(id)")
            }
            // Nobody comes back without an address.
            let refused = await world.change(both, Self.back)
            #expect(refused.status == 400 && refused.kind == "invalidValue")
            let returned = await world.change(
                both, Self.back, ["op": "add", "path": "emails", "value": [["value": "anna.lee@example.com"]]])
            #expect(returned.status == 200)
            let now = try await world.person("okta.\(both)")
            #expect(now?.isActive == true && now?.person.email.text == "anna.lee@example.com")
        }
    }

    @Test("a person joins once", arguments: SCIMDatabase.allCases)
    func joinsOnce(_ place: SCIMDatabase) async throws {
        try await SCIMWorld.withDesk(place) { world in
            let id = await add(world, "anna")
            try await strip(world, id)
            let answer = await world.change(
                id, ["op": "add", "path": "emails", "value": [["value": "anna.lee@example.com"]]])
            #expect(answer.status == 200)
            let types = try await world.database.read { session in
                try session.query("SELECT type FROM people_events ORDER BY effective").map { try $0.text(0) }
            }
            #expect(types == ["joined", "moved"])
            let now = try await world.person("okta.\(id)")
            #expect(now?.person.email.text == "anna.lee@example.com")
        }
    }

    @Test("nobody comes back by silence", arguments: SCIMDatabase.allCases)
    func staysGone(_ place: SCIMDatabase) async throws {
        try await SCIMWorld.withDesk(place) { world in
            let id = await add(world, "anna")
            #expect(await world.change(id, Self.gone).status == 200)
            for refused in [
                await world.change(id, ["op": "remove", "path": "active"]),
                await world.change(id, ["op": "replace", "path": "active", "value": .null]),
                await world.change(id, ["op": "replace", "value": ["active": .null]]),
                await world.change(id, ["op": "replace", "value": ["active": false, "Active": true]]),
            ] {
                #expect(refused.status == 400, "\(refused.json)")
            }
            for more in [["title": "x"], ["title": "y", "active": .null]] as [JSONValue] {
                var user = more.object ?? JSONObject()
                user["emails"] = [["value": "anna@example.com"]]
                let put = await world.send(.put, "/Users/\(id)", SCIMWorld.user("anna", .object(user)))
                #expect(put.status == 200 && put.json["active"] == .some(false), "\(put.json)")
            }
            let still = try await isActive(world, id)
            #expect(still == false)
            #expect(await world.change(id, Self.back).status == 200)
            let back = try await isActive(world, id)
            #expect(back == true)
        }
    }

    @Test("schemas that were stored once are not shown twice") func storedSchemas() async throws {
        try await SCIMWorld.withDesk(.sqlite) { world in
            let id = await add(world, "anna")
            try await world.database.write { session in
                try session.execute(
                    "UPDATE scim_resources SET body = $1 WHERE id = $2",
                    [.text(#"{"schemas":["urn:x:y"],"userName":"anna@example.com"}"#), .text(id)])
            }
            let answer = await world.get("/Users/\(id)")
            // Two members of one name are no JSON, here.
            #expect(answer.id == id && answer.json["schemas"]?.array?.count == 1)
        }
    }
}

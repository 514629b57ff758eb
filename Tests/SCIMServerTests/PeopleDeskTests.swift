import AccessModel
import AuditTrail
import Definitions
import Lifecycle
import Persistence
import StrictJSON
import TestSupport
import Testing
import WebServer

@testable import SCIMServer

/// What is pushed, through to the people that Tenure knows.
@Suite("SCIM and the people's desk") struct PeopleDeskTests {
    private func withDesk(
        _ place: SCIMDatabase, _ body: (SCIMWorld) async throws -> Void
    ) async throws { try await SCIMWorld.withDesk(place, body) }

    private func person(_ world: SCIMWorld, _ id: String) async throws -> PersonState? {
        try await world.person("okta.\(id)")
    }

    @Test("a person joins, moves, leaves and comes back", arguments: SCIMDatabase.allCases)
    func story(_ place: SCIMDatabase) async throws {
        try await withDesk(place) { world in
            let id = await world.add(
                "anna@example.com", ["active": true, "name": ["givenName": "Anna", "familyName": "Lee"]])
            let joined = try #require(try await person(world, id))
            #expect(joined.isActive && joined.person.familyName == "Lee" && joined.person.kind == .employee)
            func patch(_ path: String, _ value: JSONValue) async -> Int {
                await world.send(
                    .patch, "/Users/\(id)",
                    SCIMWorld.patch(["op": "replace", "path": .string(path), "value": value])
                ).status
            }
            #expect(await patch("title", "Engineer") == 200)
            let moved = try await person(world, id)
            #expect(moved?.person.title == "Engineer")
            #expect(await patch("active", false) == 200)
            let gone = try await person(world, id)
            #expect(gone?.isActive == false)
            #expect(await patch("active", true) == 200)
            let back = try await person(world, id)
            #expect(back?.isActive == true)
            #expect(await world.send(.delete, "/Users/\(id)").status == 204)
            let left = try await person(world, id)
            #expect(left?.isActive == false)
            let records = try await world.records()
            let events = records.filter { $0.type == "people.event" }
            #expect(events.count == 5 && events.allSatisfy { $0.actor == "scim:okta" })
            // Each in the transaction of what it follows from.
            #expect(records.count { $0.type.hasPrefix("scim.resource") } == 5)
        }
    }

    @Test("who cannot be a person so is refused, and nothing is written", arguments: SCIMDatabase.allCases)
    func refused(_ place: SCIMDatabase) async throws {
        try await withDesk(place) { world in
            let contractor = SCIMWorld.user("c@example.com", ["userType": "Contractor"])
            let answer = await world.send(.post, "/Users", contractor)
            #expect(answer.status == 400 && answer.kind == "invalidValue")
            #expect(answer.json["detail"]?.string?.contains("tenure:2.0:User:endsOn") == true)
            #expect(await world.get("/Users").total == 0)
            let records = try await world.records()
            #expect(records.allSatisfy { $0.type.hasPrefix("scim.client") })
        }
    }

    private static let urn = SchemaDefinition.tenureUser.urn

    private func patch(_ world: SCIMWorld, _ id: String, _ path: String, _ value: JSONValue) async -> SCIMWorld.Answer {
        await world.send(
            .patch, "/Users/\(id)", SCIMWorld.patch(["op": "replace", "path": .string(path), "value": value]))
    }

    @Test("who is here for a time comes with a last day", arguments: SCIMDatabase.allCases)
    func lastDay(_ place: SCIMDatabase) async throws {
        try await withDesk(place) { world in
            let id = await world.add(
                "c@example.com",
                ["userType": "Contractor", "active": true, .init(Self.urn): ["endsOn": "2099-12-31"]])
            #expect(await world.get("/Users/\(id)").json[Self.urn]?["endsOn"]?.string == "2099-12-31")
            let joined = try await person(world, id)
            #expect(joined?.isActive == true && joined?.person.kind == .contractor)
            #expect(joined?.person.endDate?.description == "2099-12-31")
            #expect(await patch(world, id, "\(Self.urn):endsOn", "2098-06-30T00:00:00Z").status == 200)
            let shorter = try await person(world, id)
            #expect(shorter?.person.endDate?.description == "2098-06-30")
            let cleared = await patch(world, id, "\(Self.urn):endsOn", .null)
            #expect(cleared.status == 400 && cleared.kind == "invalidValue")
            for bad in ["soon", "2026-02-30", "2026-13-01T00:00:00Z"] as [JSONValue] {
                #expect(await patch(world, id, "\(Self.urn):endsOn", bad).status == 400, "\(bad)")
            }
            #expect(await patch(world, id, "active", false).status == 200)
            #expect(await patch(world, id, "active", true).status == 200)
            let back = try await person(world, id)
            #expect(back?.isActive == true && back?.person.endDate?.description == "2098-06-30")
        }
    }

    @Test("an employee who becomes a contractor gets a last day with it, and may go without one")
    func becomesContractor() async throws {
        try await withDesk(.sqlite) { world in
            let id = await world.add("e@example.com", ["active": true])
            let refused = await patch(world, id, "userType", "Contractor")
            #expect(refused.status == 400 && refused.kind == "invalidValue")
            let both: JSONValue = ["userType": "Contractor", .init(Self.urn): ["endsOn": "2099-12-31"]]
            let taken = await world.send(
                .patch, "/Users/\(id)", SCIMWorld.patch(["op": "replace", "value": both]))
            #expect(taken.status == 200)
            let now = try await person(world, id)
            #expect(now?.person.kind == .contractor && now?.person.endDate?.description == "2099-12-31")
            #expect(await patch(world, id, "userType", "Employee").status == 200)
            #expect(await patch(world, id, "\(Self.urn):endsOn", .null).status == 200)
            let kept = try await person(world, id)
            #expect(kept?.person.endDate == nil && kept?.isActive == true)
        }
    }
}

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

/// Gives what is pushed to the people's desk, in the same transaction.
private struct DeskIntake: SCIMPeopleIntake {
    let database: any Database

    func accept(
        _ changes: [SCIMPersonChange], client: SCIMClient, in session: any SQLSession, records: inout [Record]
    ) throws {
        for change in changes {
            let context = LifecycleContext(database: database, actor: client.actor, now: change.at) {
                "id-\(change.at.milliseconds)"
            }
            let desk = PeopleDesk(context: context, definitions: nil) { bytes in
                TokenDigest(token: String(decoding: bytes, as: UTF8.self)).hex
            }
            for event in SCIMPersonMapping(client: client).events(of: change) {
                let bytes = Array(event.compactText.utf8)
                do {
                    _ = try desk.accept(try desk.read(bytes), bytes: bytes, in: session, records: &records)
                } catch let error as HREventError {
                    throw SCIMError(
                        .badRequest, .invalidValue, error.problems.map(\.code).joined(separator: ", "))
                }
            }
        }
    }
}

/// What is pushed, through to the people that Tenure knows.
@Suite("SCIM and the people's desk") struct PeopleDeskTests {
    private func withDesk(
        _ place: SCIMDatabase, _ body: (SCIMWorld) async throws -> Void
    ) async throws {
        try await place.withDatabase { database in
            try await body(try await SCIMWorld(database, delivering: DeskIntake(database: database)))
        }
    }

    private func person(_ world: SCIMWorld, _ id: String) async throws -> PersonState? {
        let now = world.clock.now()
        return try await world.database.read { session in
            try PeopleArchive(session).roster(at: now)[try #require(PersonID("okta.\(id)"))]
        }
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
            #expect(answer.json["detail"]?.string?.contains("end-required") == true)
            #expect(await world.get("/Users").total == 0)
            let records = try await world.records()
            #expect(records.allSatisfy { $0.type.hasPrefix("scim.client") })
        }
    }
}

import AccessModel
import Definitions
import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

/// A client whose users stand for employee numbers speaks for nobody whom another source has named.
@Suite("Whom SCIM does not speak for") struct StrangerTests {
    private static let urn = SchemaDefinition.enterpriseUser.urn

    private func user(_ name: String, _ number: String, _ email: String?, active: Bool = true) -> JSONValue {
        var more = JSONObject()
        more["active"] = .bool(active)
        if let email { more["emails"] = [["value": .string(email)]] }
        more[Self.urn] = ["employeeNumber": .string(number)]
        return SCIMWorld.user(name, .object(more))
    }

    private func expectHRs(_ world: SCIMWorld, _ number: String, _ email: String) async throws {
        let person = try await world.person(number)
        #expect(person?.isActive == true && person?.person.email.text == email)
    }

    private func expectRefused(_ answer: SCIMWorld.Answer) {
        #expect(answer.status == 409 && answer.kind == "uniqueness", "\(answer.json)")
    }

    @Test("nor whom it brought once, when HR has them back", arguments: SCIMDatabase.allCases)
    func formerPeople(_ place: SCIMDatabase) async throws {
        try await SCIMWorld.withDesk(place, identity: .employeeNumber) { world in
            let made = await world.send(.post, "/Users", user("u77", "E-77", "u77@example.com"))
            #expect(made.status == 201)
            #expect(await world.send(.delete, "/Users/\(made.id)").status == 204)
            // Its own people come back by its word.
            let again = await world.send(.post, "/Users", user("u77", "E-77", "u77@example.com"))
            #expect(again.status == 201)
            try await expectHRs(world, "E-77", "u77@example.com")
            #expect(await world.send(.delete, "/Users/\(again.id)").status == 204)
            try await world.hear(.rehired, "E-77", email: "holly@example.com")
            for active in [true, false] {
                expectRefused(
                    await world.send(.post, "/Users", user("u77b", "E-77", "evil@example.com", active: active)))
            }
            try await expectHRs(world, "E-77", "holly@example.com")
        }
    }

    @Test("nor by an address that comes after HR", arguments: SCIMDatabase.allCases)
    func laterAddress(_ place: SCIMDatabase) async throws {
        try await SCIMWorld.withDesk(place, identity: .employeeNumber) { world in
            let made = await world.send(.post, "/Users", user("u88", "E-88", nil))
            #expect(made.status == 201)
            try await world.hear(.joined, "E-88", email: "holly@example.com")
            let address: JSONValue = ["op": "add", "path": "emails", "value": [["value": "evil@example.com"]]]
            expectRefused(await world.change(made.id, address))
            // Who is not theirs to bring is not theirs to send away either, and they may tidy up.
            #expect(
                await world.change(made.id, address, ["op": "replace", "path": "active", "value": false]).status == 200)
            try await expectHRs(world, "E-88", "holly@example.com")
            expectRefused(await world.change(made.id, ["op": "replace", "path": "active", "value": true]))
            #expect(await world.send(.delete, "/Users/\(made.id)").status == 204)
            try await expectHRs(world, "E-88", "holly@example.com")
        }
    }

    @Test("nor by bringing back whom HR speaks for now", arguments: SCIMDatabase.allCases)
    func comesBack(_ place: SCIMDatabase) async throws {
        try await SCIMWorld.withDesk(place, identity: .employeeNumber) { world in
            let made = await world.send(.post, "/Users", user("u99", "E-99", "u99@example.com"))
            #expect(made.status == 201)
            try await world.hear(.moved, "E-99", email: "holly@example.com")
            // That somebody goes is heard from whoever brought them.
            #expect(
                await world.change(made.id, ["op": "replace", "path": "active", "value": false]).status == 200)
            let gone = try await world.person("E-99")
            #expect(gone?.isActive == false)
            expectRefused(await world.change(made.id, ["op": "replace", "path": "active", "value": true]))
            let still = try await world.person("E-99")
            #expect(still?.isActive == false)
        }
    }
}

import AccessModel
import Definitions
import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

@Suite("People from SCIM") struct PeopleTests {
    private static let urn = SchemaDefinition.enterpriseUser.urn
    private let client: SCIMClient

    init() throws {
        client = SCIMClient(name: try #require(Slug("okta")), createdAt: Instant(milliseconds: 0))
    }

    private func read(_ event: JSONValue) throws -> HREvent {
        try HREvent.read(
            Array(event.compactText.utf8),
            rules: FeedRules(domains: ["example.com"], importedAt: Instant(milliseconds: 1_800_000_000_000)))
    }

    private func kinds(_ world: SCIMWorld, _ client: SCIMClient) throws -> [String] {
        try SCIMPersonMapping(client: client).story(world.intake.changes).map { try read($0).kind.rawValue }
    }

    @Test("what a client does becomes what HR says", arguments: SCIMClient.Leaver.allCases)
    func story(_ leaver: SCIMClient.Leaver) async throws {
        try await withWorld { world in
            let manager = await world.add("boss", ["emails": [["value": "boss@example.com"]]])
            let id = await world.add(
                "anna@example.com",
                ["name": ["givenName": "Anna", "familyName": "Lee"], "active": true, "title": "Engineer"])
            func patch(_ path: String, _ value: JSONValue) async {
                let answer = await world.send(
                    .patch, "/Users/\(id)", SCIMWorld.patch(["op": "replace", "path": .string(path), "value": value]))
                #expect(answer.status == 200)
            }
            await patch("\(Self.urn):department", "Sales")
            await patch("\(Self.urn):manager", ["value": .string(manager)])
            await patch("active", false)
            await patch("active", true)
            _ = await world.send(.delete, "/Users/\(id)")
            let changes = world.intake.changes.filter { $0.resource == id }
            #expect(changes.map(\.kind) == [.joined, .changed, .changed, .deactivated, .reactivated, .deleted])
            #expect(changes.allSatisfy { $0.person.text == "okta.\(id)" })
            #expect(changes.map(\.version) == [1, 2, 3, 4, 5, 6])
            let mapping = SCIMPersonMapping(
                client: SCIMClient(name: client.name, leaver: leaver, createdAt: Instant(milliseconds: 0)))
            let events = try mapping.story(changes).map(read)
            let back = leaver == .left ? "rehired" : "returned"
            #expect(
                events.map(\.kind.rawValue) == [
                    "joined", "moved", "moved", leaver.rawValue, back, leaver.rawValue,
                ])
            #expect(Set(events.map(\.id)).count == events.count)
            #expect(events.allSatisfy { $0.source == "scim/okta" && $0.person.text == "okta.\(id)" })
            #expect(
                events[0].attributes.contains(.title("Engineer")) && events[0].attributes.contains(.familyName("Lee")))
            #expect(events[1].attributes == [.department("Sales")])
            #expect(events[2].attributes == [.manager(PersonID("okta.\(manager)"))])
        }
    }

    @Test("who has no address yet is no person yet") func withoutAddress() async throws {
        try await withWorld { world in
            let id = await world.add("anna", ["active": true])
            let told1 = try kinds(world, client)
            #expect(told1.isEmpty)
            let patch = SCIMWorld.patch(["op": "add", "path": "emails", "value": [["value": "anna@example.com"]]])
            _ = await world.send(.patch, "/Users/\(id)", patch)
            let told2 = try kinds(world, client)
            #expect(told2 == ["joined"])
            _ = await world.send(.delete, "/Users/\(id)")
            let told3 = try kinds(world, client)
            #expect(told3 == ["joined", "left"])
        }
    }

    @Test("who comes inactive is suspended, and goes without a word") func inactive() async throws {
        try await withWorld { world in
            let id = await world.add("anna@example.com", ["active": false])
            _ = await world.send(.delete, "/Users/\(id)")
            let told4 = try kinds(world, client)
            #expect(told4 == ["joined"])
            let event = try read(SCIMPersonMapping(client: client).story(world.intake.changes)[0])
            #expect(event.attributes.contains(.status(.suspended)))
        }
    }

    @Test("employee numbers say who it is, once and for all", arguments: SCIMDatabase.allCases)
    func employeeNumbers(_ place: SCIMDatabase) async throws {
        try await place.withWorld(identity: .employeeNumber) { world in
            func number(_ text: JSONValue) -> JSONValue { [.init(Self.urn): ["employeeNumber": text]] }
            for bad in [.null, "", "a b", "-x", "e/1", .string(String(repeating: "a", count: 65)), "é"] as [JSONValue] {
                let answer = await world.send(.post, "/Users", SCIMWorld.user("anna@example.com", number(bad)))
                #expect(answer.status == 400 && answer.kind == "invalidValue", "\(bad)")
            }
            #expect(await world.send(.post, "/Users", SCIMWorld.user("anna@example.com")).status == 400)
            // LESSONS #9: nor a person that another client's user is.
            let other = SCIMClient(name: client.name, createdAt: Instant(milliseconds: 0))
            let taken = try SCIMPersonMapping.person(
                of: world.service.newID(.user), employeeNumber: nil, client: other)
            #expect(await world.send(.post, "/Users", SCIMWorld.user("x", number(.string(taken.text)))).status == 400)
            let id = await world.add("anna@example.com", number("e-0042"))
            // LESSONS #9: nobody else, of any client, becomes the same person.
            for token in world.tokens {
                let twin = await world.send(.post, "/Users", SCIMWorld.user("twin", number("e-0042")), token: token)
                #expect(twin.status == 409 && twin.kind == "uniqueness")
            }
            for body in [
                SCIMWorld.patch(["op": "replace", "path": .string("\(Self.urn):employeeNumber"), "value": "e-0043"]),
                SCIMWorld.patch(["op": "remove", "path": .string("\(Self.urn):employeeNumber")]),
            ] {
                #expect(await world.send(.patch, "/Users/\(id)", body).status == 400)
            }
            #expect(world.intake.changes.map(\.person.text) == ["e-0042"])
            _ = await world.send(.delete, "/Users/\(id)")
            _ = await world.add("anna@example.com", number("e-0042"))
            let told5 = try kinds(world, client)
            #expect(told5 == ["joined", "left", "rehired"])
        }
    }

    @Test(
        "the address that counts, names, kind and place",
        arguments: [
            (#"{"emails":[{"value":"a@b.c","type":"home"},{"value":"w@b.c","type":"work"}]}"#, "email", "w@b.c"),
            (#"{"emails":[{"value":"w@b.c","type":"work"},{"value":"p@b.c","primary":true}]}"#, "email", "p@b.c"),
            (#"{"emails":[{"value":"no address"}],"userName":"u@b.c"}"#, "email", "u@b.c"),
            (#"{"userName":"u@b.c","displayName":"Anna Maria Lee"}"#, "given_name", "Anna Maria"),
            (#"{"userName":"u@b.c","displayName":"Anna Maria Lee"}"#, "family_name", "Lee"),
            (#"{"userName":"u@b.c","name":{"familyName":"Lee"},"displayName":"X Y"}"#, "given_name", ""),
            (#"{"userName":"u@b.c","userType":"Contractor"}"#, "type", "contractor"),
            (#"{"userName":"u@b.c","userType":"Intern"}"#, "type", "employee"),
            (
                #"{"userName":"u@b.c","addresses":[{"locality":"Rome"},{"locality":"Oslo","type":"work"}]}"#,
                "location", "Oslo"
            ),
        ])
    func fields(_ user: String, _ field: String, _ expected: String) throws {
        let fields = SCIMPersonMapping(client: client).fields(of: try JSONParser.parse(user), manager: nil)
        #expect(fields?[field]?.string == expected)
    }
}

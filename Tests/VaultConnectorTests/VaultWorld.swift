import AccessModel
import ConnectorKit
import StrictJSON
import TestSupport
import Testing
import VaultConnector

/// A Vault as the conformance suite's world.
struct VaultWorld: ConformanceWorld {
    let place: VaultPlace
    let configuration: ConnectorConfiguration
    let pageSize = 8
    private let busy: HTTPDouble
    private let rude: HTTPDouble

    var secrets: [String] { [place.token, place.admin.token, "canary-wrong-0123456789"] }

    init(_ place: VaultPlace) throws {
        self.place = place
        configuration = place.configuration()
        let token = place.token
        busy = try HTTPDouble { _ in
            HTTPDouble.Response(
                429, headers: ["Retry-After": "7"], body: #"{"errors": ["quota exceeded, token \#(token)"]}"#)
        }
        rude = try HTTPDouble { _ in .hangUp }
    }

    func stop() {
        busy.stop()
        rude.stop()
    }

    func addForeignAccount(named name: String) async throws {
        let made = try await place.admin.require(
            .post, "identity/entity/name/stranger-\(name.utf8.count)-\(name.prefix(13))")
        guard let id = made["data"]?["id"] else { throw VaultPlace.NotReady(what: "an entity") }
        try await place.admin.require(
            .post, "identity/entity-alias",
            ["name": .string(name), "mount_accessor": .string(place.loginAccessor), "canonical_id": id])
    }

    func addStrayMember(account: String, to group: String) async throws {
        let entity = try await place.admin.require(
            .post, "identity/lookup/entity",
            ["alias_name": .string(account), "alias_mount_accessor": .string(place.loginAccessor)])
        let found = try await place.admin.require(.get, "identity/group/name/\(group)")
        let members = found["data"]?["member_entity_ids"]?.array ?? []
        try await place.admin.require(
            .post, "identity/group/name/\(group)",
            ["member_entity_ids": .array(members + [entity["data"]?["id"] ?? .null])])
    }

    func throttled() async throws -> ThrottledConnector? {
        ThrottledConnector(connector: try place.connector(url: busy.url), delay: .seconds(7))
    }

    func broken() async throws -> [BrokenConnector] {
        let nobody = try LoopbackSocket.freePort()
        return [
            BrokenConnector(
                name: "a wrong token", connector: try place.connector(credential: "canary-wrong-0123456789"),
                expected: .unauthorized),
            BrokenConnector(
                name: "a wrong secret id",
                connector: try place.connector(
                    ["login": ["method": "approle", "mount": .string(place.approle), "role_id": "nobody"]],
                    credential: "canary-wrong-0123456789"), expected: .unauthorized),
            BrokenConnector(
                name: "a server that is not there",
                connector: try place.connector(url: "http://127.0.0.1:\(nobody)"), expected: .unreachable),
            BrokenConnector(
                name: "a server that hangs up", connector: try place.connector(url: rude.url), expected: .unreachable),
        ]
    }
}

@Suite struct VaultConformanceTests {
    @Test func theConnectorDoesWhatEveryConnectorMust() async throws {
        let place = try await VaultPlace()
        let world = try VaultWorld(place)
        let report = try await ConnectorConformance.run(makeConnector: { try VaultServer($0) }, world: world)
        #expect(report.failures == [])
        print(report)
        world.stop()
        await place.stop()
    }
}

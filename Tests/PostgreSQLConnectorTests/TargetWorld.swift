import AccessModel
import ConnectorKit
import PostgreSQLConnector
import StrictJSON
import TestSupport
import Testing

/// A real server as the conformance suite's world.
struct TargetWorld: ConformanceWorld {
    let place: TargetPlace
    let configuration: ConnectorConfiguration
    let secrets = [TargetPlace.password]
    let pageSize = 40

    init(_ place: TargetPlace) {
        self.place = place
        configuration = place.configuration(organization: "conformance")
    }

    func addForeignAccount(named name: String) async throws { try place.admin("CREATE ROLE \"\(name)\" LOGIN") }

    func addStrayMember(account: String, to group: String) async throws {
        try place.admin("GRANT \"\(group)\" TO \"\(account)\"")
    }

    func broken() async throws -> [BrokenConnector] {
        let nobody = Int(try LoopbackSocket.freePort())
        return [
            BrokenConnector(
                name: "a wrong password",
                connector: try PostgreSQLTarget(place.configuration(password: "canary-wrong-0123456789")),
                expected: .unauthorized),
            BrokenConnector(
                name: "a server that is not there", connector: try place.connector(port: nobody),
                expected: .unreachable),
            BrokenConnector(
                name: "a database that is not there",
                connector: try PostgreSQLTarget(place.configuration(["database": "nowhere"])), expected: .configuration),
            BrokenConnector(
                name: "a certificate of somebody else",
                connector: try PostgreSQLTarget(place.configuration(["ca_file": .string(place.server.otherCAFile)])),
                expected: .configuration),
            BrokenConnector(
                name: "a superuser",
                connector: try PostgreSQLTarget(
                    place.configuration(user: "postgres", password: place.server.adminPassword)),
                expected: .configuration),
        ]
    }
}

extension PostgreSQLConnectorTests {
    @Suite struct Conformance {
        @Test func theConnectorDoesWhatEveryConnectorMust() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let report = try await ConnectorConformance.run(
                makeConnector: { try PostgreSQLTarget($0) }, world: TargetWorld(place))
            #expect(report.failures == [])
            print(report)
        }
    }
}

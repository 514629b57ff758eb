import AccessModel
import ConnectorKit
import SCIMConnector
import StrictJSON
import TestSupport

/// scim2-server as the conformance suite's world; faults come from a double.
struct SCIMWorld: ConformanceWorld {
    let server: SCIMServer
    let configuration: ConnectorConfiguration
    let secrets = [SCIMServer.token]
    let pageSize = 20
    private let busy: HTTPDouble
    private let rude: HTTPDouble

    init(_ server: SCIMServer) throws {
        self.server = server
        configuration = try server.configuration()
        busy = try HTTPDouble { _ in
            HTTPDouble.Response(
                429, headers: ["Retry-After": "7"], body: #"{"detail": "slow down, Bearer \#(SCIMServer.token)"}"#)
        }
        rude = try HTTPDouble { _ in .hangUp }
    }

    func stop() {
        busy.stop()
        rude.stop()
    }

    func addForeignAccount(named name: String) async throws {
        try server.request("POST", "/Users", ["schemas": [.string(userSchema)], "userName": .string(name)])
    }

    func addStrayMember(account: String, to group: String) async throws {
        guard let user = try server.user(named: account)?["id"], let id = try server.group(named: group)?["id"]?.string
        else { throw SCIMServer.NotReady() }
        let add: JSONValue = ["op": "add", "path": "members", "value": [["value": user]]]
        try server.request(
            "PATCH", "/Groups/\(id)",
            ["schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [add]])
    }

    func throttled() async throws -> ThrottledConnector? {
        let connector = try SCIMServiceProvider(scimConfiguration(["url": .string(busy.url)]))
        return ThrottledConnector(connector: connector, delay: .seconds(7))
    }

    func broken() async throws -> [BrokenConnector] {
        let nobody = try LoopbackSocket.freePort()
        return [
            BrokenConnector(
                name: "a wrong token",
                connector: try SCIMServiceProvider(server.configuration(token: "canary-wrong-0123456789")),
                expected: .unauthorized),
            BrokenConnector(
                name: "a service that is not there",
                connector: try SCIMServiceProvider(
                    scimConfiguration(["url": .string("http://127.0.0.1:\(nobody)/v2")])), expected: .unreachable),
            BrokenConnector(
                name: "a service that hangs up",
                connector: try SCIMServiceProvider(scimConfiguration(["url": .string(rude.url)])),
                expected: .unreachable),
        ]
    }
}

let userSchema = "urn:ietf:params:scim:schemas:core:2.0:User"

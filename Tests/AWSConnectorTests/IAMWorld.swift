import AWSConnector
import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport

/// moto's IAM as the conformance suite's world.
struct IAMWorld: ConformanceWorld {
    let server: MotoServer
    let configuration: ConnectorConfiguration
    let pageSize = 10
    private let busy: HTTPDouble

    var secrets: [String] { [server.key.secret] }

    init(_ server: MotoServer) throws {
        self.server = server
        try server.boto3(
            """
            document = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}]}
            client('iam').create_policy(PolicyName='boundary', PolicyDocument=json.dumps(document))
            """)
        configuration = try server.iam()
        busy = try HTTPDouble { _ in
            HTTPDouble.Response(
                400, headers: ["Retry-After": "3"],
                body:
                    "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"
            )
        }
    }

    func stop() { busy.stop() }

    func addForeignAccount(named name: String) async throws {}

    func addStrayMember(account: String, to group: String) async throws {}

    func throttled() async throws -> ThrottledConnector? {
        ThrottledConnector(connector: try IAMAccount(server.iam(endpoint: busy.url)), delay: .seconds(3))
    }

    func broken() async throws -> [BrokenConnector] {
        let nobody = try LoopbackSocket.freePort()
        let wrong = "[default]\naws_access_key_id = \(server.key.id)\naws_secret_access_key = canary-wrong-0123456789\n"
        return [
            BrokenConnector(
                name: "a wrong secret", connector: try IAMAccount(server.iam(credential: wrong)),
                expected: .unauthorized),
            BrokenConnector(
                name: "a service that is not there",
                connector: try IAMAccount(server.iam(endpoint: "http://127.0.0.1:\(nobody)")), expected: .unreachable),
        ]
    }
}

extension MotoServer {
    static let boundary = "arn:aws:iam::123456789012:policy/boundary"

    /// - Parameter ahead: By how much the connector's clock is.
    func iam(
        endpoint: String? = nil, credential: String? = nil, ahead: Span = .seconds(0), _ more: [String: JSONValue] = [:]
    ) throws -> ConnectorConfiguration {
        var settings: [String: JSONValue] = [
            "region": "eu-west-1", "endpoint": .string(endpoint ?? url), "account": .string(MotoServer.account),
            "permissions_boundary": .string(Self.boundary), "page_size": 10,
            "managed_policies": ["arn:aws:iam::aws:policy/PowerUserAccess"],
        ]
        settings.merge(more) { $1 }
        return try awsConfiguration(settings, credential: credential ?? key.shared, target: "account", ahead: ahead)
    }

    func secretsManager(
        credential: String? = nil, ahead: Span = .seconds(0), _ more: [String: JSONValue] = [:]
    ) throws -> ConnectorConfiguration {
        var settings: [String: JSONValue] = ["region": "eu-west-1", "endpoint": .string(url), "page_size": 5]
        settings.merge(more) { $1 }
        return try awsConfiguration(settings, credential: credential ?? key.shared, target: "secrets", ahead: ahead)
    }
}

/// Applies changes as the engine does, once each.
struct Applier {
    let connector: any Connector
    let target: String

    @discardableResult
    func add(_ fact: Fact) async throws -> Receipt { try await apply(.add, fact) }

    @discardableResult
    func remove(_ fact: Fact) async throws -> Receipt { try await apply(.remove, fact, before: fact) }

    @discardableResult
    func update(_ before: Account, _ account: Account) async throws -> Receipt {
        try await apply(.update, .account(account), before: .account(before))
    }

    @discardableResult
    func apply(_ operation: Change.Operation, _ fact: Fact, before: Fact? = nil) async throws -> Receipt {
        guard let target = Slug(target) else { throw CocoaError(.coderInvalidValue) }
        let change = Change(
            target: target, operation: operation, lane: operation == .remove ? .revoke : .grant, fact: fact,
            before: before, causes: [.drift], risk: 1, stage: 0)
        return try await connector.apply(
            change, context: ApplyContext(idempotencyKey: "case \(change.id)", fencingToken: 1, attempt: 1))
    }
}

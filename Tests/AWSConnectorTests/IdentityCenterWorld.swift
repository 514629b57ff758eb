import AWSConnector
import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport

/// moto as the conformance suite's world; faults come from a double.
struct IdentityCenterWorld: ConformanceWorld {
    let server: MotoServer
    let configuration: ConnectorConfiguration
    let pageSize = 10
    private let busy: HTTPDouble
    private let rude: HTTPDouble

    var secrets: [String] { [server.key.secret] }

    init(_ server: MotoServer) throws {
        self.server = server
        configuration = try server.identityCenter()
        busy = try HTTPDouble { _ in
            HTTPDouble.Response(
                400, headers: ["Content-Type": "application/x-amz-json-1.1"],
                body: #"{"__type":"ThrottlingException","Message":"Rate exceeded","RetryAfterSeconds":7}"#)
        }
        rude = try HTTPDouble { _ in .hangUp }
    }

    func stop() {
        busy.stop()
        rude.stop()
    }

    func addForeignAccount(named name: String) async throws {
        try server.boto3(
            """
            store, name = arguments
            client('identitystore').create_user(
                IdentityStoreId=store, UserName=name, DisplayName='Stranger', Name={'GivenName': 'A', 'FamilyName': 'B'},
                Emails=[{'Value': name, 'Primary': True}])
            """, [server.identityStoreID, name])
    }

    func addStrayMember(account: String, to group: String) async throws {
        try server.boto3(
            """
            store, name, group = arguments
            c = client('identitystore')
            def find(path, value): return {'UniqueAttribute': {'AttributePath': path, 'AttributeValue': value}}
            user = c.get_user_id(IdentityStoreId=store, AlternateIdentifier=find('userName', name))['UserId']
            id = c.get_group_id(IdentityStoreId=store, AlternateIdentifier=find('displayName', group))['GroupId']
            c.create_group_membership(IdentityStoreId=store, GroupId=id, MemberId={'UserId': user})
            """, [server.identityStoreID, account, group])
    }

    func throttled() async throws -> ThrottledConnector? {
        let connector = try IdentityCenter(server.identityCenter(endpoint: busy.url))
        return ThrottledConnector(connector: connector, delay: .seconds(7))
    }

    func broken() async throws -> [BrokenConnector] {
        let nobody = try LoopbackSocket.freePort()
        let wrong = "[default]\naws_access_key_id = \(server.key.id)\naws_secret_access_key = canary-wrong-0123456789\n"
        return [
            BrokenConnector(
                name: "a wrong secret", connector: try IdentityCenter(server.identityCenter(credential: wrong)),
                expected: .unauthorized),
            BrokenConnector(
                name: "a service that is not there",
                connector: try IdentityCenter(server.identityCenter(endpoint: "http://127.0.0.1:\(nobody)")),
                expected: .unreachable),
            BrokenConnector(
                name: "a service that hangs up",
                connector: try IdentityCenter(server.identityCenter(endpoint: rude.url)), expected: .unreachable),
        ]
    }
}

extension MotoServer {
    static let accounts: JSONValue = [
        ["id": "111111111111", "covers": ["sector": "shop", "tier": "live"]],
        ["id": "222222222222", "covers": ["sector": "shop", "tier": "live"]],
        ["id": "333333333333", "covers": ["sector": "shop", "tier": "sandbox"]],
    ]

    func identityCenter(
        endpoint: String? = nil, credential: String? = nil, _ more: [String: JSONValue] = [:]
    ) throws -> ConnectorConfiguration {
        var settings: [String: JSONValue] = [
            "region": "eu-west-1", "endpoint": .string(endpoint ?? url), "instance_arn": .string(instanceARN),
            "identity_store_id": .string(identityStoreID), "page_size": 10, "accounts": Self.accounts,
            "permission_sets": [
                "reader": ["managed_policies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]],
                "contributor": [
                    "managed_policies": ["arn:aws:iam::aws:policy/PowerUserAccess"], "session_duration": "4h",
                ],
                "admin": [
                    "managed_policies": ["arn:aws:iam::aws:policy/AdministratorAccess"], "session_duration": "2h",
                ],
            ],
        ]
        settings.merge(more) { $1 }
        return try awsConfiguration(settings, credential: credential ?? key.shared)
    }
}

func awsConfiguration(
    _ settings: [String: JSONValue], credential: String?, target: String = "cloud", ahead: Span = .seconds(0)
) throws -> ConnectorConfiguration {
    guard let target = Slug(target), let organization = Slug("mountainlab") else {
        throw CocoaError(.coderInvalidValue)
    }
    var object = JSONObject()
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) { object[name] = value }
    return ConnectorConfiguration(
        target: target, settings: .object(object), credential: credential.map { SecretText($0) },
        baseDirectory: "/nowhere", organization: organization,
        clock: { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) + ahead })
}

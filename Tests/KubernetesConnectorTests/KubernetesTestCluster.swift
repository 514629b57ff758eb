import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import Synchronization
import TestSupport

@testable import KubernetesConnector

/// A cluster to test on, and a corner of it that is one test's alone: an organisation, tenants, a connector's account with
/// the rights that the README lists.
struct KubernetesTestCluster: Sendable {
    let admin: KubernetesAdmin
    /// Nil for a cluster that somebody else runs.
    let server: KubernetesServer?
    /// Letters that nobody else uses.
    let tag: String
    /// Of the connector.
    let token: String
    private let folder: LDAPFolder

    /// The cluster that `TENURE_TEST_KUBECONFIG` names, or the one that all tests share; nil where there is none.
    static func shared(for test: String = #function) throws -> KubernetesTestCluster? {
        if let path = ProcessInfo.processInfo.environment["TENURE_TEST_KUBECONFIG"], !path.isEmpty {
            return try KubernetesTestCluster(named(path), server: nil)
        }
        return try KubernetesServer.shared(for: test).map { try KubernetesTestCluster($0.cluster, server: $0) }
    }

    /// One that a test may stop.
    static func own(for test: String = #function) throws -> KubernetesTestCluster? {
        try KubernetesServer.start(for: test).map { try KubernetesTestCluster($0.cluster, server: $0) }
    }

    private init(_ admin: KubernetesAdmin, server: KubernetesServer?) throws {
        self.admin = admin
        self.server = server
        folder = try LDAPFolder()
        tag = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(10)
        let role = try Self.readmeRole(named: "\(tag)-connector")
        try admin.require("POST", KubernetesAdmin.rbac + "/clusterroles", role)
        try admin.makeNamespace("\(tag)-home")
        token = try admin.makeConnector(named: "\(tag)-connector", in: "\(tag)-home", clusterRole: "\(tag)-connector")
    }

    private static func named(_ path: String) throws -> KubernetesAdmin {
        let connection = try Kubeconfig(
            Array(try Data(contentsOf: URL(fileURLWithPath: path))), path: path, isOpen: false
        ).connection(context: nil)
        let files = try LDAPFolder()
        kept.withLock { $0.append(files) }
        let authority = try files.write(String(decoding: connection.authorities ?? [], as: UTF8.self), to: "ca.crt")
        var token = ""
        if case .token(let text) = connection.bearer { token = text.reveal() }
        return KubernetesAdmin(
            url: connection.server, caFile: authority, token: token,
            certificate: try connection.identity.map {
                try files.write(String(decoding: $0.certificates, as: UTF8.self), to: "client.crt")
            }, key: try connection.identity.map { try files.write($0.key.reveal(), to: "client.key") })
    }

    /// Files that live as long as the tests.
    private static let kept = Mutex<[LDAPFolder]>([])

    /// The rights that the README asks for, so that they are what the tests run with.
    static func readmeRole(named name: String) throws -> JSONValue {
        let path = TestSystems.packageDirectory + "/Sources/Connectors/Kubernetes/README.md"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let block = text.components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }.first { $0.contains("kind: ClusterRole") }
        guard var role = try KubeconfigYAML.parse(Array((block ?? "").utf8)).object else {
            throw KubernetesTestFailure(description: "the README has no ClusterRole")
        }
        role["metadata"] = ["name": .string(name)]
        return .object(role)
    }

    // MARK: A corner of its own

    var tenant: String { tag }
    /// The tenant's namespace in a tier.
    func namespace(_ tier: String = "live") -> String { "\(tag)-\(tier)" }

    func slug(_ role: Role = .reader, tier: String = "live") -> String { "\(tag)-\(tier)-\(role.plural)" }

    func scope(tier: String = "live") -> String { "shop/\(tier)/*/\(tag)" }

    func makeNamespace(_ tier: String = "live") throws {
        try admin.makeNamespace(
            namespace(tier),
            labels: ["tenure.io/tenant": tag, "tenure.io/tier": tier, "tenure.io/sector": "shop"])
    }

    func assignment(_ role: Role = .reader, tier: String = "live") -> Fact {
        .roleAssignment(
            RoleAssignment(
                group: slug(role, tier: tier), notation: Group("\(tag)/\(tier)/\(role.rawValue)"), role: role.rawValue,
                scope: scope(tier: tier)))
    }

    func trust(_ subject: String = "repo:mountainlab/payments:environment:live") -> Fact {
        .federatedTrust(
            FederatedTrust(
                group: slug(.operator), notation: Group("\(tag)/live/operator"),
                issuer: "https://token.actions.githubusercontent.com", subject: subject,
                audience: "api://AzureADTokenExchange"))
    }

    private var trustHash: String {
        guard case .federatedTrust(let trust) = trust() else { return "" }
        return WantedTrust.hash(trust.issuer, trust.subject, trust.audience)
    }

    /// Of ``trust(_:)``.
    func trustAccountName() -> String { "tenure-\(slug(.operator))-\(trustHash)" }

    /// Of ``trust(_:)``.
    func trustBindingName() -> String { "tenure:\(slug(.operator)):trust:\(trustHash)" }

    func bindingName(_ role: Role = .reader, tier: String = "live") -> String {
        "tenure:\(slug(role, tier: tier)):\(role.rawValue):shop.\(tier).-.\(tag)"
    }

    // MARK: Connectors

    func kubeconfig(_ user: JSONValue? = nil, server: String? = nil) throws -> String {
        let path = try folder.write(
            admin.kubeconfig(user: user ?? ["token": .string(token)], server: server),
            to: "kubeconfig-\(UUID().uuidString)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return path
    }

    func write(_ text: String, to name: String, permissions: Int = 0o600) throws -> String {
        let path = try folder.write(text, to: name)
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
        return path
    }

    func configuration(
        _ more: JSONValue = [:], user: JSONValue? = nil, server: String? = nil
    ) throws -> ConnectorConfiguration {
        var settings = JSONObject([
            .init(name: "kubeconfig", value: .string(try kubeconfig(user, server: server))),
            .init(name: "namespace", value: "{tenant}-{tier}"),
        ])
        for member in more.object?.members ?? [] { settings[member.name] = member.value }
        return try kubernetesConfiguration(.object(settings), organization: tag)
    }

    func connector(
        _ more: JSONValue = [:], user: JSONValue? = nil, server: String? = nil
    ) throws -> KubernetesCluster {
        try KubernetesCluster(try configuration(more, user: user, server: server))
    }
}

func kubernetesConfiguration(
    _ settings: JSONValue, organization: String = "mountainlab", credential: SecretText? = nil
) throws -> ConnectorConfiguration {
    guard let target = Slug("shop-live"), let organization = Slug(organization) else {
        throw KubernetesTestFailure(description: "no slug")
    }
    return ConnectorConfiguration(
        target: target, settings: settings, credential: credential, baseDirectory: "/nowhere",
        organization: organization, clock: { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) })
}

extension Connector {
    @discardableResult
    func add(_ fact: Fact) async throws -> Receipt { try await send(.add, fact) }

    @discardableResult
    func remove(_ fact: Fact) async throws -> Receipt { try await send(.remove, fact) }

    private func send(_ operation: Change.Operation, _ fact: Fact) async throws -> Receipt {
        guard let target = Slug("shop-live") else { throw KubernetesTestFailure(description: "no slug") }
        let change = Change(
            target: target, operation: operation, lane: operation == .remove ? .revoke : .grant, fact: fact,
            before: operation == .remove ? fact : nil, causes: [.drift], risk: 1, stage: 0)
        return try await apply(change, context: ApplyContext(idempotencyKey: "k", fencingToken: 1, attempt: 1))
    }

    func observe(groups: Set<String>) async throws -> Observation {
        try await observe(.only(identities: [], accountNames: [], groups: groups))
    }
}

/// What a test needs is not there.
struct KubernetesTestFailure: Error, CustomStringConvertible {
    let description: String
}

import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport
import Testing
import VaultConnector

/// A Vault with mounts of its own for a test, and a token that has the policy of the README.
///
/// It is the double, or the server that `TENURE_TEST_VAULT_ADDR` and `TENURE_TEST_VAULT_TOKEN` name.
final class VaultPlace: Sendable {
    let admin: VaultAdmin
    /// Nil on a real server.
    let double: VaultDouble?
    let organization: String
    let loginAccessor: String
    let token: String
    var login: String { "login-\(organization)" }
    var jwt: String { "jwt-\(organization)" }
    var approle: String { "approle-\(organization)" }
    var kv: String { "kv-\(organization)" }

    static let issuer = "https://issuer.example"

    /// Something that a test starts from is missing.
    struct NotReady: Error {
        let what: String
    }

    init(namespace: String? = nil, policy: (String) -> String = { $0 }) async throws {
        organization = "t" + UUID().uuidString.lowercased().prefix(8)
        let environment = ProcessInfo.processInfo.environment
        if namespace == nil, let address = environment["TENURE_TEST_VAULT_ADDR"],
            let token = environment["TENURE_TEST_VAULT_TOKEN"]
        {
            double = nil
            admin = try VaultAdmin(url: address, token: token)
        } else {
            let double = try VaultDouble(namespace: namespace)
            self.double = double
            admin = try VaultAdmin(url: double.url, token: VaultDouble.rootToken, namespace: namespace)
        }
        let (login, jwt) = ("login-\(organization)", "jwt-\(organization)")
        for (mount, kind) in [(login, "userpass"), (jwt, "jwt"), ("approle-\(organization)", "approle")] {
            try await admin.require(.post, "sys/auth/\(mount)", ["type": .string(kind)])
        }
        try await admin.require(
            .post, "sys/mounts/kv-\(organization)", ["type": "kv", "options": ["version": "2"]])
        try await admin.require(
            .post, "auth/\(jwt)/config",
            ["bound_issuer": .string(Self.issuer), "jwt_validation_pubkeys": [.string(try Self.publicKey())]])
        let mounts = try await admin.require(.get, "sys/auth")
        let entry = (mounts["data"] ?? mounts)["\(login)/"]
        guard let accessor = entry?["accessor"]?.string else {
            throw NotReady(what: "the accessor of the login mount")
        }
        loginAccessor = accessor
        let text = policy(try Self.readmePolicy(organization))
        try await admin.require(.post, "sys/policies/acl/connector-\(organization)", ["policy": .string(text)])
        let made = try await admin.require(
            .post, "auth/token/create", ["policies": [.string("connector-\(organization)")], "ttl": "3600s"])
        token = made["auth"]?["client_token"]?.string ?? ""
    }

    func stop() async {
        await admin.close()
        double?.stop()
    }

    /// The policy of the README, word for word but for the names of the organisation and the mounts.
    static func readmePolicy(_ organization: String) throws -> String {
        let path = TestSystems.packageDirectory + "/Sources/Connectors/Vault/README.md"
        let blocks = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "```hcl\n")
        guard blocks.count == 2, let block = blocks[1].components(separatedBy: "```").first else {
            throw NotReady(what: "the policy of the README")
        }
        return
            block.replacingOccurrences(of: "tenure.mountainlab.", with: "tenure.\(organization).")
            .replacingOccurrences(of: "auth/jwt-github/", with: "auth/jwt-\(organization)/")
            .replacingOccurrences(of: "auth/approle/", with: "auth/approle-\(organization)/")
            .replacingOccurrences(of: "auth/userpass/", with: "auth/login-\(organization)/")
            .replacingOccurrences(of: "\"secret/", with: "\"kv-\(organization)/")
    }

    private static func publicKey() throws -> String {
        let key = try LDAPTool.require("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout"])
        return try LDAPTool.require("openssl", ["ec", "-pubout"], input: key)
    }

    func configuration(
        _ more: [String: JSONValue] = [:], url: String? = nil, credential: String? = nil,
        readCredential: CredentialReader? = nil
    ) -> ConnectorConfiguration {
        var settings: [String: JSONValue] = [
            "url": .string(url ?? admin.url), "login_accessor": .string(loginAccessor),
            "jwt_mounts": [["issuer": .string(Self.issuer), "mount": .string(jwt)]],
            "approle_mounts": [.string(approle)],
            "secrets": [["mount": .string(kv), "prefix": "people"]],
            "revoke_prefixes": [.string("auth/\(login)/login/{local}")],
            "policies": [
                "reader": [["path": .string("\(kv)/data/{tier}/{tenant}/*"), "capabilities": ["read"]]],
                "contributor": [
                    ["path": .string("\(kv)/data/{tier}/{tenant}/*"), "capabilities": ["create", "read", "update"]]
                ],
                "operator": [["path": .string("\(kv)/data/{tier}/{tenant}/*"), "capabilities": ["read"]]],
            ],
        ]
        if let namespace = admin.namespace { settings["namespace"] = .string(namespace) }
        settings.merge(more) { $1 }
        return ConnectorConfiguration(
            target: Sample.slug("vault"),
            settings: .object(
                JSONObject(
                    settings.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: $0.value) })),
            credential: SecretText(credential ?? token), readCredential: readCredential, baseDirectory: "/",
            organization: Sample.slug(organization),
            clock: { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) })
    }

    func connector(
        _ more: [String: JSONValue] = [:], url: String? = nil, credential: String? = nil
    ) throws -> VaultServer { try VaultServer(configuration(more, url: url, credential: credential)) }

    /// A person who signs in with a password: the token that this gives.
    func signIn(_ account: Account) async throws -> String {
        let local = String(account.name.prefix { $0 != "@" })
        try await admin.require(.post, "auth/\(login)/users/\(local)", ["password": "canary-password"])
        let answer = try await admin.require(.post, "auth/\(login)/login/\(local)", ["password": "canary-password"])
        return answer["auth"]?["client_token"]?.string ?? ""
    }
}

extension VaultServer {
    @discardableResult
    func apply(
        _ operation: Change.Operation, _ fact: Fact, before: Fact? = nil, key: String = "case"
    ) async throws -> Receipt {
        let change = Change(
            target: Sample.slug("vault"), operation: operation, lane: operation == .remove ? .revoke : .grant,
            fact: fact, before: before, causes: [.drift], risk: 1, stage: 0)
        return try await apply(
            change, context: ApplyContext(idempotencyKey: "\(key) \(change.id)", fencingToken: 1, attempt: 1))
    }

    @discardableResult
    func add(_ fact: Fact) async throws -> Receipt { try await apply(.add, fact) }

    @discardableResult
    func remove(_ fact: Fact) async throws -> Receipt { try await apply(.remove, fact, before: fact) }

    @discardableResult
    func set(_ account: Account, _ state: Account.State) async throws -> Receipt {
        var wanted = account
        wanted.state = state
        return try await apply(.update, .account(wanted), before: .account(account))
    }
}

/// Facts of the tests.
enum Shop {
    /// On the login mount people are called by the first part of their address.
    static func person(_ id: String) -> Account {
        Account(identity: .person(Sample.id(id)), name: id, state: .active)
    }

    static func group(_ slug: String) -> Fact { .group(GroupFact(slug: slug, notation: nil)) }

    static func member(_ account: Account, _ group: String) -> Fact {
        .membership(Membership(group: group, notation: nil, identity: account.identity, account: account.name))
    }

    static func role(_ role: String, _ group: String, _ scope: String = "ecommerce/live/*/shop") -> Fact {
        .roleAssignment(RoleAssignment(group: group, notation: nil, role: role, scope: scope))
    }

    static func trust(_ group: String, _ subject: String = "repo:o/shop:environment:live") -> Fact {
        .federatedTrust(
            FederatedTrust(
                group: group, notation: nil, issuer: VaultPlace.issuer, subject: subject, audience: "vault"))
    }
}

/// Expects that `body` fails with the code.
func refuses(
    _ code: ConnectorError.Code, saying words: String = "", sourceLocation: Testing.SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("it was not refused", sourceLocation: sourceLocation)
    } catch let error as ConnectorError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        #expect(words.isEmpty || error.message.contains(words), "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("it failed as \(error)", sourceLocation: sourceLocation)
    }
}

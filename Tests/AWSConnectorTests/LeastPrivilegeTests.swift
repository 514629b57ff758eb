import AWSConnector
import AccessModel
import ConnectorKit
import StrictJSON
import TestSupport
import Testing

/// The README's policies are enough for all that the connectors do, and nothing in them is too much, as moto judges: every
/// request is signed by a user who has that policy alone.
@Suite("The policies of the README on moto", .serialized)
struct LeastPrivilegeTests {
    /// Rights that the service asks for beside the one of the request, when what is made bears tags.
    private static let implied: Set<String> = ["sso:TagResource", "iam:TagRole", "iam:TagOpenIDConnectProvider"]

    /// Runs everything with the whole policy, then without one statement after the other.
    ///
    /// - Parameter everything: All that the connector can do; the number makes its names new.
    private func prove(
        _ connector: String, on server: MotoServer, _ everything: (MotoServer.Key, Int) async throws -> Void
    ) async throws {
        let policy = try ReadmePolicy.named(connector)
        let key = try server.user("tenure", allowed: policy.document)
        try await everything(key, 0)
        let used = try server.validateRequests().compactMap { line -> String? in
            #expect(!line.hasPrefix("wrong"), "\(line)")
            let name = line.split(separator: " ").first.map(String.init) ?? ""
            return name == "sts:GetCallerIdentity" ? nil : name
        }
        #expect(Set(used).subtracting(policy.actions) == [], "asked and not in the policy")
        #expect(policy.actions.subtracting(used).subtracting(Self.implied) == [], "in the policy and never asked")
        for (number, name) in policy.names.enumerated() {
            try server.change("tenure", toAllow: policy.without(statement: name).document)
            let error = await #expect(throws: ConnectorError.self, "without \(name)") {
                try await everything(key, number + 1)
            }
            #expect(error?.code == .forbidden, "without \(name): \(String(describing: error))")
        }
    }

    @Test("Identity Center")
    func identityCenter() async throws {
        guard let server = try await MotoServer.start(asynchronous: 2) else { return }
        defer { server.stop() }
        try await prove("aws", on: server) { key, number in
            let configuration = try server.identityCenter(credential: key.shared)
            let connector = try IdentityCenter(configuration)
            let cloud = Applier(connector: connector, target: "cloud")
            _ = try await connector.check()
            let group = "payments-live-readers-\(number)"
            let person = Account(
                identity: .person(Sample.id("e-\(number)")), name: "e-\(number)@mountainlab.io", state: .active)
            let member = Fact.membership(
                Membership(group: group, notation: nil, identity: person.identity, account: person.name))
            let role = Fact.roleAssignment(
                RoleAssignment(group: group, notation: nil, role: "reader", scope: "shop/live/*/payments"))
            try await cloud.add(.group(GroupFact(slug: group, notation: nil)))
            try await cloud.add(.account(person))
            try await cloud.add(member)
            try await cloud.add(role)
            // What somebody changed by hand is put right by the next one who looks.
            try server.boto3(
                """
                s = client('sso-admin')
                arn = s.list_permission_sets(InstanceArn=arguments[0])['PermissionSets'][0]
                text = s.describe_permission_set(InstanceArn=arguments[0], PermissionSetArn=arn)['PermissionSet']['Description']
                s.update_permission_set(InstanceArn=arguments[0], PermissionSetArn=arn, SessionDuration='PT12H',
                    Description=text)
                s.attach_managed_policy_to_permission_set(InstanceArn=arguments[0], PermissionSetArn=arn,
                    ManagedPolicyArn='arn:aws:iam::aws:policy/AdministratorAccess')
                """, [server.instanceARN])
            let second = try IdentityCenter(configuration)
            let seen = try await second.observe(.everything)
            #expect(seen.findings.contains { $0.contains("was changed") && $0.contains("AdministratorAccess") })
            try await Applier(connector: second, target: "cloud").add(role)
            #expect(try await second.observe(.everything).findings.contains { $0.contains("was changed") } == false)
            await second.close()

            var left = person
            left.state = .disabled
            try await cloud.update(person, left)
            try await cloud.remove(.account(left))
            try await cloud.remove(role)
            try await cloud.remove(.group(GroupFact(slug: group, notation: nil)))
            await connector.close()
        }
    }

    @Test("IAM, by resource and boundary too")
    func iam() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let world = try IAMWorld(server)
        world.stop()
        try await prove("aws-iam", on: server) { key, number in
            try server.boto3(
                """
                c = client('iam')
                name = 'leaver-' + arguments[0]
                c.create_user(UserName=name, Tags=[{'Key': 'tenure:identity', 'Value': 'e-' + arguments[0]}])
                c.create_access_key(UserName=name)
                c.create_login_profile(UserName=name, Password='canary-password-1')
                """, ["\(number)"])
            let connector = try IAMAccount(server.iam(credential: key.shared))
            let account = Applier(connector: connector, target: "account")
            _ = try await connector.check()
            let trusts = ["one", "two"].map { Self.trust(number, "repo:o/r:environment:\($0)", audience: "a") }
            for trust in trusts { try await account.add(trust) }
            try await account.add(Self.trust(number, "repo:o/r:environment:one", audience: "b"))
            try server.boto3(
                """
                c, name = client('iam'), f'payments-{arguments[0]}-operator'
                c.delete_role_permissions_boundary(RoleName=name)
                c.update_role(RoleName=name, MaxSessionDuration=7200)
                """, ["\(number)"])
            try await account.add(trusts[0])
            let seen = try await connector.observe(.everything)
            for fact in seen.facts.reversed() where fact.identity?.isLeaver(number) ?? true {
                try await account.remove(fact)
            }
            #expect(try await connector.observe(.everything).facts.filter { $0.kind == .federatedTrust } == [])
            await connector.close()
        }
        try await refused(server)
    }

    private static func trust(_ number: Int, _ subject: String, audience: String) -> Fact {
        .federatedTrust(
            FederatedTrust(
                group: "payments-\(number)-operator", notation: nil, issuer: "https://issuer-\(number).example.org",
                subject: subject, audience: audience))
    }

    /// The same user can make no role behind another boundary, and none outside of its organisation's path.
    private func refused(_ server: MotoServer) async throws {
        let policy = try ReadmePolicy.named("aws-iam")
        let key = try server.user("bounded", allowed: policy.document)
        let loose = try IAMAccount(
            server.iam(
                credential: key.shared, ["permissions_boundary": "arn:aws:iam::aws:policy/AdministratorAccess"]))
        let error = await #expect(throws: ConnectorError.self) {
            try await Applier(connector: loose, target: "account").add(Self.trust(90, "s", audience: "a"))
        }
        #expect(error?.code == .forbidden)
        await loose.close()
        let elsewhere = try #require(
            try policy.document.compactText.replacingOccurrences(of: "/tenure/mountainlab/", with: "/tenure/other/")
                .parsed)
        try server.change("bounded", toAllow: elsewhere)
        let outside = try IAMAccount(server.iam(credential: key.shared))
        let second = await #expect(throws: ConnectorError.self) {
            try await Applier(connector: outside, target: "account").add(Self.trust(91, "s", audience: "a"))
        }
        #expect(second?.code == .forbidden)
        await outside.close()
    }

    @Test("Secrets Manager")
    func secrets() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        try await prove("aws-secrets", on: server) { key, number in
            try server.boto3(
                """
                c, name = client('secretsmanager'), 'turning-' + arguments[0]
                for secret in (arguments[0], name):
                    c.create_secret(Name=secret, SecretString='canary-value',
                        Tags=[{'Key': 'tenure:owner', 'Value': 'e-' + arguments[0]}])
                c.rotate_secret(SecretId=name, RotationRules={'AutomaticallyAfterDays': 30}, RotateImmediately=False)
                """, ["\(number)"])
            let connector = try SecretsService(server.secretsManager(credential: key.shared))
            let secrets = Applier(connector: connector, target: "secrets")
            _ = try await connector.check()
            for fact in try await connector.observe(.everything).facts where fact.identity?.isLeaver(number) ?? false {
                try await secrets.remove(fact)
            }
            let identity = try #require(IdentityID("workload:payments/live/report-\(number)"))
            let own = Fact.credential(
                Credential(identity: identity, id: identity.description, createdAt: nil, lastUsedAt: nil))
            try await secrets.add(own)
            try await secrets.apply(.update, own, before: own)
            try await secrets.remove(own)
            try await secrets.add(own)
            await connector.close()
        }
    }
}

extension IdentityID {
    fileprivate func isLeaver(_ number: Int) -> Bool { description == "e-\(number)" }
}

extension String {
    fileprivate var parsed: JSONValue? { get throws { try JSONParser.parse(self) } }
}

import AWSConnector
import AccessModel
import ConnectorKit
import StrictJSON
import TestSupport
import Testing

@Suite("IAM on moto", .serialized)
struct IAMTests {
    private let group = Group("payments/live/operator")

    private func trust(_ subject: String, audience: String = "api://AzureADTokenExchange") -> Fact {
        .federatedTrust(
            FederatedTrust(
                group: "payments-live-operator", notation: group, issuer: "https://token.actions.githubusercontent.com",
                subject: subject, audience: audience))
    }

    @Test("the conformance suite; every request by the vendor's models")
    func conformance() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let world = try IAMWorld(server)
        defer { world.stop() }
        let report = try await ConnectorConformance.run(makeConnector: { try IAMAccount($0) }, world: world)
        print(report)
        #expect(report.failures == [])
        #expect(try server.validateRequests().filter { $0.hasPrefix("wrong") } == [])
    }

    @Test("two workloads share a role behind its boundary; with the last one the role goes; boto3 sees it")
    func roles() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let world = try IAMWorld(server)
        defer { world.stop() }
        let connector = try IAMAccount(server.iam())
        let iam = Applier(connector: connector, target: "account")
        let (deploy, test) = (trust("repo:o/r:environment:live"), trust("repo:o/r:ref:refs/heads/main"))
        try await iam.add(deploy)
        try await iam.add(test)
        var role = try roleSeenByBoto(server)
        #expect(role["Path"]?.string == "/tenure/mountainlab/")
        #expect(role["PermissionsBoundary"]?["PermissionsBoundaryArn"]?.string == MotoServer.boundary)
        let statements = role["AssumeRolePolicyDocument"]?["Statement"]?.array ?? []
        #expect(statements.count == 2)
        #expect(
            statements.allSatisfy {
                $0["Condition"]?.object?.names == ["StringEquals"] && $0["Action"] == "sts:AssumeRoleWithWebIdentity"
            })
        #expect(
            statements.first?["Condition"]?["StringEquals"]?["token.actions.githubusercontent.com:sub"]
                == "repo:o/r:environment:live")

        let receipt = try await iam.remove(test)
        #expect(receipt.note.contains("sessions of the role from before"))
        let policies = try server.boto3(
            "result = client('iam').list_role_policies(RoleName='payments-live-operator')['PolicyNames']")
        #expect(policies == ["TenureRevokeOlderSessions"])
        role = try roleSeenByBoto(server)
        #expect(role["AssumeRolePolicyDocument"]?["Statement"]?.array?.count == 1)
        try await iam.remove(deploy)
        #expect(
            try server.boto3("result = client('iam').list_roles(PathPrefix='/tenure/')['Roles']") == [])
        #expect(try await connector.observe(.everything).facts.filter { $0.kind == .federatedTrust } == [])
        await connector.close()
        #expect(try server.validateRequests().filter { $0.hasPrefix("wrong") } == [])
    }

    private func roleSeenByBoto(_ server: MotoServer) throws -> JSONValue {
        try server.boto3("result = client('iam').get_role(RoleName='payments-live-operator')['Role']")
    }

    @Test("a wildcard that somebody writes into a trust policy is seen, named, and taken out")
    func wildcard() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let world = try IAMWorld(server)
        defer { world.stop() }
        let connector = try IAMAccount(server.iam())
        let iam = Applier(connector: connector, target: "account")
        let deploy = trust("repo:o/r:environment:live")
        try await iam.add(deploy)
        try server.boto3(
            """
            c = client('iam')
            document = c.get_role(RoleName='payments-live-operator')['Role']['AssumeRolePolicyDocument']
            loose = json.loads(json.dumps(document['Statement'][0]))
            equals = loose['Condition'].pop('StringEquals')
            loose['Condition'] = {
                'StringEquals': {k: v for k, v in equals.items() if k.endswith('aud')},
                'StringLike': {k: 'repo:o/*' for k in equals if k.endswith('sub')}}
            document['Statement'].append(loose)
            c.update_assume_role_policy(RoleName='payments-live-operator', PolicyDocument=json.dumps(document))
            c.delete_role_permissions_boundary(RoleName='payments-live-operator')
            """)
        let seen = try await connector.observe(.everything)
        let trusts = seen.facts.filter { $0.kind == .federatedTrust }
        #expect(trusts.count == 2)
        #expect(seen.findings.contains { $0.contains("StringLike") })
        #expect(seen.findings.contains { $0.contains("no permissions boundary") })
        let stray = try #require(trusts.first { $0.key != deploy.key })
        try await iam.remove(stray)
        #expect(
            try await connector.observe(.everything).facts.filter { $0.kind == .federatedTrust }.map(\.key) == [
                deploy.key
            ])
        #expect(try await iam.add(deploy).effect == .applied, "the boundary was not put back")
        #expect(
            try roleSeenByBoto(server)["PermissionsBoundary"]?["PermissionsBoundaryArn"]?.string == MotoServer.boundary)
        await connector.close()
    }

    @Test("a leaver's key becomes inactive and the password goes; strangers' are only said")
    func leaver() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let world = try IAMWorld(server)
        defer { world.stop() }
        try server.boto3(
            """
            c = client('iam')
            for name, tag in (('javi', 'e-0042'), ('legacy-ci', None)):
                tags = [{'Key': 'tenure:identity', 'Value': tag}] if tag else []
                c.create_user(UserName=name, Tags=tags)
                c.create_access_key(UserName=name)
            c.create_login_profile(UserName='javi', Password='canary-password-1')
            """)
        let connector = try IAMAccount(server.iam())
        let iam = Applier(connector: connector, target: "account")
        let seen = try await connector.observe(.everything)
        let identity = try #require(IdentityID("e-0042"))
        let own = seen.facts.filter { $0.identity == identity }
        #expect(own.map(\.kind) == [.credential, .credential])
        #expect(seen.findings.contains { $0.contains("legacy-ci") && $0.contains("never") })
        #expect(
            try await connector.observe(.only(identities: [identity], accountNames: [], groups: [])).facts.map(\.key)
                .sorted()
                == own.map(\.key).sorted())
        for fact in own { #expect(try await iam.remove(fact).effect == .applied) }
        for fact in own { #expect(try await iam.remove(fact).effect == .alreadyHeld) }
        let end = try server.boto3(
            """
            c = client('iam')
            result = {'keys': [k['Status'] for k in c.list_access_keys(UserName='javi')['AccessKeyMetadata']],
                      'policies': c.list_user_policies(UserName='javi')['PolicyNames'],
                      'other': [k['Status'] for k in c.list_access_keys(UserName='legacy-ci')['AccessKeyMetadata']]}
            try:
                c.get_login_profile(UserName='javi')
                result['password'] = True
            except c.exceptions.NoSuchEntityException:
                result['password'] = False
            """)
        #expect(end["keys"] == ["Inactive"])
        #expect(end["password"] == false)
        #expect(end["other"] == ["Active"])
        #expect(end["policies"] == ["TenureRevokeOlderSessions"])
        #expect(try await connector.observe(.everything).facts.filter { $0.identity == identity } == [])
        await #expect(throws: ConnectorError.self) { try await iam.add(own[0]) }
        await connector.close()
        #expect(try server.validateRequests().filter { $0.hasPrefix("wrong") } == [])
    }

    /// The connector's clock is a hundred days ahead: what was made today is old.
    @Test("old keys and passwords are findings, with their age and their last use; young ones are none")
    func age() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let world = try IAMWorld(server)
        defer { world.stop() }
        try server.boto3(
            """
            import boto3
            c = client('iam')
            for name, tag in (('javi', 'e-0042'), ('marta', 'e-0001'), ('legacy-ci', 'nobody:at all')):
                c.create_user(UserName=name, Tags=[{'Key': 'tenure:identity', 'Value': tag}])
            used = c.create_access_key(UserName='javi')['AccessKey']
            c.create_access_key(UserName='legacy-ci')
            c.create_login_profile(UserName='marta', Password='canary-password-1')
            boto3.client('sts', endpoint_url=c.meta.endpoint_url, region_name='eu-west-1',
                aws_access_key_id=used['AccessKeyId'], aws_secret_access_key=used['SecretAccessKey']
            ).get_caller_identity()
            """)
        func findings(ahead: Span, _ more: [String: JSONValue] = [:]) async throws -> [String] {
            let connector = try IAMAccount(server.iam(ahead: ahead, more))
            let found = try await connector.observe(.everything).findings.filter { $0.contains("standing user") }
            await connector.close()
            return found.filter { !$0.contains("tenure-administrator") }
        }
        let stranger = "an access key of the standing user `legacy-ci`, whom no tag `tenure:identity` names,"
        #expect(try await findings(ahead: .seconds(0)) == ["\(stranger) is 0 days old, last used never"])
        let old = [
            "an access key of the standing user `javi` (e-0042) is 100 days old, last used 100 days ago",
            "\(stranger) is 100 days old, last used never",
            "the password of the standing user `marta` (e-0001) is 100 days old, last used never",
        ]
        #expect(try await findings(ahead: .days(100)) == old)
        #expect(try await findings(ahead: .days(100), ["stale_after": "101d"]) == [old[1]])
    }
}

import AWSConnector
import AccessModel
import ConnectorKit
import StrictJSON
import TestSupport
import Testing

/// Whatever fails, the end is right, nothing is there twice, and what cannot be seen is not called absent.
@Suite("AWS behind a proxy that fails by a seed") struct AWSFaultTests {
    private static let runs = FaultyCloud.isLong ? 5_000 : 50

    @Test("Identity Center: accounts, groups, members and assignments")
    func identityCenter() async throws {
        guard let cloud = try await FaultyCloud(seed: FaultyCloud.seed) else { return }
        let connector = try IdentityCenter(cloud.server.identityCenter(endpoint: cloud.proxy.url, ["page_size": 1]))
        let applier = Applier(connector: connector, target: "cloud")
        var generator = SeededGenerator(seed: FaultyCloud.seed)
        var walk = StoreWalk()
        var answered = 0
        for run in 0..<Self.runs {
            let place = "seed \(FaultyCloud.seed), run \(run)"
            for _ in 0..<2 {
                let step = walk.next(&generator)
                try await cloud.insist("\(place), \(step)") {
                    switch step {
                    case .add(let fact): try await applier.add(fact)
                    case .remove(let fact): try await applier.remove(fact)
                    case .update(let before, let after): try await applier.update(before, after)
                    }
                }
            }
            answered += try await cloud.expectTruth(connector, walk.wanted, place)
            let end = try cloud.server.boto3(
                Self.storeAndAssignments, [cloud.server.identityStoreID, cloud.server.instanceARN])
            #expect(end["users"] == walk.users, "\(place)")
            #expect(end["members"] == walk.members, "\(place)")
            #expect(end["held"] == walk.held, "\(place)")
        }
        #expect(answered > Self.runs / 20)
        try await cloud.expectEveryFault(connector)
        await connector.close()
        await cloud.stop()
    }

    private static let storeAndAssignments = """
        store, instance = arguments
        c, s = client('identitystore'), client('sso-admin')
        users = {u['UserId']: u for u in c.list_users(IdentityStoreId=store)['Users']}
        groups = {g['GroupId']: g['DisplayName'] for g in c.list_groups(IdentityStoreId=store)['Groups']}
        sets = {a: s.describe_permission_set(InstanceArn=instance, PermissionSetArn=a)['PermissionSet']['Name']
                for a in s.list_permission_sets(InstanceArn=instance)['PermissionSets']}
        result = {
            'users': {u['UserName']: [u['Emails'][0]['Value'], u['UserType']] for u in users.values()},
            'members': sorted([groups[g], users[m['MemberId']['UserId']]['UserName']] for g in groups
                for m in c.list_group_memberships(IdentityStoreId=store, GroupId=g)['GroupMemberships']),
            'held': sorted([account, sets[arn], groups.get(a['PrincipalId'], a['PrincipalId'])] for arn in sets
                for account in ('111111111111', '222222222222', '333333333333')
                for a in s.list_account_assignments(
                    InstanceArn=instance, AccountId=account, PermissionSetArn=arn)['AccountAssignments'])}
        """

    @Test("IAM: trusts of operator roles, keys of leavers")
    func iam() async throws {
        guard let cloud = try await FaultyCloud(seed: FaultyCloud.seed) else { return }
        let world = try IAMWorld(cloud.server)
        world.stop()
        try cloud.server.boto3(
            """
            for name in ('ada', 'ben', 'cem'): client('iam').create_user(UserName=name)
            anybody = json.dumps({'Version': '2012-10-17', 'Statement': [
                {'Effect': 'Allow', 'Principal': {'Service': 'ec2.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]})
            for number in range(3):
                client('iam').create_role(RoleName=f'others-{number}', AssumeRolePolicyDocument=anybody)
            client('iam').create_user(UserName='javi', Tags=[{'Key': 'tenure:identity', 'Value': 'e-0042'}])
            """)
        let connector = try IAMAccount(cloud.server.iam(endpoint: cloud.proxy.url, ["page_size": 2]))
        let applier = Applier(connector: connector, target: "account")
        var generator = SeededGenerator(seed: FaultyCloud.seed)
        let own = Fact.credential(
            Credential(
                identity: .foreign("tenure-administrator"),
                id: "access-key/tenure-administrator/\(cloud.server.key.id)", createdAt: nil, lastUsedAt: nil))
        let trusts = ["payments-live-operator", "payments-sandbox-operator"].flatMap { group in
            ["repo:o/r:environment:live", "repo:o/r:ref:refs/heads/main"].map { Self.trust(group, $0) }
        }
        var wanted: Set<Fact> = []
        var answered = 0
        for run in 0..<Self.runs {
            let place = "seed \(FaultyCloud.seed), run \(run)"
            for _ in 0..<2 {
                let fact = generator.pick(trusts)
                let isHeld = wanted.remove(fact) != nil
                if !isHeld { wanted.insert(fact) }
                try await cloud.insist("\(place), \(fact.key)") {
                    try await isHeld ? applier.remove(fact) : applier.add(fact)
                }
            }
            if run % 5 == 0 { try await withdrawKey(cloud, applier, place) }
            answered += try await cloud.expectTruth(connector, wanted.union([own]), place)
            try expectRoles(cloud, wanted, place)
        }
        #expect(answered > Self.runs / 20)
        try await cloud.expectEveryFault(connector)
        await connector.close()
        await cloud.stop()
    }

    private static func trust(_ group: String, _ subject: String) -> Fact {
        .federatedTrust(
            FederatedTrust(
                group: group, notation: nil, issuer: "https://token.actions.githubusercontent.com", subject: subject,
                audience: "api://AzureADTokenExchange"))
    }

    /// Somebody makes a key for the leaver; it is taken away, and its sessions are denied.
    private func withdrawKey(_ cloud: FaultyCloud, _ applier: Applier, _ place: String) async throws {
        let key = try cloud.server.boto3(
            """
            c = client('iam')
            for old in c.list_access_keys(UserName='javi')['AccessKeyMetadata']:
                c.delete_access_key(UserName='javi', AccessKeyId=old['AccessKeyId'])
            for name in c.list_user_policies(UserName='javi')['PolicyNames']:
                c.delete_user_policy(UserName='javi', PolicyName=name)
            result = c.create_access_key(UserName='javi')['AccessKey']['AccessKeyId']
            """
        ).string
        let fact = Fact.credential(
            Credential(
                identity: .person(Sample.id("e-0042")), id: "access-key/javi/\(key ?? "")", createdAt: nil,
                lastUsedAt: nil))
        try await cloud.insist("\(place), \(fact.key)") { try await applier.remove(fact) }
        let end = try cloud.server.boto3(
            """
            c = client('iam')
            result = [[k['Status'] for k in c.list_access_keys(UserName='javi')['AccessKeyMetadata']],
                      c.list_user_policies(UserName='javi')['PolicyNames']]
            """)
        #expect(end == [["Inactive"], ["TenureRevokeOlderSessions"]], "\(place)")
    }

    private func expectRoles(_ cloud: FaultyCloud, _ wanted: Set<Fact>, _ place: String) throws {
        let end = try cloud.server.boto3(
            """
            c = client('iam')
            result = sorted([r['RoleName'], t['Condition']['StringEquals']['token.actions.githubusercontent.com:sub']]
                for r in c.list_roles(PathPrefix='/tenure/mountainlab/')['Roles']
                for t in r['AssumeRolePolicyDocument']['Statement'])
            """)
        let lines = wanted.compactMap { fact -> [String]? in
            guard case .federatedTrust(let trust) = fact else { return nil }
            return [trust.group, trust.subject]
        }.sorted { $0.lexicographicallyPrecedes($1) }
        #expect(end == .array(lines.map { .array($0.map { .string($0) }) }), "\(place)")
    }

    @Test("Secrets Manager: a rotation is one rotation")
    func secrets() async throws {
        guard let cloud = try await FaultyCloud(seed: FaultyCloud.seed) else { return }
        let settings = try cloud.server.secretsManager(["endpoint": .string(cloud.proxy.url), "page_size": 2])
        let connector = try SecretsService(settings)
        let applier = Applier(connector: connector, target: "secrets")
        try cloud.server.boto3(
            """
            for number in range(3):
                client('secretsmanager').create_secret(Name=f'kept-{number}', SecretString='canary-kept',
                    Tags=[{'Key': 'tenure:owner', 'Value': 'e-0001'}])
            """)
        let kept = Set((0..<3).map { Self.secret("e-0001", "kept-\($0)") })
        var answered = 0
        for run in 0..<Self.runs {
            let place = "seed \(FaultyCloud.seed), run \(run)"
            let fact = Self.secret("e-0042", "s-\(run)")
            try cloud.server.boto3(
                """
                client('secretsmanager').create_secret(Name=arguments[0], SecretString='canary-old',
                    Tags=[{'Key': 'tenure:owner', 'Value': 'e-0042'}])
                """, ["s-\(run)"])
            try await cloud.insist("\(place), \(fact.key)") { try await applier.remove(fact) }
            answered += try await cloud.expectTruth(connector, kept, place)
            let end = try cloud.server.boto3(Self.versionsAndTags, ["s-\(run)"])
            #expect(end["stages"] == [["AWSCURRENT"]], "\(place): rotated once")
            #expect(end["isNew"] == true, "\(place)")
            #expect(end["tags"] == ["tenure:owner:former": "e-0042"], "\(place)")
            #expect(end["kept"] == ["canary-kept", "canary-kept", "canary-kept"], "\(place)")
            try await keepWorkload(cloud, applier, run, place)
        }
        #expect(answered > Self.runs / 20)
        try await cloud.expectEveryFault(connector)
        await connector.close()
        await cloud.stop()
    }

    /// A workload's secret is made once, and another one once.
    private func keepWorkload(_ cloud: FaultyCloud, _ applier: Applier, _ run: Int, _ place: String) async throws {
        let identity = IdentityID.workload(
            tenant: Sample.slug("payments"), tier: Sample.slug("live"), name: Sample.slug("w\(run)"))
        let fact = Fact.credential(
            Credential(identity: identity, id: identity.description, createdAt: nil, lastUsedAt: nil))
        try await cloud.insist("\(place), make") { try await applier.add(fact) }
        try await cloud.insist("\(place), renew") { try await applier.apply(.update, fact, before: fact) }
        let end = try cloud.server.boto3(
            """
            c, name = client('secretsmanager'), 'tenure/mountainlab/payments/live/' + arguments[0]
            result = sorted(s for s in c.describe_secret(SecretId=name)['VersionIdsToStages'].values() if s)
            """, ["w\(run)"])
        #expect(end == [["AWSCURRENT"], ["AWSPREVIOUS"]], "\(place)")
        try await cloud.insist("\(place), retire") { try await applier.remove(fact) }
        let left = try cloud.server.boto3(
            """
            c, name = client('secretsmanager'), 'tenure/mountainlab/payments/live/' + arguments[0]
            result = 'DeletedDate' in c.describe_secret(SecretId=name)
            """, ["w\(run)"])
        #expect(left == true, "\(place)")
    }

    private static func secret(_ owner: String, _ name: String) -> Fact {
        .credential(
            Credential(identity: .person(Sample.id(owner)), id: name, createdAt: nil, lastUsedAt: nil))
    }

    private static let versionsAndTags = """
        c = client('secretsmanager')
        secret = c.describe_secret(SecretId=arguments[0])
        stages = secret['VersionIdsToStages']
        current = [v for v in stages if 'AWSCURRENT' in stages[v]]
        result = {
            'stages': [s for s in stages.values() if s], 'tags': {t['Key']: t['Value'] for t in secret['Tags']},
            'isNew': c.get_secret_value(SecretId=arguments[0], VersionId=current[0])['SecretString'] != 'canary-old',
            'kept': [c.get_secret_value(SecretId=f'kept-{n}')['SecretString'] for n in range(3)]}
        c.delete_secret(SecretId=arguments[0], ForceDeleteWithoutRecovery=True)
        """
}

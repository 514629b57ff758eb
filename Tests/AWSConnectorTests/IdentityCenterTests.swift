import AWSConnector
import AccessModel
import ConnectorKit
import StrictJSON
import TestSupport
import Testing

@Suite("IAM Identity Center on moto", .serialized)
struct IdentityCenterTests {
    @Test("the conformance suite; every request by the vendor's models")
    func conformance() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let world = try IdentityCenterWorld(server)
        defer { world.stop() }
        let report = try await ConnectorConformance.run(
            makeConnector: { try IdentityCenter($0) }, world: world)
        print(report)
        #expect(report.failures == [])
        let lines = try server.validateRequests()
        #expect(lines.filter { $0.hasPrefix("wrong") } == [])
        #expect(lines.count > 15, "\(lines)")
    }

    private func account(_ id: String, _ name: String) throws -> Account {
        Account(
            identity: try #require(IdentityID(id)), name: name, state: .active, givenName: "Javi", familyName: "Ruiz",
            title: "Engineer")
    }

    private func role(_ role: String, _ scope: String, of group: String = "payments-live-readers") -> Fact {
        .roleAssignment(RoleAssignment(group: group, notation: nil, role: role, scope: scope))
    }

    /// What boto3 sees: users by name with their groups, and who holds which permission set where.
    private func seen(_ server: MotoServer) throws -> JSONValue {
        try server.boto3(
            """
            store, instance = arguments
            c, s = client('identitystore'), client('sso-admin')
            users = {u['UserId']: u for u in c.list_users(IdentityStoreId=store)['Users']}
            groups = {g['GroupId']: g['DisplayName'] for g in c.list_groups(IdentityStoreId=store)['Groups']}
            members = sorted([groups[g], users[m['MemberId']['UserId']]['UserName']] for g in groups
                for m in c.list_group_memberships(IdentityStoreId=store, GroupId=g)['GroupMemberships'])
            held = []
            sets = {}
            for arn in s.list_permission_sets(InstanceArn=instance)['PermissionSets']:
                described = s.describe_permission_set(InstanceArn=instance, PermissionSetArn=arn)['PermissionSet']
                policy = s.get_inline_policy_for_permission_set(InstanceArn=instance, PermissionSetArn=arn)['InlinePolicy']
                sets[described['Name']] = {
                    'session': described['SessionDuration'], 'inline': policy, 'policies': [p['Name'] for p in
                        s.list_managed_policies_in_permission_set(InstanceArn=instance, PermissionSetArn=arn)
                        ['AttachedManagedPolicies']]}
                for account in ('111111111111', '222222222222', '333333333333'):
                    for a in s.list_account_assignments(
                        InstanceArn=instance, AccountId=account, PermissionSetArn=arn)['AccountAssignments']:
                        held.append([account, described['Name'], groups.get(a['PrincipalId'], a['PrincipalId'])])
            result = {'users': {u['UserName']: u['Emails'][0]['Value'] for u in users.values()}, 'members': members,
                      'held': sorted(held), 'sets': sets}
            """, [server.identityStoreID, server.instanceARN])
    }

    @Test("a joiner, a mover and a leaver; the service takes its time; boto3 sees the end")
    func stories() async throws {
        guard let server = try await MotoServer.start(asynchronous: 2) else { return }
        defer { server.stop() }
        let connector = try IdentityCenter(server.identityCenter())
        let cloud = Applier(connector: connector, target: "cloud")
        let javi = try account("e-0042", "Javi@MountainLab.io")
        let member = Fact.membership(
            Membership(group: "payments-live-readers", notation: nil, identity: javi.identity, account: javi.name))
        for slug in ["payments-live-readers", "payments-sandbox-contributors"] {
            try await cloud.add(.group(GroupFact(slug: slug, notation: nil)))
        }
        try await cloud.add(.account(javi))
        try await cloud.add(member)
        try await cloud.add(role("reader", "shop/live/*/payments"))
        try await cloud.add(role("contributor", "shop/sandbox/*/payments", of: "payments-sandbox-contributors"))
        var end = try seen(server)
        #expect(end["users"] == ["e-0042": "javi@mountainlab.io"])
        #expect(end["members"] == [["payments-live-readers", "e-0042"]])
        #expect(
            end["held"] == [
                ["111111111111", "tenure-mountainlab-reader", "payments-live-readers"],
                ["222222222222", "tenure-mountainlab-reader", "payments-live-readers"],
                ["333333333333", "tenure-mountainlab-contributor", "payments-sandbox-contributors"],
            ])
        #expect(end["sets"]?["tenure-mountainlab-contributor"]?["session"] == "PT4H")
        #expect(end["sets"]?["tenure-mountainlab-contributor"]?["policies"] == ["PowerUserAccess"])

        var moved = javi
        moved.name = "javier@mountainlab.io"
        try await cloud.update(javi, moved)
        let gone = try await cloud.remove(member)
        #expect(gone.note.hasSuffix("residual access: sessions in accounts live on for up to \(Span.hours(4))"))
        try await cloud.add(
            .membership(
                Membership(
                    group: "payments-sandbox-contributors", notation: nil, identity: javi.identity, account: moved.name)
            ))
        end = try seen(server)
        #expect(end["users"] == ["e-0042": "javier@mountainlab.io"])
        #expect(end["members"] == [["payments-sandbox-contributors", "e-0042"]])

        var left = moved
        left.state = .disabled
        let receipt = try await cloud.update(moved, left)
        #expect(receipt.note.contains("1 memberships ended"))
        #expect(receipt.note.contains("residual access"))
        end = try seen(server)
        #expect(end["members"] == [])
        let inline = try JSONParser.parse(end["sets"]?["tenure-mountainlab-reader"]?["inline"]?.string ?? "")
        #expect(inline["Statement"]?.array?.first?["Effect"] == "Deny")
        #expect(inline["Statement"]?.array?.first?["Condition"]?["DateLessThan"]?["aws:TokenIssueTime"]?.string != nil)
        try await cloud.remove(.account(left))
        try await cloud.remove(role("reader", "shop/live/*/payments"))
        end = try seen(server)
        #expect(end["users"]?.object?.members.count == 0)
        #expect(end["held"]?.array?.count == 1)
        let ended = try await cloud.remove(.group(GroupFact(slug: "payments-sandbox-contributors", notation: nil)))
        #expect(ended.note.hasSuffix("residual access: sessions in accounts live on for up to \(Span.hours(4))"))
        #expect(try seen(server)["held"] == [])
        await connector.close()
        #expect(try server.validateRequests().filter { $0.hasPrefix("wrong") } == [])
    }

    @Test("what nobody wanted in an account is seen and removed; what is half there is a remnant")
    func strays() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let connector = try IdentityCenter(server.identityCenter())
        let cloud = Applier(connector: connector, target: "cloud")
        try await cloud.add(.group(GroupFact(slug: "payments-live-readers", notation: nil)))
        let wanted = role("reader", "shop/live/*/payments")
        try await cloud.add(wanted)
        try server.boto3(
            """
            store, instance = arguments
            c, s = client('identitystore'), client('sso-admin')
            group = c.list_groups(IdentityStoreId=store)['Groups'][0]['GroupId']
            arn = s.list_permission_sets(InstanceArn=instance)['PermissionSets'][0]
            one = dict(InstanceArn=instance, TargetType='AWS_ACCOUNT', PermissionSetArn=arn, PrincipalType='GROUP', PrincipalId=group)
            s.create_account_assignment(TargetId='333333333333', **one)
            s.delete_account_assignment(TargetId='222222222222', **one)
            """, [server.identityStoreID, server.instanceARN])
        var seen = try await connector.observe(.everything)
        let stray = role("reader", "333333333333")
        #expect(seen.facts.filter { $0.kind == .roleAssignment }.map(\.key) == [stray.key])
        #expect(seen.remnants.map(\.key) == [wanted.key])
        #expect(seen.findings.contains { $0.contains("1 of 2 accounts") })
        try await cloud.remove(stray)
        try await cloud.add(wanted)
        seen = try await connector.observe(.everything)
        #expect(seen.facts.filter { $0.kind == .roleAssignment }.map(\.key) == [wanted.key])
        #expect(seen.remnants == [])
        await #expect(throws: ConnectorError.self) { try await cloud.add(self.role("reader", "bank/live/*/x")) }
        await #expect(throws: ConnectorError.self) { try await cloud.add(self.role("owner", "shop/live/*/x")) }
        #expect(try await cloud.add(self.role("operator", "shop/live/*/payments")).effect == .applied)
        await connector.close()
    }

    /// The service refuses a delegated administrator the one question for all that a principal holds.
    @Test("without the question for all that a principal holds, accounts are asked one by one")
    func delegated() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let policy = try ReadmePolicy.named("aws").without(actions: ["sso:ListAccountAssignmentsForPrincipal"])
        let key = try server.user("delegated", allowed: policy.document)
        let connector = try IdentityCenter(server.identityCenter(credential: key.shared))
        let cloud = Applier(connector: connector, target: "cloud")
        let javi = try account("e-0042", "javi@mountainlab.io")
        let group = Fact.group(GroupFact(slug: "payments-live-readers", notation: nil))
        let member = Fact.membership(
            Membership(group: "payments-live-readers", notation: nil, identity: javi.identity, account: javi.name))
        let wanted = role("reader", "shop/live/*/payments")
        for fact in [group, .account(javi), member, wanted] { try await cloud.add(fact) }
        #expect(try await cloud.add(wanted).effect == .alreadyHeld)
        let looked = try await connector.observe(
            .only(identities: [], accountNames: [], groups: ["payments-live-readers"]))
        #expect(looked.facts.contains { $0.key == wanted.key })
        try server.boto3(
            """
            store, instance = arguments
            c, s = client('identitystore'), client('sso-admin')
            user = c.list_users(IdentityStoreId=store)['Users'][0]['UserId']
            arn = s.list_permission_sets(InstanceArn=instance)['PermissionSets'][0]
            s.create_account_assignment(InstanceArn=instance, TargetId='333333333333', TargetType='AWS_ACCOUNT',
                PermissionSetArn=arn, PrincipalType='USER', PrincipalId=user)
            """, [server.identityStoreID, server.instanceARN])
        var left = javi
        left.state = .disabled
        #expect(try await cloud.update(javi, left).note.contains("1 direct assignments ended"))
        #expect(try seen(server)["members"] == [])
        #expect(try seen(server)["held"]?.array?.count == 2)

        // Where not even that may be asked, nobody stays in a group, and sessions end.
        try await cloud.update(left, javi)
        try await cloud.add(member)
        let less = try ReadmePolicy.named("aws").without(actions: [
            "sso:ListAccountAssignmentsForPrincipal", "sso:ListAccountAssignments",
        ])
        try server.change("delegated", toAllow: less.document)
        try server.boto3(
            """
            s, instance = client('sso-admin'), arguments[0]
            arn = s.list_permission_sets(InstanceArn=instance)['PermissionSets'][0]
            s.delete_inline_policy_from_permission_set(InstanceArn=instance, PermissionSetArn=arn)
            """, [server.instanceARN])
        let error = await #expect(throws: ConnectorError.self) { try await cloud.update(javi, left) }
        #expect(error?.code == .forbidden)
        let end = try seen(server)
        #expect(end["members"] == [])
        let inline = end["sets"]?["tenure-mountainlab-reader"]?["inline"]?.string
        #expect(inline?.contains("TenureRevoked") == true, "\(String(describing: inline))")
        try server.change("delegated", toAllow: policy.document)
        try await cloud.remove(wanted)
        try await cloud.remove(group)
        #expect(try seen(server)["held"] == [])
        await connector.close()
        #expect(try server.validateRequests().filter { $0.hasPrefix("wrong") } == [])
    }
}

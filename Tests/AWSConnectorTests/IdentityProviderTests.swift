import AWSConnector
import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport
import Testing

/// `users: verify`: an identity provider brings the users, here by what stands for its SCIM in `Scripts/aws/moto_server.py`.
@Suite("Users of an identity provider on moto", .serialized)
struct IdentityProviderTests {
    private static let issuer = "https://idp.mountainlab.io"
    private static let group = "payments-live-readers"

    private let javi = Account(
        identity: .person(Sample.id("e-0042")), name: "javi@mountainlab.io", state: .active, givenName: "Javi",
        familyName: "Ruiz")

    private var member: Fact {
        .membership(Membership(group: Self.group, notation: nil, identity: javi.identity, account: javi.name))
    }

    /// The id of the user that the provider makes, or changes.
    @discardableResult
    private func provision(_ server: MotoServer, _ members: JSONValue) throws -> String {
        let id = try server.boto3(
            "result = provision(IdentityStoreId=arguments[0], **json.loads(arguments[1]))",
            [server.identityStoreID, members.compactText]
        ).string
        return try #require(id)
    }

    private func bring(_ server: MotoServer, _ name: String, id: String?) throws -> String {
        try provision(
            server,
            [
                "UserName": .string(name), "DisplayName": .string(name),
                "Name": ["GivenName": "Javi", "FamilyName": "Ruiz"],
                "Emails": [["Value": .string("\(name)@mountainlab.io"), "Primary": true]],
                "ExternalIds": .array(id.map { [["Issuer": .string(Self.issuer), "Id": .string($0)]] } ?? []),
            ])
    }

    private func connector(_ server: MotoServer, issuer: String? = issuer) throws -> IdentityCenter {
        var settings: [String: JSONValue] = ["users": "verify"]
        settings["external_id_issuer"] = issuer.map { .string($0) }
        let policy = try ReadmePolicy.named("aws").without(actions: [
            "identitystore:CreateUser", "identitystore:UpdateUser", "identitystore:DeleteUser",
        ])
        let key = try server.user("verifier-\(issuer == nil ? "any" : "one")", allowed: policy.document)
        return try IdentityCenter(server.identityCenter(credential: key.shared, settings))
    }

    /// With the issuer one question finds a user; without it all are read. Nobody's user is changed either way.
    @Test("found by the external id, waited for, never changed", arguments: [issuer, nil])
    func verified(_ issuer: String?) async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let connector = try connector(server, issuer: issuer)
        let cloud = Applier(connector: connector, target: "cloud")
        await #expect(throws: ConnectorError.self, "nobody brought it yet") { try await cloud.add(.account(javi)) }
        let user = try bring(server, "javi", id: "e-0042")
        _ = try bring(server, "stranger", id: nil)
        #expect(try await cloud.add(.account(javi)).effect == .alreadyHeld)
        let all = try await connector.observe(.everything)
        #expect(all.completeness == .complete)
        #expect(Set(all.facts.compactMap(\.identity)) == [javi.identity, .foreign("stranger")])
        #expect(all.facts.contains { $0.satisfies(.account(javi)) })
        let one = try await connector.observe(.only(identities: [javi.identity], accountNames: [], groups: []))
        #expect(one.facts.map(\.key) == [Fact.account(javi).key])

        try await cloud.add(.group(GroupFact(slug: Self.group, notation: nil)))
        #expect(try await cloud.add(member).effect == .applied)
        var renamed = javi
        renamed.name = "javier@mountainlab.io"
        let early = await #expect(throws: ConnectorError.self) { try await cloud.update(javi, renamed) }
        #expect(early?.code == .missingDependency)
        try provision(
            server, ["UserId": .string(user), "Emails": [["Value": "javier@mountainlab.io", "Primary": true]]])
        #expect(try await cloud.update(javi, renamed).effect == .alreadyHeld)
        try await leave(renamed, user, server, cloud)
        await connector.close()
        let asked = try server.validateRequests()
        #expect(asked.filter { $0.hasPrefix("wrong") } == [])
        for operation in ["CreateUser", "UpdateUser", "DeleteUser"] {
            #expect(!asked.contains { $0.hasPrefix("identitystore:\(operation) ") }, "\(asked)")
        }
    }

    /// Access ends at once; the case is done when the provider has done its part.
    private func leave(_ person: Account, _ user: String, _ server: MotoServer, _ cloud: Applier) async throws {
        func members() throws -> JSONValue {
            try server.boto3(
                """
                c = client('identitystore')
                group = c.list_groups(IdentityStoreId=arguments[0])['Groups'][0]['GroupId']
                members = c.list_group_memberships(IdentityStoreId=arguments[0], GroupId=group)['GroupMemberships']
                result = len(members)
                """, [server.identityStoreID])
        }
        var left = person
        left.state = .disabled
        let waiting = await #expect(throws: ConnectorError.self) { try await cloud.update(person, left) }
        #expect(waiting?.code == .missingDependency)
        #expect(waiting?.message.contains("1 memberships ended") == true, "\(String(describing: waiting))")
        #expect(try members() == 0)
        try provision(server, ["UserId": .string(user), "UserStatus": "DISABLED"])
        #expect(try await cloud.update(person, left).effect == .alreadyHeld)

        // Somebody puts a user in who is disabled already.
        try server.boto3(
            """
            c = client('identitystore')
            group = c.list_groups(IdentityStoreId=arguments[0])['Groups'][0]['GroupId']
            c.create_group_membership(IdentityStoreId=arguments[0], GroupId=group, MemberId={'UserId': arguments[1]})
            """, [server.identityStoreID, user])
        #expect(try await cloud.update(person, left).effect == .applied)
        #expect(try members() == 0)
        let kept = await #expect(throws: ConnectorError.self) { try await cloud.remove(.account(left)) }
        #expect(kept?.code == .missingDependency)
        try server.boto3(
            "client('identitystore').delete_user(IdentityStoreId=arguments[0], UserId=arguments[1])",
            [server.identityStoreID, user])
        #expect(try await cloud.remove(.account(left)).effect == .alreadyHeld)
    }

    /// How somebody leaves whom the provider disabled before Tenure acted.
    enum Leaving: String, CaseIterable {
        case disabled, removed, member
        case holder = "disabled, and a member still"
    }

    @Test("the provider disabled them first: their sessions are denied all the same, once", arguments: Leaving.allCases)
    func disabledFirst(_ way: Leaving) async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let connector = try connector(server)
        let cloud = Applier(connector: connector, target: "cloud")
        let user = try bring(server, "javi", id: "e-0042")
        try await cloud.add(.group(GroupFact(slug: Self.group, notation: nil)))
        try await cloud.add(
            .roleAssignment(
                RoleAssignment(group: Self.group, notation: nil, role: "reader", scope: "shop/live/*/payments")))
        let isMember = way == .holder || way == .member
        if isMember { try await cloud.add(member) }
        try provision(server, ["UserId": .string(user), "UserStatus": "DISABLED"])
        let seen = try await connector.observe(.everything)
        #expect(try await state(connector) == (isMember ? .active : .disabled), "while in a group, it is not cut off")
        #expect(seen.findings.contains { $0.contains("disabled by the identity provider") } == isMember)
        #expect(try denials(server, of: user) == 0)

        var left = javi
        left.state = .disabled
        for attempt in 1...2 {
            switch way {
            case .disabled, .holder:
                let receipt = try await cloud.update(javi, left)
                #expect(receipt.effect == (attempt == 1 ? .applied : .alreadyHeld))
                #expect(receipt.note.contains("sessions issued before now are denied") == (attempt == 1))
            case .member:
                let receipt = try await cloud.remove(member)
                #expect(receipt.effect == (attempt == 1 ? .applied : .alreadyHeld))
                #expect(receipt.note.contains("sessions issued before now are denied") == (attempt == 1))
            case .removed:
                let kept = await #expect(throws: ConnectorError.self) { try await cloud.remove(.account(left)) }
                #expect(kept?.code == .missingDependency)
            }
            #expect(try denials(server, of: user) == 1)
        }
        #expect(try await state(connector) == .disabled)
        await connector.close()
        let asked = try server.validateRequests()
        #expect(asked.filter { $0.hasPrefix("wrong") } == [])
    }

    /// As both ways of looking have it.
    private func state(_ connector: IdentityCenter) async throws -> Account.State? {
        var states: Set<Account.State> = []
        for scope in [
            ObservationScope.everything, .only(identities: [javi.identity], accountNames: [], groups: []),
        ] {
            for case .account(let account) in try await connector.observe(scope).facts { states.insert(account.state) }
        }
        return states.count == 1 ? states.first : nil
    }

    private func denials(_ server: MotoServer, of user: String) throws -> Int {
        let policy = try server.boto3(
            """
            s, instance = client('sso-admin'), arguments[0]
            arn = s.list_permission_sets(InstanceArn=instance)['PermissionSets'][0]
            result = s.get_inline_policy_for_permission_set(InstanceArn=instance, PermissionSetArn=arn)['InlinePolicy']
            """, [server.instanceARN])
        return policy.string?.components(separatedBy: user).count.advanced(by: -1) ?? 0
    }
}

import AccessModel
import ConnectorKit
import SCIMConnector
import StrictJSON
import TestSupport
import Testing

/// Against a real service; the end state is read by curl, not by the connector.
@Suite struct SCIMServiceProviderTests {
    @Test func conforms() async throws {
        guard let server = try await SCIMServer.start() else { return }
        defer { server.stop() }
        let world = try SCIMWorld(server)
        defer { world.stop() }
        let report = try await ConnectorConformance.run(makeConnector: { try SCIMServiceProvider($0) }, world: world)
        #expect(report.failures == [])
        #expect(report.checks.count >= 25, "\(report)")
    }

    @Test func aJoinerAMoverAndALeaverEndAsTheyShould() async throws {
        guard let server = try await SCIMServer.start() else { return }
        defer { server.stop() }
        let connector = try SCIMServiceProvider(server.configuration())
        var ana = try sampleAccount("e-0002", "ana@mountainlab.io")
        try await connector.add(.account(ana))
        for slug in ["payments-live-readers", "search-live-readers"] {
            try await connector.add(.group(GroupFact(slug: slug, notation: nil)))
        }
        try await connector.add(ana.member(of: "payments-live-readers"))

        let user = try #require(try server.user(named: "ana@mountainlab.io"))
        #expect(user["externalId"] == "e-0002")
        #expect(user["active"] == true)
        #expect(user["name"]?["givenName"] == "Ana")
        #expect(user["title"] == "Engineer")
        #expect(user["emails"]?.array?.first?["value"] == "ana@mountainlab.io")
        #expect(
            user["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]?["department"] == "Engineering")
        let id = try #require(user["id"]?.string)
        #expect(try server.memberIDs(of: "payments-live-readers") == [id])

        let before = ana
        (ana.name, ana.department) = ("ana.gil@mountainlab.io", "Search")
        try await connector.update(before, to: ana)
        try await connector.add(ana.member(of: "search-live-readers"))
        try await connector.remove(ana.member(of: "payments-live-readers"))
        let moved = try #require(try server.user(named: "ana.gil@mountainlab.io"))
        #expect(moved["id"]?.string == id)
        #expect(moved["emails"]?.array?.map { $0["value"] } == ["ana.gil@mountainlab.io"])
        #expect(try server.memberIDs(of: "payments-live-readers") == [])
        #expect(try server.memberIDs(of: "search-live-readers") == [id])

        var left = ana
        left.state = .disabled
        try await connector.update(ana, to: left)
        try await connector.remove(ana.member(of: "search-live-readers"))
        #expect(try server.user(named: "ana.gil@mountainlab.io")?["active"] == false)
        #expect(try server.memberIDs(of: "search-live-readers") == [])
        try await connector.remove(.account(left))
        #expect(try server.resources("Users").isEmpty)
        #expect(try server.resources("Groups").count == 2)
        await connector.close()
    }

    @Test func membersOfOthersStay() async throws {
        guard let server = try await SCIMServer.start() else { return }
        defer { server.stop() }
        let world = try SCIMWorld(server)
        defer { world.stop() }
        let connector = try SCIMServiceProvider(server.configuration())
        let ana = try sampleAccount("e-0002", "ana@mountainlab.io")
        try await connector.add(.account(ana))
        try await connector.add(.group(GroupFact(slug: "shared", notation: nil)))
        try await world.addForeignAccount(named: "other@mountainlab.io")
        try await world.addStrayMember(account: "other@mountainlab.io", to: "shared")
        try await connector.add(ana.member(of: "shared"))
        try await connector.remove(ana.member(of: "shared"))
        let other = try #require(try server.user(named: "other@mountainlab.io")?["id"]?.string)
        #expect(try server.memberIDs(of: "shared") == [other])
        await connector.close()
    }

    @Test func checkSaysWhatTheServiceCan() async throws {
        guard let server = try await SCIMServer.start() else { return }
        defer { server.stop() }
        let connector = try SCIMServiceProvider(server.configuration())
        #expect(try await connector.check().description == "SCIM 2.0 with patch, filter, etag, bulk")
        await connector.close()
    }
}

func sampleAccount(_ id: String, _ name: String) throws -> Account {
    let identity = try #require(IdentityID(id))
    return Account(
        identity: identity, name: name, state: .active, givenName: "Ana", familyName: "Gil", department: "Engineering",
        title: "Engineer")
}

extension Account {
    func member(of group: String) -> Fact {
        .membership(Membership(group: group, notation: nil, identity: identity, account: name))
    }
}

extension SCIMServiceProvider {
    @discardableResult
    func add(_ fact: Fact) async throws -> Receipt { try await send(.add, fact) }

    @discardableResult
    func remove(_ fact: Fact) async throws -> Receipt { try await send(.remove, fact, before: fact) }

    @discardableResult
    func update(_ before: Account, to account: Account) async throws -> Receipt {
        try await send(.update, .account(account), before: .account(before))
    }

    private func send(_ operation: Change.Operation, _ fact: Fact, before: Fact? = nil) async throws -> Receipt {
        let target = try #require(Slug("saas"))
        let change = Change(
            target: target, operation: operation, lane: operation == .remove ? .revoke : .grant, fact: fact,
            before: before, causes: [.drift], risk: 1, stage: 0)
        return try await apply(change, context: ApplyContext(idempotencyKey: change.id, fencingToken: 1, attempt: 1))
    }
}

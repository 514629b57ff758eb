import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import LDAPConnector

/// What both real directories have in common for a test: a configuration, samples, and changes.
struct LDAPWorld<Server: LDAPTestServer>: ConformanceWorld {
    let server: Server
    let configuration: ConnectorConfiguration
    let secrets: [String]
    let pageSize = 7

    func connector() throws -> any Connector { try ConnectorFactory.ldap.make(configuration) }

    /// The same with some settings changed.
    func with(_ changes: [String: JSONValue], password: String? = nil) throws -> LDAPWorld {
        var settings = try #require(configuration.settings.object)
        for (name, value) in changes { settings[name] = value }
        return LDAPWorld(
            server: server,
            configuration: try Self.configuration(
                .object(settings), password.map { SecretText($0) } ?? configuration.credential),
            secrets: secrets)
    }

    static func configuration(_ settings: JSONValue, _ password: SecretText?) throws -> ConnectorConfiguration {
        ConnectorConfiguration(
            target: try #require(Slug("corp")), settings: settings, credential: password, baseDirectory: "/",
            organization: try #require(Slug("example")), clock: { Instant(milliseconds: 1_795_000_000_000) })
    }

    // MARK: Behind Tenure's back

    func addForeignAccount(named name: String) async throws {
        let local = name.prefix { $0 != "@" }
        if let samba = server as? LDAPSamba {
            let more = ["userPrincipalName: \(name)", "mail: \(name)"]
            try samba.add(
                LDAPSamba.user(String(local), in: "OU=People,\(server.baseDN)", password: "F0reign-password", more))
        } else {
            try server.add(
                """
                dn: uid=\(local),ou=people,\(server.baseDN)
                objectClass: inetOrgPerson
                uid: \(local)
                cn: \(local)
                sn: Foreign
                mail: \(name)

                """)
        }
    }

    func addStrayMember(account: String, to group: String) async throws {
        let member = try dn("(mail=\(account))")
        let group = try dn("(cn=\(group))")
        try server.modify("dn: \(group)\nchangetype: modify\nadd: member\nmember: \(member)\n")
    }

    func dn(_ filter: String) throws -> String {
        let lines = try server.search(filter, ["1.1"]).split(separator: "\n").filter { $0.hasPrefix("dn: ") }
        try #require(lines.count == 1, "\(filter) found \(lines)")
        return String(lines[0].dropFirst(4))
    }

    func broken() async throws -> [BrokenConnector] {
        let nobody = "ldaps://127.0.0.1:\(try LoopbackSocket.freePort())"
        return [
            BrokenConnector(
                name: "a wrong password", connector: try with([:], password: "not-the-password").connector(),
                expected: .unauthorized),
            BrokenConnector(
                name: "a server that is not there", connector: try with(["url": .string(nobody)]).connector(),
                expected: .unreachable),
            BrokenConnector(
                name: "a base that is not there", connector: try with(["people_ou": "ou=nowhere"]).connector(),
                expected: .configuration),
        ]
    }
}

extension LDAPWorld where Server == LDAPSlapd {
    init(_ server: LDAPSlapd) throws {
        self.server = server
        configuration = try Self.configuration(
            [
                "url": .string(server.url), "ca_file": .string(server.caFile), "bind_dn": .string(server.tenureDN),
                "base_dn": .string(server.baseDN), "page_size": .integer(Int64(pageSize)),
            ], SecretText(server.tenurePassword))
        secrets = [server.tenurePassword, server.adminPassword]
    }
}

extension LDAPWorld where Server == LDAPSamba {
    init(_ server: LDAPSamba) throws {
        self.server = server
        configuration = try Self.configuration(
            [
                "url": .string(server.url), "ca_file": .string(server.caFile), "bind_dn": .string(server.tenureDN),
                "base_dn": .string(server.baseDN), "people_ou": "OU=People", "groups_ou": "OU=Groups",
                "page_size": .integer(Int64(pageSize)),
            ], SecretText(server.tenurePassword))
        secrets = [server.tenurePassword, server.adminPassword]
    }
}

// MARK: Samples and changes

func sample(_ id: String, _ name: String? = nil, state: Account.State = .active) throws -> Account {
    Account(
        identity: .person(try #require(PersonID(id))), name: name ?? "\(id)@mountainlab.io", state: state,
        givenName: "Ana", familyName: "Ruiz", department: "Engineering", title: "Engineer")
}

func group(_ slug: String) -> Fact { .group(GroupFact(slug: slug, notation: nil)) }

func member(_ account: Account, of slug: String) -> Fact {
    .membership(Membership(group: slug, notation: nil, identity: account.identity, account: account.name))
}

extension Connector {
    @discardableResult
    func put(_ fact: Fact, replacing before: Fact? = nil) async throws -> Receipt {
        try await send(before == nil ? .add : .update, fact, before)
    }

    @discardableResult
    func remove(_ fact: Fact) async throws -> Receipt { try await send(.remove, fact, fact) }

    @discardableResult
    func put(_ account: Account, replacing before: Account? = nil) async throws -> Receipt {
        try await put(.account(account), replacing: before.map { .account($0) })
    }

    private func send(_ operation: Change.Operation, _ fact: Fact, _ before: Fact?) async throws -> Receipt {
        let target = try #require(Slug("corp"))
        let change = Change(
            target: target, operation: operation, lane: .grant, fact: fact, before: before, causes: [.drift], risk: 1,
            stage: 0)
        return try await apply(change, context: ApplyContext(idempotencyKey: change.id, fencingToken: 1, attempt: 1))
    }
}

extension Observation {
    func accounts() -> [Account] {
        facts.compactMap { if case .account(let account) = $0 { account } else { nil } }
    }

    func members(of slug: String) -> [IdentityID] {
        facts.compactMap { if case .membership(let member) = $0, member.group == slug { member.identity } else { nil } }
            .sorted()
    }
}

/// The error that `body` throws.
func failure(_ body: () async throws -> Void) async throws -> ConnectorError {
    try #require(await #expect(throws: ConnectorError.self) { try await body() })
}

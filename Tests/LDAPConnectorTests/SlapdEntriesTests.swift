import AccessModel
import ConnectorKit
import TestSupport
import Testing

@testable import LDAPConnector

/// Entries that others made, on a real OpenLDAP server.
@Suite struct SlapdEntriesTests {
    @Test func aLeaverWithTwoEntriesIsOutOfBoth() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).connector()
        let ana = try sample("e-0001", "ana@mountainlab.io")
        try await connector.put(ana)
        try server.add(
            """
            dn: cn=Second,ou=people,dc=example,dc=org
            objectClass: inetOrgPerson
            cn: Second
            sn: Second
            employeeNumber: e-0001
            mail: second@mountainlab.io

            """)
        try await connector.put(group("readers"))
        try server.modify(
            """
            dn: cn=readers,ou=groups,dc=example,dc=org
            changetype: modify
            add: member
            member: cn=Second,ou=people,dc=example,dc=org
            member: uid=e-0001,ou=people,dc=example,dc=org

            """)
        let seen = try await connector.observe(.everything)
        #expect(seen.accounts().filter { $0.identity == ana.identity }.map(\.state) == [.active])
        #expect(seen.members(of: "readers") == [ana.identity])
        #expect(seen.findings.contains { $0.contains("cn=Second") && $0.contains("uid=e-0001") })
        #expect(seen.completeness == .complete)

        #expect(try await failure { try await connector.put(member(ana, of: "readers")) }.code == .invalid)
        #expect(try await failure { try await connector.remove(.account(ana)) }.code == .invalid)
        var gone = ana
        gone.state = .disabled
        try await connector.put(gone, replacing: ana)
        try await connector.remove(member(ana, of: "readers"))
        let locks = try server.search("(employeeNumber=e-0001)").components(
            separatedBy: "pwdAccountLockedTime: 0000010")
        #expect(locks.count == 3)
        #expect(try server.search("(cn=readers)", ["member"]).components(separatedBy: "member:").count == 2)
        #expect(try await connector.observe(.everything).accounts().map(\.state) == [.disabled])
        await connector.close()
    }

    @Test(arguments: [true, false])
    func anEntryWhoseNameHoldsTheAddressIsRenamedAndItsGroupsFollow(_ isNamedByMail: Bool) async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).connector()
        let attribute = isNamedByMail ? "mail" : "cn"
        try server.add(
            """
            dn: \(attribute)=old@mountainlab.io,ou=people,dc=example,dc=org
            objectClass: inetOrgPerson
            cn: old@mountainlab.io
            sn: Old
            mail: old@mountainlab.io

            dn: cn=legacy,ou=groups,dc=example,dc=org
            objectClass: groupOfNames
            cn: legacy
            member: \(attribute)=old@mountainlab.io,ou=people,dc=example,dc=org

            """)
        let stranger = try #require(try await connector.observe(.everything).accounts().first)
        #expect(stranger.identity == .foreign("old@mountainlab.io"))
        let ana = try sample("e-0001", "new@mountainlab.io")
        #expect(try await connector.put(ana, replacing: stranger).effect == .applied)
        let seen = try await connector.observe(.everything)
        #expect(seen.accounts().map(\.identity) == [ana.identity])
        #expect(seen.accounts().first?.satisfies(ana) == true)
        #expect(seen.members(of: "legacy") == [ana.identity])
        let now = isNamedByMail ? "mail=new@mountainlab.io" : "cn=Ana Ruiz"
        #expect(try server.search("(employeeNumber=e-0001)").contains("dn: \(now),ou=people,dc=example,dc=org"))
        #expect(try server.search("(cn=legacy)", ["member"]).contains("member: \(now),ou=people"))
        // The last member of a group that others made.
        try await connector.remove(member(ana, of: "legacy"))
        #expect(try await connector.observe(.everything).members(of: "legacy") == [])
        await connector.close()
    }

    @Test func disabledAccountsMoveAndComeBackWithTheirGroups() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).with(["disabled_ou": "ou=leavers"]).connector()
        let ana = try sample("e-0001")
        try await connector.put(ana)
        try await connector.put(group("readers"))
        try await connector.put(member(ana, of: "readers"))
        var gone = ana
        gone.state = .disabled
        try await connector.put(gone, replacing: ana)
        #expect(try server.search("(uid=e-0001)").contains("dn: uid=e-0001,ou=leavers,dc=example,dc=org"))
        var seen = try await connector.observe(.everything)
        #expect(seen.accounts() == [gone])
        #expect(seen.members(of: "readers") == [ana.identity])
        #expect(try await connector.put(gone, replacing: ana).effect == .alreadyHeld)
        try await connector.put(ana, replacing: gone)
        #expect(try server.search("(uid=e-0001)").contains("dn: uid=e-0001,ou=people,dc=example,dc=org"))
        seen = try await connector.observe(.only(identities: [ana.identity], accountNames: [], groups: []))
        #expect(seen.accounts() == [ana])
        #expect(seen.members(of: "readers") == [ana.identity])
        let other = try sample("e-0002", state: .disabled)
        try await connector.put(other)
        #expect(try server.search("(uid=e-0002)").contains("ou=leavers"))
        await connector.close()
    }

    @Test func membersThatAreNoAccountsAreForeignAndCanBeTakenOut() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).connector()
        try await connector.put(group("readers"))
        try await connector.put(group("others"))
        try server.modify(
            """
            dn: cn=readers,ou=groups,dc=example,dc=org
            changetype: modify
            add: member
            member: cn=others,ou=groups,dc=example,dc=org
            member: uid=dangling,ou=people,dc=example,dc=org

            """)
        for scope in [ObservationScope.everything, .only(identities: [], accountNames: [], groups: ["readers"])] {
            #expect(
                try await connector.observe(scope).members(of: "readers") == [
                    .foreign("cn=others,ou=groups,dc=example,dc=org"),
                    .foreign("uid=dangling,ou=people,dc=example,dc=org"),
                ])
        }
        for case .membership(let stray) in try await connector.observe(.everything).facts {
            #expect(try await connector.remove(.membership(stray)).effect == .applied)
        }
        #expect(try await connector.observe(.everything).members(of: "readers") == [])
        await connector.close()
    }

    @Test func idsThatAreNoneAndCaseAreMinded() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).connector()
        try server.add(
            """
            dn: uid=odd,ou=people,dc=example,dc=org
            objectClass: inetOrgPerson
            uid: odd
            cn: Odd
            sn: Odd
            employeeNumber: not an id
            mail: odd@mountainlab.io

            """)
        let seen = try await connector.observe(.everything)
        #expect(seen.accounts().map(\.identity) == [.foreign("odd@mountainlab.io")])
        #expect(seen.findings.contains { $0.contains("uid=odd") })

        try await connector.put(try sample("E-0001", "upper@mountainlab.io"))
        let lower = try sample("e-0001", "lower@mountainlab.io")
        #expect(
            try await connector.observe(.only(identities: [lower.identity], accountNames: [], groups: [])).facts == [])
        #expect(try await failure { try await connector.put(lower) }.code == .invalid)
        #expect(try await failure { try await connector.put(member(lower, of: "x")) }.code == .missingDependency)
        await connector.close()
    }

    @Test func aServerWithoutALockingPolicyIsAFinding() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).connector()
        #expect(try await connector.observe(.everything).findings == [])
        try server.modify(
            "dn: cn=default,ou=policies,dc=example,dc=org\nchangetype: modify\nreplace: pwdLockout\npwdLockout: FALSE\n"
        )
        #expect(try await connector.observe(.everything).findings.contains { $0.contains("pwdLockout") })
        await connector.close()
    }

    @Test func peopleMaySignInWithUid() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).with(["login_attribute": "uid"]).connector()
        let ana = try sample("e-0001", "ana@mountainlab.io")
        try await connector.put(ana)
        let text = try server.search("(uid=ana@mountainlab.io)")
        #expect(text.contains("dn: employeeNumber=e-0001,ou=people") && text.contains("mail: ana@mountainlab.io"))
        var renamed = ana
        renamed.name = "ana.ruiz@mountainlab.io"
        try await connector.put(renamed, replacing: ana)
        #expect(try await connector.observe(.everything).accounts() == [renamed])
        await connector.close()
    }
}

import AccessModel
import ConnectorKit
import TestSupport
import Testing

@testable import LDAPConnector

/// On a real Active Directory domain controller, Samba's; what it then holds is read with OpenLDAP's clients.
@Suite(.serialized) struct SambaTests {
    @Test func conformance() async throws {
        guard let server = try LDAPSamba.start() else { return }
        let report = try await ConnectorConformance.run(
            makeConnector: { try ConnectorFactory.ldap.make($0) }, world: LDAPWorld(server))
        print(report)
        #expect(report.failures == [])
        #expect(report.checks.count > 25)
    }

    @Test func aPersonComesMovesAndLeaves() async throws {
        guard let server = try LDAPSamba.start() else { return }
        let world = try LDAPWorld(server).with(["url": .string(server.plainURL), "disabled_ou": "OU=Leavers"])
        let connector = try world.connector()
        #expect(try await connector.check().description.hasPrefix("Active Directory"))
        let ana = try sample("e-0001", "ana@mountainlab.io")
        try await connector.put(ana)
        let made = try server.search("(employeeNumber=e-0001)")
        #expect(made.contains("dn: CN=e-0001,OU=People,DC=acme,DC=test"))
        #expect(made.contains("sAMAccountName: e-0001\n") && made.contains("userAccountControl: 512\n"))
        #expect(made.contains("userPrincipalName: ana@mountainlab.io\n") && made.contains("displayName: Ana Ruiz\n"))
        try Self.setPassword(server, "CN=e-0001,OU=People,DC=acme,DC=test", "Hers-2026-long")
        #expect(try server.signIn("ana@mountainlab.io", "Hers-2026-long").status == 0)

        for slug in ["payments-live-readers", "empty"] { try await connector.put(group(slug)) }
        try await connector.put(member(ana, of: "payments-live-readers"))
        var renamed = ana
        (renamed.name, renamed.familyName) = ("ana.ruiz@mountainlab.io", "Ruiz, Gómez")
        try await connector.put(renamed, replacing: ana)
        #expect(try server.signIn("ana.ruiz@mountainlab.io", "Hers-2026-long").status == 0)
        #expect(
            try server.search("(cn=payments-live-readers)", ["member", "groupType"]).contains("groupType: -2147483646"))
        #expect(try server.search("(employeeNumber=e-0001)", ["memberOf"]).contains("CN=payments-live-readers"))

        var gone = renamed
        gone.state = .disabled
        try await connector.put(gone, replacing: renamed)
        let refused = try server.signIn("ana.ruiz@mountainlab.io", "Hers-2026-long")
        #expect(refused.status == 49 && refused.errors.contains("data 533"))
        let moved = try server.search("(employeeNumber=e-0001)")
        #expect(moved.contains("dn: CN=e-0001,OU=Leavers") && moved.contains("userAccountControl: 514"))
        let seen = try await connector.observe(.everything)
        #expect(seen.accounts() == [gone] && seen.members(of: "payments-live-readers") == [ana.identity])
        try await connector.remove(member(gone, of: "payments-live-readers"))
        #expect(!(try server.search("(cn=payments-live-readers)", ["member"]).contains("member:")))
        try await connector.put(renamed, replacing: gone)
        #expect(try server.signIn("ana.ruiz@mountainlab.io", "Hers-2026-long").status == 0)
        try await connector.remove(.account(renamed))
        #expect(!(try server.search("(employeeNumber=e-0001)").contains("dn: CN=e-0001")))
        await connector.close()
    }

    @Test func largeGroupsRightsAndShortNames() async throws {
        guard let server = try LDAPSamba.start() else { return }
        let world = try LDAPWorld(server).with(["page_size": 100])
        let connector = try world.connector()
        try server.add(
            (1...260).map {
                LDAPSamba.user(
                    "p-\($0)", in: "OU=People,\(server.baseDN)", password: "P-password-\($0)",
                    ["employeeNumber: p-\($0)"])
            }
            .joined(separator: "\n"))
        try await connector.put(group("all"))
        try server.modify(
            "dn: CN=all,OU=Groups,\(server.baseDN)\nchangetype: modify\nadd: member\n"
                + (1...260).map { "member: CN=p-\($0),OU=People,\(server.baseDN)\n" }.joined())
        let seen = try await connector.observe(.everything)
        #expect(seen.completeness == .complete && seen.accounts().count == 260)
        #expect(seen.members(of: "all").count == 260 && seen.members(of: "all").allSatisfy { $0.person != nil })

        // What Active Directory does by itself beyond 1,500: the first answer holds a part only.
        let session = try LDAPSession(LDAPSettings(world.configuration).endpoint)
        let part = try #require(
            try session.entry("CN=all,OU=Groups,\(server.baseDN)", attributes: ["member;range=0-99"]))
        #expect(part.values("member").isEmpty && part.values("member;range=0-99").count == 100)
        let whole = try RangedAttribute("member").complete(part, on: session)
        #expect(Set(whole.texts("member")).count == 260)

        let error = #expect(throws: LDAPFailure.self) {
            try session.modify("CN=Administrator,CN=Users,\(server.baseDN)", [.set("description", "x")])
        }
        #expect(error?.resultCode == .insufficientAccessRights)

        let long = try sample("a-very-long-identifier-of-a-person-0001")
        try await connector.put(long)
        try await connector.put(sample("a-very-long-identifier-of-a-person-0002"))
        try await connector.put(sample("administrator", "root@mountainlab.io"))
        let names = try server.search("(employeeNumber=a*)", ["sAMAccountName"]).split(separator: "\n")
            .filter { $0.hasPrefix("sAMAccountName: ") }.map { $0.dropFirst(16) }
        #expect(Set(names).count == 3 && names.allSatisfy { $0.utf8.count <= 20 }, "\(names)")
        await connector.close()
    }

    private static func setPassword(_ server: LDAPSamba, _ dn: String, _ password: String) throws {
        let ldif = LDAPSamba.user("x", in: "y", password: password).split(separator: "\n")
        let line = try #require(ldif.first { $0.hasPrefix("unicodePwd::") })
        try server.modify("dn: \(dn)\nchangetype: modify\nreplace: unicodePwd\n\(line)\n")
    }
}

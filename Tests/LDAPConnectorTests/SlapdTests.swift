import AccessModel
import ConnectorKit
import Foundation
import TestSupport
import Testing

@testable import LDAPConnector

/// On a real OpenLDAP server; what it then holds is read with its own clients.
@Suite struct SlapdTests {
    @Test func conformance() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let report = try await ConnectorConformance.run(
            makeConnector: { try ConnectorFactory.ldap.make($0) }, world: LDAPWorld(server))
        print(report)
        #expect(report.failures == [])
        #expect(report.checks.count > 25)
    }

    @Test func aLeaverIsOut() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let world = try LDAPWorld(server)
        let connector = try world.connector()
        let ana = try sample("e-0001", "ana@mountainlab.io")
        try await connector.put(ana)
        try await connector.put(group("payments-live-readers"))
        try await connector.put(member(ana, of: "payments-live-readers"))
        let dn = "uid=e-0001,ou=people,dc=example,dc=org"
        #expect(try server.signIn(dn, "").status != 0, "an account without a password signs in")
        try server.modify("dn: \(dn)\nchangetype: modify\nadd: userPassword\nuserPassword: Hers-2026\n")
        #expect(try server.signIn(dn, "Hers-2026").status == 0)

        var gone = ana
        gone.state = .disabled
        #expect(try await connector.put(gone, replacing: ana).effect == .applied)
        try await connector.remove(member(ana, of: "payments-live-readers"))
        #expect(try server.signIn(dn, "Hers-2026").status == 49)
        #expect(try server.search("(uid=e-0001)").contains("pwdAccountLockedTime: 000001010000Z"))
        let held = try server.search("(cn=payments-live-readers)", ["member"])
        #expect(held.components(separatedBy: "member:").count == 2 && held.contains("cn=tenure-empty-group"))

        try await connector.put(ana, replacing: gone)
        #expect(try server.signIn(dn, "Hers-2026").status == 0)
        try await connector.remove(.account(ana))
        #expect(try server.search("(uid=e-0001)") == "")
        await connector.close()
    }

    @Test func listingsOfManyPagesAreComplete() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let world = try LDAPWorld(server).with(["page_size": 100])
        try server.add((1...1_234).map(Self.entry).joined(separator: "\n"))
        let members = (1...1_234).map { "member: uid=e-\($0),ou=people,dc=example,dc=org\n" }.joined()
        try server.add("dn: cn=all,ou=groups,dc=example,dc=org\nobjectClass: groupOfNames\ncn: all\n" + members)
        let connector = try world.connector()
        let seen = try await connector.observe(.everything)
        #expect(seen.completeness == .complete)
        #expect(seen.findings == [])
        #expect(Set(seen.accounts().map(\.identity)).count == 1_234)
        #expect(seen.members(of: "all").count == 1_234)
        #expect(seen.members(of: "all").allSatisfy { $0.person != nil })
        let asked = try await connector.observe(.only(identities: [], accountNames: [], groups: ["all"]))
        #expect(asked.members(of: "all") == seen.members(of: "all"))
        await connector.close()
    }

    @Test func aListingThatALimitEndsIsPartial() async throws {
        guard let server = try LDAPSlapd.start(isUnlimited: false) else { return }
        try server.add((1...700).map(Self.entry).joined(separator: "\n"))
        let connector = try LDAPWorld(server).with(["page_size": 100]).connector()
        let seen = try await connector.observe(.everything)
        guard case .partial(let reason) = seen.completeness else {
            Issue.record("\(seen.accounts().count) of 700 are called complete")
            return
        }
        #expect(reason.lowercased().contains("size limit"))
        await connector.close()
    }

    static func entry(_ number: Int) -> String {
        """
        dn: uid=e-\(number),ou=people,dc=example,dc=org
        objectClass: inetOrgPerson
        uid: e-\(number)
        employeeNumber: e-\(number)
        cn: Person \(number)
        sn: Person
        mail: e-\(number)@mountainlab.io

        """
    }

    // MARK: Injection

    static let tricky = [
        "*)(uid=*", "a,ou=groups", " leading", "trailing ", "#hash", "a\\2a", "a\"b;c<d>e=f+g", "&|!()", "日本",
    ]

    @Test func aTrickyNameIsANameAndNothingElse() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).connector()
        try await connector.put(try sample("bystander"))
        try await connector.put(group("tricky"))
        for (index, text) in Self.tricky.enumerated() {
            var ana = try sample("e-\(index)")
            (ana.givenName, ana.familyName, ana.department, ana.title) = (text, text, text, text)
            try await connector.put(ana)
            let scope = ObservationScope.only(
                identities: [ana.identity, .foreign(text)], accountNames: [text, "\(text)@mountainlab.io"],
                groups: [text])
            let seen = try await connector.observe(scope)
            #expect(seen.accounts().map(\.identity) == [ana.identity], "`\(text)` finds more than was asked for")
            #expect(seen.accounts().first?.familyName?.utf8.elementsEqual(text.utf8) == true)
            let stray = Membership(group: "tricky", notation: nil, identity: .foreign(text), account: text)
            #expect(try await connector.remove(.membership(stray)).effect == .alreadyHeld)
            #expect(try await connector.observe(.everything).accounts().count == index + 2)
        }
        await connector.close()
    }

    @Test func controlCharactersAreRefused() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).connector()
        for text in ["a\0b", "a\nb", "a\u{7F}b"] {
            var ana = try sample("e-0001")
            ana.familyName = text
            #expect(try await failure { try await connector.put(ana) }.code == .invalid)
            #expect(try await failure { try await connector.put(group("g\(text)")) }.code == .invalid)
        }
        #expect(try server.search("(employeeNumber=*)") == "")
        await connector.close()
    }
}

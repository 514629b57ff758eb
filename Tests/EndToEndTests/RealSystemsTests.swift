import Foundation
import StrictJSON
import TestSupport
import Testing

/// The whole story on OpenLDAP, an Active Directory domain controller and a SCIM service at once: the command changes
/// them, their own clients say what they hold.
@Suite(.serialized)
struct RealSystemsTests {
    @Test func aJoinerAMoverAndALeaverInThreeRealSystems() async throws {
        guard let slapd = try LDAPSlapd.start(), let samba = try LDAPSamba.start(),
            let scim = try await SCIMServer.start()
        else { return }
        defer {
            slapd.stop()
            samba.stop()
            scim.stop()
        }
        var rehearsal = try Rehearsal()
        try rehearsal.connect(slapd, samba, scim)
        let secrets = [
            "SLAPD_PASSWORD": slapd.tenurePassword, "SAMBA_PASSWORD": samba.tenurePassword,
            "SCIM_TOKEN": SCIMServer.token,
        ]
        try await rehearsal.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try await rehearsal.expect(0, "target", "check", "mountainlab", environment: secrets)
        try await rehearsal.expect(0, "apply", "mountainlab", "--yes", environment: secrets)
        try await rehearsal.expect(0, "plan", "mountainlab", "--detailed-exitcode", environment: secrets)
        try expect("ana@mountainlab.io", "e-0003", in: ["payments-live-readers"], slapd, samba, scim)
        try expect("hugo@mountainlab.io", "e-0011", in: ["storefront-live-readers"], slapd, samba, scim)

        rehearsal.clock = "2026-11-21T10:00:00Z"
        try await rehearsal.expect(0, "event", "mountainlab/hr/events/02-moved.json")
        try rehearsal.edit("mountainlab/tenants/storefront.yaml") { text in
            text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains("hugo@") }
                .joined(separator: "\n")
        }
        try rehearsal.edit("mountainlab/tenants/insights.yaml") { text in
            text.replacing("- ivan@mountainlab.io", with: "- ivan@mountainlab.io\n    - hugo@mountainlab.io")
        }
        try await rehearsal.expect(0, "apply", "mountainlab", "--yes", environment: secrets)
        try expect("hugo@mountainlab.io", "e-0011", in: ["insights-live-readers"], slapd, samba, scim)
        try expect("hugo@mountainlab.io", "e-0011", notIn: ["storefront-live-readers"], slapd, samba, scim)

        try await rehearsal.expect(
            0, "event", "mountainlab/hr/events/04-left.json", "--apply", environment: secrets)
        try expect(
            "ana@mountainlab.io", "e-0003", notIn: ["payments-live-readers", "payments-sandbox-readers"], slapd, samba,
            scim)
        #expect(try slapd.search("(uid=e-0003)").contains("pwdAccountLockedTime: 000001010000Z"))
        let control = try samba.search("(employeeNumber=e-0003)", ["userAccountControl"])
        #expect(control.contains("userAccountControl: 514"), "\(control)")
        #expect(try scim.user(named: "ana@mountainlab.io")?["active"] == false)
        try await rehearsal.expect(0, "plan", "mountainlab", "--detailed-exitcode", environment: secrets)
    }

    // MARK: What the systems' own clients say

    private func expect(
        _ name: String, _ id: String, in groups: [String] = [], notIn others: [String] = [], _ slapd: LDAPSlapd,
        _ samba: LDAPSamba, _ scim: SCIMServer, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let user = try scim.user(named: name)?["id"]?.string ?? ""
        for group in groups + others {
            let isMember = groups.contains(group)
            let open = try slapd.search("(cn=\(group))", ["member"]).contains("uid=\(id),")
            #expect(open == isMember, "slapd: \(name) in \(group)", sourceLocation: sourceLocation)
            let active = try samba.search("(cn=\(group))", ["member"]).contains("CN=\(id),")
            #expect(active == isMember, "samba: \(name) in \(group)", sourceLocation: sourceLocation)
            let service = try scim.memberIDs(of: group).contains(user)
            #expect(service == isMember, "scim: \(name) in \(group)", sourceLocation: sourceLocation)
        }
    }
}

extension Rehearsal {
    /// Three real systems in the place of the two directories in files.
    fileprivate func connect(_ slapd: LDAPSlapd, _ samba: LDAPSamba, _ scim: SCIMServer) throws {
        try write(
            "mountainlab/targets.yaml",
            """
            targets:
              - name: corp
                connector: ldap
                identity_provider: true
                critical: true
                settings:
                  flavor: openldap
                  url: "\(slapd.url)"
                  ca_file: "\(slapd.caFile)"
                  bind_dn: "\(slapd.tenureDN)"
                  base_dn: "\(slapd.baseDN)"
                  people_ou: "ou=people"
                  groups_ou: "ou=groups"
                credential: env:SLAPD_PASSWORD
                limits: {requests_per_second: 1000}
              - name: windows
                connector: ldap
                settings:
                  flavor: active-directory
                  url: "\(samba.url)"
                  ca_file: "\(samba.caFile)"
                  bind_dn: "\(samba.tenureDN)"
                  base_dn: "\(samba.baseDN)"
                  people_ou: "OU=People"
                  groups_ou: "OU=Groups"
                credential: env:SAMBA_PASSWORD
                limits: {requests_per_second: 1000}
              - name: saas
                connector: scim
                settings: {url: "\(scim.url)"}
                credential: env:SCIM_TOKEN
                limits: {requests_per_second: 1000}

            """)
        try edit("mountainlab/birthright.yaml") { text in
            text.replacing("accounts: [corp]", with: "accounts: [corp, windows, saas]")
        }
    }
}

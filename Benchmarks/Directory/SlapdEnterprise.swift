import AccessModel
import ConnectorKit
import Foundation
import LDAPConnector
import Planning
import StrictJSON
import TestSupport

/// An enterprise whose accounts, groups and memberships are in a real OpenLDAP server, all as they should be.
///
/// Both sides speak to it in the clear on loopback, as the same entry, under the access rules that the connector's README
/// recommends. The server does not flush its database (`dbnosync`), for either of them.
struct SlapdEnterprise: Sendable {
    let server: LDAPSlapd
    let connector: any Connector
    let input: PlanningInput
    /// What the server was loaded with.
    let facts: [Fact]

    /// Nil, said and counted, where there is no slapd.
    init?(_ enterprise: Enterprise) throws {
        var input = try enterprise.input()
        guard let corp = Enterprise.target else { throw EnterpriseError(description: "no target") }
        input.abilities[corp] = ConnectorFactory.ldap.abilities
        let facts = Planner.desired(input).facts.map(\.fact)
        let folder = try BenchFolder()
        let file = folder.path("entries.ldif")
        try Self.write(facts, to: file)
        guard let server = try LDAPSlapd.start(holding: file, for: "benchmarks") else { return nil }
        self.server = server
        self.input = input
        self.facts = facts
        connector = try ConnectorFactory.ldap.make(
            ConnectorConfiguration(
                target: corp,
                settings: [
                    "url": .string(server.plainURL), "starttls": false, "bind_dn": .string(server.tenureDN),
                    "base_dn": .string(server.baseDN), "connections": 8,
                ], credential: SecretText(server.tenurePassword), baseDirectory: "/", organization: corp,
                clock: { WallClock().now() }))
    }

    func plan(_ observation: Observation) throws -> PlanningOutcome {
        guard let corp = Enterprise.target, observation.completeness == .complete else {
            throw EnterpriseError(description: "not all was seen: \(observation.completeness)")
        }
        return try Planner.plan(
            input, observations: [corp: TargetObservation(facts: observation.facts, findings: observation.findings)])
    }

    // MARK: The directory's own tools

    /// Everything that the connector's listing asks for, by ldapsearch in pages of the same size, to nowhere.
    func dump() throws {
        let people = ["mail", "uid", "employeeNumber", "givenName", "sn", "title", "departmentNumber", "cn"]
        let listings = [
            ["ou=people,\(server.baseDN)", "(objectClass=inetOrgPerson)"] + people + ["pwdAccountLockedTime"],
            ["ou=groups,\(server.baseDN)", "(objectClass=groupOfNames)", "cn", "member"],
        ]
        for listing in listings {
            try tool("ldapsearch", ["-LLL", "-o", "ldif-wrap=no", "-E", "pr=500/noprompt", "-b"] + listing)
        }
    }

    /// Changes entries as a file of LDIF has it, one after another.
    func modify(_ file: String) throws { try tool("ldapmodify", ["-f", file]) }

    private func tool(_ name: String, _ arguments: [String]) throws {
        guard let path = TestSystems.find(name) else { throw EnterpriseError(description: "no \(name)") }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments =
            ["-x", "-H", server.plainURL, "-D", server.tenureDN, "-w", server.tenurePassword] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw EnterpriseError(description: "\(name) ended with \(process.terminationStatus)")
        }
    }
}

// MARK: LDIF

extension SlapdEnterprise {
    private static let base = "dc=example,dc=org"

    static func dn(_ identity: IdentityID) -> String { "uid=\(identity),ou=people,\(base)" }
    static func dn(group: String) -> String { "cn=\(group),ou=groups,\(base)" }

    /// The entries as the connector makes them.
    private static func write(_ facts: [Fact], to path: String) throws {
        var members: [String: [IdentityID]] = [:]
        for case .membership(let membership) in facts {
            members[membership.group, default: []].append(membership.identity)
        }
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw EnterpriseError(description: "cannot write to \(path)") }
        defer { try? handle.close() }
        var text = ""
        for fact in facts {
            switch fact {
            case .account(let account): text += entry(of: account)
            case .group(let group): text += entry(ofGroup: group.slug, members[group.slug] ?? [])
            default: continue
            }
            guard text.utf8.count > 1 << 20 else { continue }
            try handle.write(contentsOf: Data(text.utf8))
            text = ""
        }
        try handle.write(contentsOf: Data(text.utf8))
    }

    private static func entry(of account: Account) -> String {
        """
        dn: \(dn(account.identity))
        objectClass: top
        objectClass: person
        objectClass: organizationalPerson
        objectClass: inetOrgPerson
        uid: \(account.identity)
        employeeNumber: \(account.identity)
        mail: \(account.name)
        givenName: \(account.givenName ?? "")
        sn: \(account.familyName ?? "")
        cn: \(account.givenName ?? "") \(account.familyName ?? "")
        departmentNumber: \(account.department ?? "")


        """
    }

    private static func entry(ofGroup slug: String, _ members: [IdentityID]) -> String {
        var text = "dn: \(dn(group: slug))\nobjectClass: top\nobjectClass: groupOfNames\ncn: \(slug)\n"
        text += "member: cn=tenure-empty-group\n"
        for member in members { text += "member: \(dn(member))\n" }
        return text + "\n"
    }
}

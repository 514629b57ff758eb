import Foundation
import TestSupport

/// A real OpenLDAP server, asked with ldapsearch.
final class SlapdTarget: TargetSystem {
    private let server: LDAPSlapd

    init() throws {
        guard let server = try LDAPSlapd.start() else { throw TargetTrouble(description: "slapd is not installed") }
        self.server = server
    }

    var definition: String {
        """
        connector: ldap
            settings:
              flavor: openldap
              url: "\(server.url)"
              ca_file: "\(server.caFile)"
              bind_dn: "\(server.tenureDN)"
              base_dn: "\(server.baseDN)"
              people_ou: "ou=people"
              groups_ou: "ou=groups"
            credential: env:SLAPD_PASSWORD
        """
    }

    var environment: [String: String] { ["SLAPD_PASSWORD": server.tenurePassword] }
    var ports: [Int] { URL(string: server.url)?.port.map { [$0] } ?? [] }
    var hasRoles: Bool { false }

    func save() throws { try server.saveData() }
    func restore() throws { try server.restoreData() }
    func stop() { server.stop() }

    func holdings() throws -> Holdings {
        var holdings = Holdings()
        for entry in try entries("(objectClass=inetOrgPerson)", in: "ou=people") {
            let ids = entry["employeeNumber"] ?? []
            let isLocked = entry["pwdAccountLockedTime"] == ["000001010000Z"]
            holdings.accounts += ids.map { "\($0) \(isLocked ? "disabled" : "active")" }
        }
        for entry in try entries("(objectClass=groupOfNames)", in: "ou=groups") {
            let group = (entry["cn"] ?? []).first ?? ""
            holdings.groups.append(group)
            for member in entry["member"] ?? [] where member.hasPrefix("uid=") {
                holdings.memberships.append("\(group) \(member.dropFirst(4).prefix { $0 != "," })")
            }
        }
        return holdings
    }

    private func entries(_ filter: String, in unit: String) throws -> [[String: [String]]] {
        var entries: [[String: [String]]] = []
        for line in try server.search(filter, base: "\(unit),\(server.baseDN)").split(separator: "\n") {
            guard let colon = line.range(of: ": ") else { continue }
            let name = String(line[..<colon.lowerBound])
            if name == "dn" { entries.append([:]) }
            guard !entries.isEmpty else { continue }
            entries[entries.count - 1][name, default: []].append(String(line[colon.upperBound...]))
        }
        return entries
    }
}

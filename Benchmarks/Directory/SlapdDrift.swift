import AccessModel
import ConnectorKit
import Foundation

/// What came to differ in the directory: a third members gone, a third strangers in groups, a third accounts changed.
///
/// Held as LDIF both ways, for the directory's own tool.
struct SlapdDrift: Sendable {
    let count: Int
    private let folder: BenchFolder

    /// Makes what should be into what should not.
    var breaking: String { folder.path("breaking.ldif") }
    /// Makes it good again, one request a change: what the connector is measured against.
    var repairing: String { folder.path("repairing.ldif") }

    init(_ facts: [Fact], count: Int) throws {
        folder = try BenchFolder()
        var random = SplitMix(seed: 5)
        var accounts: [Account] = []
        var memberships: [Membership] = []
        for fact in facts {
            switch fact {
            case .account(let account): accounts.append(account)
            case .membership(let membership): memberships.append(membership)
            default: break
            }
        }
        let held = Set(memberships.map { "\($0.group) \($0.identity)" })
        var seen = Set<String>()
        var breaking = ""
        var repairing = ""
        while seen.count < count {
            let membership = memberships[random.below(memberships.count)]
            let account = accounts[random.below(accounts.count)]
            let group = SlapdEnterprise.dn(group: membership.group)
            switch seen.count % 3 {
            case 0:
                guard seen.insert("\(membership.group) \(membership.identity)").inserted else { continue }
                breaking += Self.member("delete", membership.identity, of: group)
                repairing += Self.member("add", membership.identity, of: group)
            case 1:
                let key = "\(membership.group) \(account.identity)"
                guard !held.contains(key), seen.insert(key).inserted else { continue }
                breaking += Self.member("add", account.identity, of: group)
                repairing += Self.member("delete", account.identity, of: group)
            default:
                guard seen.insert("\(account.identity)").inserted else { continue }
                breaking += Self.department("Nowhere", of: account.identity)
                repairing += Self.department(account.department ?? "", of: account.identity)
            }
        }
        self.count = count
        try Data(breaking.utf8).write(to: URL(filePath: self.breaking))
        try Data(repairing.utf8).write(to: URL(filePath: self.repairing))
    }

    private static func member(_ verb: String, _ identity: IdentityID, of group: String) -> String {
        "dn: \(group)\nchangetype: modify\n\(verb): member\nmember: \(SlapdEnterprise.dn(identity))\n\n"
    }

    private static func department(_ value: String, of identity: IdentityID) -> String {
        "dn: \(SlapdEnterprise.dn(identity))\nchangetype: modify\nreplace: departmentNumber\ndepartmentNumber: \(value)\n\n"
    }
}

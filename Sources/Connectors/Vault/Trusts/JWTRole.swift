import AccessModel
import ConnectorKit
import Crypto
import Foundation
import StrictJSON

/// A role of an auth mount by which a workload signs in with a token of the mount's issuer.
struct JWTRole: Hashable, Sendable {
    let name: String
    let group: String
    let issuer: String
    let subject: String
    let audiences: [String]
    let policies: [String]
    /// Whether everything else about it is as Tenure makes it.
    let isPlain: Bool

    /// `tenure.acme.web-live-operator.` and sixteen digits that stand for issuer, subject and audience.
    static func name(_ trust: FederatedTrust, _ organization: Slug) -> String {
        let text = [trust.issuer, trust.subject, trust.audience].joined(separator: "\u{0}")
        let digits = SHA256.hash(data: Data(text.utf8)).prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }
        return "\(PolicyName.prefix(organization))\(trust.group).\(digits.joined())"
    }

    /// The group that a role of the name is for; nil for a name that Tenure does not make.
    static func group(of name: String, _ organization: Slug) -> String? {
        let prefix = PolicyName.prefix(organization)
        guard name.hasPrefix(prefix), let dot = name.lastIndex(of: "."),
            name.distance(from: dot, to: name.endIndex) == 17
        else { return nil }
        let group = name[..<dot].dropFirst(prefix.count)
        return group.isEmpty ? nil : String(group)
    }

    init(_ json: JSONValue, name: String, group: String, issuer: String, lifetime: Int64) {
        self.name = name
        self.group = group
        self.issuer = issuer
        subject = json["bound_subject"]?.string ?? ""
        audiences = json["bound_audiences"]?.array?.compactMap(\.string) ?? []
        policies = (json["token_policies"] ?? json["policies"])?.array?.compactMap(\.string) ?? []
        let claims = json["bound_claims"]?.object?.members.isEmpty ?? true
        let groups = json["groups_claim"]?.string ?? ""
        isPlain =
            json["role_type"]?.string == "jwt" && json["user_claim"]?.string == "sub" && claims && groups.isEmpty
            && json["token_period"]?.integer ?? 0 == 0 && json["token_ttl"]?.integer == lifetime
            && json["token_max_ttl"]?.integer == lifetime
    }

    /// What it takes, whoever made it so.
    var trusts: [FederatedTrust] {
        audiences.map { FederatedTrust(group: group, notation: nil, issuer: issuer, subject: subject, audience: $0) }
    }

    func takes(_ trust: FederatedTrust) -> Bool {
        group == trust.group && issuer == trust.issuer && subject == trust.subject && audiences.contains(trust.audience)
    }

    /// The server keeps what it is not told: what somebody added goes too.
    static func body(_ trust: FederatedTrust, policies: [String], lifetime: Int64) -> JSONValue {
        [
            "role_type": "jwt", "user_claim": "sub", "bound_subject": .string(trust.subject),
            "bound_audiences": [.string(trust.audience)], "bound_claims": [:], "groups_claim": "",
            "token_policies": .array(policies.map(JSONValue.string)), "token_ttl": .integer(lifetime),
            "token_max_ttl": .integer(lifetime), "token_period": 0, "token_type": "service",
        ]
    }
}

import AccessModel

/// The name of a binding that Tenure makes: it says what it is for, so that nothing else has to be kept anywhere.
///
/// `tenure:payments-live-readers:reader:ecommerce.live.-.payments` for a role in a place, where `-` is all of a
/// dimension; `tenure:payments-live-operator:trust:0f1e2d3c4b5a6978` for a trust.
struct BindingName: Hashable, Sendable, CustomStringConvertible {
    enum Purpose: Hashable, Sendable {
        case role(Role, scope: Coordinate)
        /// By the hash of its issuer, subject and audience.
        case trust(String)
    }

    let group: String
    let purpose: Purpose

    private static let prefix = "tenure:"

    /// Nil where no name can be made: a group's name with a character that a path cannot hold.
    init?(group: String, purpose: Purpose) {
        let isUsable = group.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/%:".utf8.contains($0) }
        guard !group.isEmpty, group.utf8.count <= 128, isUsable else { return nil }
        self.group = group
        self.purpose = purpose
    }

    /// Reads ``description``; nil for any other name.
    init?(_ name: String) {
        guard name.hasPrefix(Self.prefix) else { return nil }
        let parts = name.dropFirst(Self.prefix.count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        if parts[1] == "trust" {
            self.init(group: String(parts[0]), purpose: .trust(String(parts[2])))
        } else {
            guard let role = Role(rawValue: String(parts[1])), let scope = Self.scope(parts[2]) else { return nil }
            self.init(group: String(parts[0]), purpose: .role(role, scope: scope))
        }
    }

    var description: String {
        switch purpose {
        case .trust(let hash): "\(Self.prefix)\(group):trust:\(hash)"
        case .role(let role, let scope): "\(Self.prefix)\(group):\(role.rawValue):\(Self.text(scope))"
        }
    }

    private static func text(_ scope: Coordinate) -> String {
        [scope.sector, scope.tier, scope.region, scope.tenant].map { $0 == .all ? "-" : $0.description }
            .joined(separator: ".")
    }

    private static func scope(_ text: Substring) -> Coordinate? {
        let dimensions = text.split(separator: ".", omittingEmptySubsequences: false)
            .map { Coordinate.Dimension($0 == "-" ? "*" : String($0)) }
        guard dimensions.count == 4, let sector = dimensions[0], let tier = dimensions[1], let region = dimensions[2],
            let tenant = dimensions[3]
        else { return nil }
        return Coordinate(sector: sector, tier: tier, region: region, tenant: tenant)
    }
}

extension Coordinate {
    /// Reads ``description``; nil for anything else.
    init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Dimension(String($0)) }
        guard parts.count == 4, let sector = parts[0], let tier = parts[1], let region = parts[2],
            let tenant = parts[3]
        else { return nil }
        self.init(sector: sector, tier: tier, region: region, tenant: tenant)
    }
}

extension Coordinate.Dimension {
    var slug: Slug? {
        if case .exactly(let slug) = self { slug } else { nil }
    }
}

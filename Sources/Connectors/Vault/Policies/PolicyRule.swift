import AccessModel
import ConnectorKit

/// One path that a role may use, with places for the coordinate: `secret/data/{tier}/{tenant}/*`.
struct PolicyRule: Hashable, Sendable {
    let path: String
    let capabilities: [String]

    /// Not `sudo`: nothing that Tenure gives needs it.
    private static let known: Set<String> = ["create", "read", "update", "patch", "delete", "list", "deny"]
    private static let places = ["{sector}", "{tier}", "{region}", "{tenant}"]

    init(_ entry: inout SettingsReader) throws(ConnectorError) {
        path = try entry.string("path")
        capabilities = try entry.strings("capabilities")
        try entry.finish()
        guard !capabilities.isEmpty, Set(capabilities).isSubset(of: Self.known) else {
            throw entry.error(
                "the capabilities of `\(path)` must be some of \(Self.known.sorted().joined(separator: ", "))")
        }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else { throw entry.error("the path `\(path)` has a character that no path of a policy has") }
        let rest = Self.places.reduce(path) { $0.replacing($1, with: "") }
        guard !rest.contains("{"), !rest.contains("}") else {
            throw entry.error("the path `\(path)` has a place that is none of \(Self.places.joined(separator: ", "))")
        }
        // Whoever writes policies, identities or mounts can give himself everything.
        guard !["sys/", "auth/", "identity/", "*", "+"].contains(where: path.hasPrefix) else {
            throw entry.error("the path `\(path)` is the server's own; roles are given secrets engines")
        }
    }

    /// At a coordinate; a dimension that is not fixed is any one segment.
    func text(at scope: Coordinate) -> String {
        func word(_ dimension: Coordinate.Dimension) -> String {
            if case .exactly(let slug) = dimension { slug.text } else { "+" }
        }
        let values = [word(scope.sector), word(scope.tier), word(scope.region), word(scope.tenant)]
        let path = zip(Self.places, values).reduce(path) { $0.replacing($1.0, with: $1.1) }
        let list = capabilities.map { "\"\($0)\"" }.joined(separator: ", ")
        return "path \"\(path)\" {\n  capabilities = [\(list)]\n}\n"
    }
}

/// The name of a policy that stands for one role of one group at one coordinate:
/// `tenure.acme.reader.shop.live.all.web.web-live-readers`. No slug has a dot in it.
struct PolicyName: Hashable, Sendable {
    let role: Role
    let scope: Coordinate
    let group: String

    init?(_ assignment: RoleAssignment) {
        let parts = assignment.scope.split(separator: "/", omittingEmptySubsequences: false)
        let dimensions = parts.compactMap { Coordinate.Dimension(String($0)) }
        guard let role = Role(rawValue: assignment.role), parts.count == 4, dimensions.count == 4 else { return nil }
        self.init(
            role: role,
            scope: Coordinate(
                sector: dimensions[0], tier: dimensions[1], region: dimensions[2], tenant: dimensions[3]),
            group: assignment.group)
    }

    init(role: Role, scope: Coordinate, group: String) {
        self.role = role
        self.scope = scope
        self.group = group
    }

    static func prefix(_ organization: Slug) -> String { "tenure.\(organization)." }

    func text(_ organization: Slug) -> String {
        let dimensions = [scope.sector, scope.tier, scope.region, scope.tenant].map(Self.word)
        return Self.prefix(organization) + ([role.rawValue] + dimensions + [group]).joined(separator: ".")
    }

    /// Nil for a name that Tenure does not make.
    init?(_ text: String, _ organization: Slug) {
        let prefix = Self.prefix(organization)
        guard text.hasPrefix(prefix) else { return nil }
        let parts = text.dropFirst(prefix.count).split(
            separator: ".", maxSplits: 5, omittingEmptySubsequences: false
        ).map(String.init)
        guard parts.count == 6, let role = Role(rawValue: parts[0]), !parts[5].isEmpty else { return nil }
        let dimensions = parts[1...4].compactMap(Self.dimension)
        guard dimensions.count == 4 else { return nil }
        self.init(
            role: role,
            scope: Coordinate(
                sector: dimensions[0], tier: dimensions[1], region: dimensions[2], tenant: dimensions[3]),
            group: parts[5])
    }

    var fact: Fact {
        .roleAssignment(
            RoleAssignment(group: group, notation: nil, role: role.rawValue, scope: scope.description))
    }

    /// Upper case is nobody's: a slug has none, and the server knows none in the names of policies.
    private static func word(_ dimension: Coordinate.Dimension) -> String {
        switch dimension {
        case .all: "_all"
        case .ignored: "_"
        case .exactly(let slug): slug.text
        }
    }

    private static func dimension(_ word: String) -> Coordinate.Dimension? {
        switch word {
        case "_all": .all
        case "_": .ignored
        default: Slug(word).map { .exactly($0) }
        }
    }
}

import AccessModel

/// What a path inside an organisation's root means.
///
/// Whoever lists the directory asks this of every entry, does not descend into what is ``ignored``, and refuses a
/// symbolic link that leaves the root and anything that is not a regular file or a folder.
public enum DefinitionPath: Hashable, Sendable {
    case platform
    case core
    case targets
    case birthright
    case tenant(Slug)
    /// `policies/NAME.yaml`.
    case policies(Slug)
    /// `policies/NAME.cases.yaml`.
    case policyCases(Slug)
    /// A YAML file at the root that nothing reads.
    case unknown
    /// Not a definition: a README, the people feed, a target's own file.
    case ignored
    /// Must not be there; says what would be right.
    case refused(String)

    /// Pure: looks at the bytes of the path alone.
    public init(_ path: String) {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { part in
            String(Substring(part))
        }
        if let trick = Self.trick(in: path, parts: parts) {
            self = .refused(trick)
            return
        }
        switch (parts.count, parts[0]) {
        case (1, "platform.yaml"): self = .platform
        case (1, "core-iam.yaml"): self = .core
        case (1, "targets.yaml"): self = .targets
        case (1, "birthright.yaml"): self = .birthright
        case (1, let name): self = Self.isYAML(name) ? .unknown : .ignored
        case (2, "policies"): self = Self.policyFile(parts[1])
        case (_, "policies"): self = .refused("`policies/` holds no folders; write `policies/NAME.yaml`")
        case (2, "tenants"): self = Self.tenantFile(parts[1])
        case (_, "tenants"): self = .refused("`tenants/` holds no folders; write `tenants/NAME.yaml`")
        default: self = .ignored
        }
    }

    /// Whether its bytes are wanted by ``DefinitionReader``.
    public var isDefinition: Bool {
        switch self {
        case .platform, .core, .targets, .birthright, .tenant, .policies, .policyCases: true
        case .unknown, .ignored, .refused: false
        }
    }

    private static func trick(in path: String, parts: [String]) -> String? {
        if path.utf8.isEmpty || path.utf8.first == UInt8(ascii: "/") {
            return "a path is relative to the organisation's root"
        }
        if parts.contains(where: { $0 == "." || $0 == ".." || $0.isEmpty }) {
            return "a path has no empty part, no `.` and no `..`"
        }
        if path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) {
            return "a path has no control characters and no backslash"
        }
        return nil
    }

    private static func isYAML(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".yml") }

    private static func policyFile(_ name: String) -> DefinitionPath {
        guard isYAML(name), name.utf8.first != UInt8(ascii: ".") else { return .ignored }
        let isCases = name.hasSuffix(".cases.yaml")
        guard name.hasSuffix(".yaml"), let slug = Slug(name.dropLast((isCases ? ".cases.yaml" : ".yaml").count)) else {
            return .refused(
                "a file of policies is called `NAME.yaml`, and its cases `NAME.cases.yaml`, where NAME is of a-z, 0-9 "
                    + "and `-`, begins with a letter, does not end with `-`, and has at most 63 characters")
        }
        return isCases ? .policyCases(slug) : .policies(slug)
    }

    private static func tenantFile(_ name: String) -> DefinitionPath {
        if name.utf8.first == UInt8(ascii: "."), !isYAML(name) { return .ignored }
        guard name.hasSuffix(".yaml") else {
            return .refused("`tenants/` holds files that end in `.yaml`, one a tenant, and nothing else")
        }
        guard let slug = Slug(name.dropLast(".yaml".count)) else {
            return .refused(
                "a tenant's file is called `NAME.yaml`, where NAME is of a-z, 0-9 and `-`, begins with a letter, does "
                    + "not end with `-`, and has at most 63 characters")
        }
        return .tenant(slug)
    }
}

import AccessModel

/// What came of reading one tenant's file.
public struct TenantReading: Sendable {
    /// Nil if any diagnostic is an error.
    public let tenant: Tenant?
    /// Sorted by place.
    public let diagnostics: [Diagnostic]

    public init(tenant: Tenant?, diagnostics: [Diagnostic]) {
        self.tenant = tenant
        self.diagnostics = diagnostics
    }
}

extension DefinitionReader {
    /// Reads one file under `tenants/` against an organisation that was read before, at the cost of that file alone.
    ///
    /// It finds what ``read(_:connectors:revision:)`` would find in that file. A group's name that another tenant has
    /// too is not seen from here; an index of the organisation sees it.
    public static func readTenant(
        _ file: DefinitionFile, in organization: Organization, connectors: [String: TargetAbilities]
    ) -> TenantReading {
        guard case .tenant(let name) = DefinitionPath(file.path) else {
            let place = SourceLocation(file: file.path.quoted, line: 1, column: 1)
            let message = "this is no tenant's file; it would be called `tenants/NAME.yaml`"
            return TenantReading(
                tenant: nil,
                diagnostics: [Diagnostic(severity: .error, code: "bad-path", place: place, message: message)])
        }
        let outcome = YAMLReader.read(file)
        var diagnostics = outcome.diagnostics
        var tenant: Tenant?
        if let tree = outcome.tree {
            var decoder = SchemaDecoder(tree: tree, scope: Scope(of: organization, connectors: connectors))
            tenant = decoder.tenant(name)
            diagnostics += decoder.diagnostics
        }
        if let tenant {
            let small = organization.narrowed(to: [tenant])
            diagnostics += GroupNames.problems(in: small, connectors: connectors)
            if !diagnostics.contains(where: { $0.severity == .error }) {
                diagnostics += ApproverCount.problems(in: small).filter { $0.place.file == file.path }
            }
        }
        let isWrong = diagnostics.contains { $0.severity == .error }
        return TenantReading(tenant: isWrong ? nil : tenant, diagnostics: diagnostics.sorted())
    }
}

extension Organization {
    /// The same organisation as if it had these tenants alone; sorted by name.
    public func narrowed(to tenants: [Tenant]) -> Organization {
        Organization(
            platform: platform, tenants: tenants.sorted { $0.name < $1.name }, core: core, targets: targets,
            birthright: birthright, policies: policies, policyCases: policyCases, revision: revision)
    }
}

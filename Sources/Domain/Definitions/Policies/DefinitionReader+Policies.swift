import AccessModel

/// What came of reading one file of policies, or of cases.
public struct PolicyReading: Sendable {
    public let policies: [PolicyDefinition]
    public let cases: [PolicyCase]
    /// Sorted by place.
    public let diagnostics: [Diagnostic]
}

extension DefinitionReader {
    /// Reads one file under `policies/` by itself: policies, or cases where its name says so. Expressions stay text.
    public static func readPolicies(_ file: DefinitionFile) -> PolicyReading {
        let outcome = YAMLReader.readWhole(file)
        guard let tree = outcome.tree else {
            return PolicyReading(policies: [], cases: [], diagnostics: outcome.diagnostics.sorted())
        }
        var decoder = SchemaDecoder(tree: tree, scope: Scope(connectors: [:]))
        var isOfCases = false
        if case .policyCases = DefinitionPath(file.path) { isOfCases = true }
        let policies = isOfCases ? [] : decoder.policies(ScalarPlaces(file))
        let cases = isOfCases ? decoder.policyCases() : []
        return PolicyReading(
            policies: policies, cases: cases, diagnostics: (outcome.diagnostics + decoder.diagnostics).sorted())
    }
}

import AccessModel

/// What came of reading one file of policies, or of cases.
public struct PolicyReading: Sendable {
    public let policies: [PolicyDefinition]
    public let cases: [PolicyCase]
    /// Sorted by place.
    public let diagnostics: [Diagnostic]
}

extension DefinitionReader {
    /// Reads one file under `policies/` by itself. Its expressions stay text.
    public static func readPolicies(_ file: DefinitionFile) -> PolicyReading {
        let outcome = YAMLReader.readWhole(file)
        guard let tree = outcome.tree else {
            return PolicyReading(policies: [], cases: [], diagnostics: outcome.diagnostics.sorted())
        }
        var decoder = SchemaDecoder(tree: tree, scope: Scope(connectors: [:]))
        let policies = decoder.policies(ScalarPlaces(file))
        return PolicyReading(
            policies: policies, cases: [], diagnostics: (outcome.diagnostics + decoder.diagnostics).sorted())
    }
}

import AccessModel
import Definitions

/// What came of making an organisation's policies ready.
public struct PolicyCompilation: Sendable {
    /// Nil if any diagnostic is an error.
    public let set: PolicySet?
    /// Sorted by place.
    public let diagnostics: [Diagnostic]
}

extension PolicySet {
    /// The organisation's policies and those that are built in, but for those that it replaces by name.
    public static func compile(_ organization: Organization) -> PolicyCompilation {
        var compiler = PolicyCompiler(organization)
        let own = Set(organization.policies.map(\.name))
        var policies: [CompiledPolicy] = []
        for definition in BuiltInPolicies.definitions where !own.contains(definition.name) {
            let number = policies.count
            if let policy = compiler.compile(definition, number: number, isBuiltIn: true) { policies.append(policy) }
        }
        let builtIn = Set(BuiltInPolicies.definitions.map(\.name))
        for definition in organization.policies {
            if builtIn.contains(definition.name) {
                compiler.report(
                    .warning, "replaces-built-in", definition.place,
                    "this stands in the place of the built-in policy `\(definition.name)`, which no longer speaks")
            }
            let number = policies.count
            if let policy = compiler.compile(definition, number: number, isBuiltIn: false) { policies.append(policy) }
        }
        // What those that are built in see in part is no news to anybody.
        compiler.dropNotes(in: BuiltInPolicies.file)
        let known = own.union(builtIn)
        let cases = problems(ofCasesIn: organization, known: known)
        let diagnostics = (compiler.diagnostics + cases).sorted()
        let hasErrors = diagnostics.contains { $0.severity == .error }
        return PolicyCompilation(set: hasErrors ? nil : PolicySet(policies), diagnostics: diagnostics)
    }
}

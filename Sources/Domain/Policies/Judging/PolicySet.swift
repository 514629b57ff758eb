import AccessModel
import CEL
import Definitions

/// The policies that everything is decided by: those of an organisation, and those that are built in.
///
/// Deny overrides; then the union of the approvals that are asked for; then the tightest window. A policy in mode
/// `observe` speaks and changes nothing. Nothing blocks what takes access away. Immutable, and asked by any number at
/// once; what it costs does not grow with the policies that do not apply.
public struct PolicySet: Sendable {
    let policies: [CompiledPolicy]
    /// By kind of question, in the order of ``PolicyDefinition/Kind/allCases``.
    private let indices: [RuleIndex]

    init(_ policies: [CompiledPolicy]) {
        self.policies = policies
        indices = PolicyDefinition.Kind.allCases.map { kind in
            RuleIndex(policies.filter { $0.definition.kinds.contains(kind) })
        }
    }

    /// The rules in force where the organisation writes none.
    public static let builtIn: PolicySet = {
        var compiler = PolicyCompiler(nil)
        return PolicySet(
            BuiltInPolicies.definitions.enumerated().compactMap { number, definition in
                compiler.compile(definition, number: number, isBuiltIn: true)
            })
    }()

    /// The rules in force, and one that denies whatever grants: for policies that cannot be read.
    public static let closed: PolicySet = {
        let place = SourceLocation(file: BuiltInPolicies.file, line: 1, column: 1)
        guard let name = Slug("unreadable-policies") else { return builtIn }
        var definition = PolicyDefinition(name: name, kinds: PolicyDefinition.Kind.allCases, place: place)
        definition.effects.deny = PolicyText("the policies in force cannot be read; nothing is granted", at: place)
        var compiler = PolicyCompiler(nil)
        let own = compiler.compile(definition, number: builtIn.policies.count, isBuiltIn: true)
        return PolicySet(builtIn.policies + (own.map { [$0] } ?? []))
    }()

    /// Their names, in the order in which they are asked.
    public var names: [Slug] { policies.map(\.definition.name) }

    public var definitions: [PolicyDefinition] { policies.map(\.definition) }

    /// Whether any policy that is asked about the kind reads what is at the path, or a part of it.
    func reads(_ path: [String], on kind: PolicyDefinition.Kind) -> Bool {
        policies.contains { $0.definition.kinds.contains(kind) && $0.reads(path) }
    }

    func index(of kind: PolicyDefinition.Kind) -> RuleIndex {
        switch kind {
        case .change: indices[0]
        case .request: indices[1]
        case .approval: indices[2]
        case .breakGlass: indices[3]
        case .review: indices[4]
        case .person: indices[5]
        }
    }
}

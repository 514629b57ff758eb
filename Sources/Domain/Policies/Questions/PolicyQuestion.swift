import AccessModel
import CEL
import Definitions
import StrictJSON

/// What is to be decided: a kind, and all that conditions can see of it. A value that can be written and read back.
public struct PolicyQuestion: Sendable {
    public typealias Kind = PolicyDefinition.Kind

    public let kind: Kind
    let activation: CELActivation

    init(_ kind: Kind, _ values: [PolicyAttributes.Root: CELValue]) {
        self.kind = kind
        var activation = CELActivation(PolicyAttributes.environment)
        for root in PolicyAttributes.Root.allCases {
            activation[root.rawValue] = values[root] ?? PolicyAttributes.standard(root)
        }
        self.activation = activation
    }

    init(_ kind: Kind, activation: CELActivation) {
        self.kind = kind
        self.activation = activation
    }

    /// Whether it takes access away: no policy blocks it.
    public var lessensAccess: Bool {
        kind == .change && text("change", "lane") == Change.Lane.revoke.rawValue
            && text("change", "operation") != Change.Operation.add.rawValue
    }

    /// The score before policies add to it.
    public var baseRisk: Int {
        if case .int(let risk)? = activation[PolicyAttributes.Root.risk.rawValue] { Int(clamping: risk) } else { 0 }
    }

    func text(_ root: String, _ field: String) -> String? {
        if case .string(let text)? = value([root, field]) { text.text } else { nil }
    }

    /// The value at a path of one or two names; nil where there is none.
    func value(_ path: [String]) -> CELValue? {
        guard let first = path.first, let slot = PolicyAttributes.environment.slot(of: first) else { return nil }
        guard path.count > 1 else { return activation[slot] }
        guard case .record(let record)? = activation[slot] else { return nil }
        return record[path[1]]
    }
}

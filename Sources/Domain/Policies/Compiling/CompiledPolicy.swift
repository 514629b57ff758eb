import AccessModel
import CEL
import Definitions

/// A policy that is ready to be asked any number of times.
final class CompiledPolicy: Sendable {
    struct Justification: Sendable {
        let pattern: CELPattern
        let message: MessageTemplate
    }

    enum Risk: Sendable {
        case points(Int)
        case expression(CELProgram)
    }

    let definition: PolicyDefinition
    /// Among all of its set, in the order of the files.
    let number: Int
    let isBuiltIn: Bool
    /// Nil: always.
    let condition: CELProgram?
    let deny: MessageTemplate?
    let approval: ApprovalRequirement?
    let justification: Justification?
    let risk: Risk?
    let warn: MessageTemplate?
    let hold: MessageTemplate?
    /// What the condition and the score read, in the order of the text.
    let reads: [[String]]

    init(_ parts: Parts, number: Int, isBuiltIn: Bool) {
        definition = parts.definition
        self.number = number
        self.isBuiltIn = isBuiltIn
        condition = parts.condition
        deny = parts.deny
        approval = parts.approval
        justification = parts.justification
        risk = parts.risk
        warn = parts.warn
        hold = parts.hold
        var reads = parts.condition?.references.map(\.path) ?? []
        if case .expression(let program)? = parts.risk {
            for reference in program.references where !reads.contains(reference.path) { reads.append(reference.path) }
        }
        self.reads = reads
    }

    /// What a policy is made of.
    struct Parts {
        let definition: PolicyDefinition
        var condition: CELProgram?
        var deny: MessageTemplate?
        var approval: ApprovalRequirement?
        var justification: Justification?
        var risk: Risk?
        var warn: MessageTemplate?
        var hold: MessageTemplate?

        init(_ definition: PolicyDefinition) { self.definition = definition }
    }

    /// Everything that it needs to know of a question, its messages among it.
    func reads(_ path: [String]) -> Bool {
        let messages = [deny, justification?.message, warn, hold].compactMap { $0?.paths }.joined()
        return (reads + messages).contains { $0.starts(with: path) || path.starts(with: $0) }
    }
}

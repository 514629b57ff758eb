/// `operand.contains(constant)` and its like: what is looked for is prepared.
final class TextTestNode: ConditionNode {
    enum Test: String {
        case contains
        case startsWith
        case endsWith
    }

    let operand: any Node
    let test: Test
    let text: CELString
    let search: ByteSearch

    init(_ operand: any Node, _ test: Test, _ text: CELString) {
        self.operand = operand
        self.test = test
        self.text = text
        search = ByteSearch(Array(text.utf8))
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        let value = try operand.evaluate(&frame)
        guard case .string(let string) = value else { throw .noOverload(test.rawValue, value, .string(text)) }
        switch test {
        case .contains:
            try frame.budget.charge(string.utf8.count >> 3)
            return string.withBytes { search.first(in: $0, from: 0) != nil }
        case .startsWith: return string.withBytes { search.isPrefix(of: $0) }
        case .endsWith: return string.withBytes { search.isSuffix(of: $0) }
        }
    }
}

/// `operand.matches(constant)`: the pattern is compiled once.
final class MatchNode: ConditionNode {
    let operand: any Node
    let pattern: CELPattern

    init(_ operand: any Node, _ pattern: CELPattern) {
        self.operand = operand
        self.pattern = pattern
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        let value = try operand.evaluate(&frame)
        guard case .string(let string) = value else { throw .noOverload("matches", value, .string(pattern.source)) }
        try Library.chargeMatching(pattern, string, &frame.budget)
        return pattern.matches(string)
    }
}

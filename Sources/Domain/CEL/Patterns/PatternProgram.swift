/// A pattern as a non-deterministic automaton: a list of instructions that name those that follow them.
struct PatternProgram: Sendable {
    static let largestSize = 20_000

    enum Instruction: Sendable {
        case match
        /// Consumes a code point of the set with that number.
        case consume(set: Int, next: Int)
        case split(Int, Int)
        case assert(PatternAssertion, next: Int)
    }

    private(set) var instructions: [Instruction] = [.match]
    private(set) var start = 0

    /// Fails where the program would become too large.
    init(_ node: PatternNode) throws(CELPatternError) {
        start = try emit(node, before: 0)
    }

    /// The conditions that it contains.
    var assertions: Set<PatternAssertion> {
        Set(instructions.compactMap { if case .assert(let assertion, _) = $0 { assertion } else { nil } })
    }

    private mutating func add(_ instruction: Instruction) throws(CELPatternError) -> Int {
        guard instructions.count < Self.largestSize else { throw Self.tooLarge }
        instructions.append(instruction)
        return instructions.count - 1
    }

    static let tooLarge = CELPatternError(
        .tooLarge, "the pattern is too large: repetitions multiply what they repeat", offset: 0)

    /// Adds what `node` needs, which goes on at `next`. Returns where it begins.
    private mutating func emit(_ node: PatternNode, before next: Int) throws(CELPatternError) -> Int {
        switch node {
        case .empty: return next
        case .set(let set): return try add(.consume(set: set, next: next))
        case .assertion(let assertion): return try add(.assert(assertion, next: next))
        case .sequence(let nodes):
            var next = next
            for node in nodes.reversed() { next = try emit(node, before: next) }
            return next
        case .choice(let nodes):
            var entry: Int?
            for node in nodes.reversed() {
                let begin = try emit(node, before: next)
                if let other = entry { entry = try add(.split(begin, other)) } else { entry = begin }
            }
            return entry ?? next
        case .repetition(let node, let minimum, let maximum):
            return try emit(node, minimum: minimum, maximum: maximum, before: next)
        }
    }

    private mutating func emit(
        _ node: PatternNode, minimum: Int, maximum: Int?, before next: Int
    ) throws(CELPatternError) -> Int {
        var entry = next
        var copies = minimum
        if let maximum {
            for _ in minimum..<maximum {
                let begin = try emit(node, before: entry)
                // A node that consumes nothing needs no choice, and repeating it changes nothing.
                if begin == entry { return next }
                entry = try add(.split(begin, next))
            }
        } else {
            let loop = try add(.split(next, next))
            let begin = try emit(node, before: loop)
            instructions[loop] = .split(begin, next)
            entry = minimum == 0 ? loop : begin
            copies = max(0, minimum - 1)
        }
        for _ in 0..<copies {
            let begin = try emit(node, before: entry)
            if begin == entry { break }
            entry = begin
        }
        return entry
    }
}

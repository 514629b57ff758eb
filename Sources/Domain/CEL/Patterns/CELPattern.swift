/// A regular expression in RE2's syntax, compiled once and immutable.
///
/// Matching takes time linear in the text, whatever the pattern: there are neither backreferences nor look-around, and
/// nothing is tried twice. Its size and the nesting of its groups are bounded, and nothing recurses on the text.
public struct CELPattern: Sendable {
    /// The pattern as it was written.
    public let source: CELString
    private let engine: Engine

    private enum Engine: Sendable {
        case literal(PatternLiteral)
        case table(PatternTable)
        case automaton(PatternAutomaton)
    }

    /// The most code points that a pattern may have.
    public static let longestSource = 10_000

    /// Compiles `source`. With `prepared` some work is spent on faster matching, which pays from the second match on.
    public init(_ source: CELString, prepared: Bool = true) throws(CELPatternError) {
        self.source = source
        let text = source.scalars.map(\.value)
        guard text.count <= Self.longestSource else {
            throw CELPatternError(
                .tooLarge, "a pattern must not have more than \(Self.longestSource) characters",
                offset: Self.longestSource)
        }
        var parser = PatternParser(text)
        let node = try parser.parse()
        if let literal = PatternLiteral(node, sets: parser.sets) {
            engine = .literal(literal)
            return
        }
        let automaton = try PatternAutomaton(program: PatternProgram(node), sets: parser.sets)
        if prepared, let table = PatternTable(automaton) {
            engine = .table(table)
        } else {
            engine = .automaton(automaton)
        }
    }

    /// Whether a part of `text` matches; `^` and `$` in the pattern tie it to the ends.
    @inline(__always)
    public func matches(_ text: CELString) -> Bool { text.withBytes { matches($0) } }

    /// Whether a part of `bytes`, which should be UTF-8, matches. What is not well-formed counts as U+FFFD.
    public func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var steps = 0
        return matches(bytes, steps: &steps)
    }

    /// The most steps that matching takes for one byte of text: 1 for what was prepared.
    public var stepsPerByte: Int {
        switch engine {
        case .literal, .table: 1
        case .automaton(let automaton): 2 * automaton.program.instructions.count
        }
    }

    /// The same, counting the instructions and transitions that it took.
    func matches(_ bytes: UnsafeBufferPointer<UInt8>, steps: inout Int) -> Bool {
        switch engine {
        case .literal(let literal): literal.matches(bytes, steps: &steps)
        case .table(let table): table.matches(bytes, steps: &steps)
        case .automaton(let automaton): automaton.matches(bytes, steps: &steps)
        }
    }
}

extension CELPattern: Hashable {
    public static func == (left: CELPattern, right: CELPattern) -> Bool { left.source == right.source }
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}

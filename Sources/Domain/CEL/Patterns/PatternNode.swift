/// A pattern as it was read. Which of several matches is preferred is left out: the question is only whether one exists.
indirect enum PatternNode {
    /// Matches the empty text.
    case empty
    /// Matches one code point of the set with that number.
    case set(Int)
    case assertion(PatternAssertion)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// From `minimum` to `maximum` times, or without an upper bound.
    case repetition(PatternNode, minimum: Int, maximum: Int?)
}

/// A condition on the place between two code points.
enum PatternAssertion: Hashable {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary

    /// Whether it holds between `before` and `after`.
    @inline(__always)
    func holds(before: PatternNeighbour, after: PatternNeighbour) -> Bool {
        switch self {
        case .textStart: before == .edge
        case .textEnd: after == .edge
        case .lineStart: before == .edge || before == .newline
        case .lineEnd: after == .edge || after == .newline
        case .wordBoundary: (before == .word) != (after == .word)
        case .noWordBoundary: (before == .word) == (after == .word)
        }
    }
}

/// What an assertion needs to know of a code point next to it.
enum PatternNeighbour: UInt8, Hashable {
    /// There is none: the text begins or ends.
    case edge
    case newline
    case word
    case other

    static let count = 4
}

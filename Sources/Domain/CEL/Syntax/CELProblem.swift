/// Where something stands in the text of an expression.
public struct CELPosition: Sendable, Hashable {
    /// Counted from 1.
    public let line: Int
    /// In code points, counted from 1.
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// Something that is wrong with an expression, found before it is evaluated.
public struct CELProblem: Error, Sendable, Hashable {
    public let position: CELPosition
    public let message: String

    public init(position: CELPosition, message: String) {
        self.position = position
        self.message = message
    }
}

extension CELProblem: CustomStringConvertible {
    public var description: String { "\(position.line):\(position.column): \(message)" }
}

/// All that was found, at least one, in the order of the text as far as it was read.
public struct CELProblems: Error, Sendable, Hashable {
    public let problems: [CELProblem]

    public init(_ problems: [CELProblem]) { self.problems = problems }
}

extension CELProblems: CustomStringConvertible {
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Why a text is not a regular expression that can be used.
public struct CELPatternError: Error, Equatable, Sendable {
    public enum Code: String, Sendable {
        /// The text does not follow the syntax.
        case syntax
        /// The syntax exists elsewhere, but takes more than linear time: look-around, backreferences.
        case unsupported
        /// The pattern needs a larger program than is allowed.
        case tooLarge = "too_large"
        /// Groups lie within groups too deeply.
        case tooDeep = "too_deep"
    }

    public let code: Code
    /// What is wrong, beginning in lower case.
    public let message: String
    /// Where in the pattern, in code points from 0.
    public let offset: Int

    public init(_ code: Code, _ message: String, offset: Int) {
        self.code = code
        self.message = message
        self.offset = offset
    }
}

extension CELPatternError: CustomStringConvertible {
    /// The message with the position, which counts from 1 as a reader does.
    public var description: String { "\(message) at character \(offset + 1) of the pattern" }
}

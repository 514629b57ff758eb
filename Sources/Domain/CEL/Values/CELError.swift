/// Why an evaluation has no value.
public struct CELError: Error, Sendable, Hashable {
    public enum Code: String, Sendable, Hashable {
        case noSuchOverload = "no_such_overload"
        case noSuchField = "no_such_field"
        case noSuchKey = "no_such_key"
        case undeclaredReference = "undeclared_reference"
        case divisionByZero = "division_by_zero"
        case modulusByZero = "modulus_by_zero"
        /// A result or a conversion beyond the range of its type.
        case overflow = "overflow"
        case indexOutOfRange = "index_out_of_range"
        case duplicateKey = "duplicate_key"
        case unsupportedKeyType = "unsupported_key_type"
        /// An argument of the right type and a wrong value: a pattern, a time zone, a number as text.
        case invalidArgument = "invalid_argument"
        /// The evaluation would have cost more than it was allowed to.
        case costLimit = "cost_limit_exceeded"
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension CELError: CustomStringConvertible {
    public var description: String { message }
}

/// Why a key, a note, a checkpoint, a record or a proof is not taken.
public struct AuditError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The text of a public or private key is not one.
        case key = "malformed-key"
        /// The text is not a signed note.
        case note = "malformed-note"
        /// The text of a note is not a checkpoint.
        case checkpoint = "malformed-checkpoint"
        /// No signature of the key, or one that does not verify.
        case signature = "bad-signature"
        /// A leaf is not a record in its canonical form.
        case record = "malformed-record"
        /// A proof is not one, or does not prove what it says.
        case proof = "bad-proof"
        /// A size or place outside of the tree.
        case range = "out-of-range"
    }

    public let code: Code
    /// What was being done: `read the public key`.
    public let operation: String
    public let message: String

    public init(code: Code, operation: String, message: String) {
        self.code = code
        self.operation = operation
        self.message = message
    }

    public var description: String { "\(operation): \(message) (\(code.rawValue))" }
}

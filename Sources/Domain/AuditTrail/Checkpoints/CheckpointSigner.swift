import AccessModel
import Crypto

/// The private key of a log. It signs checkpoints of the log of its own name, and does not print.
public struct CheckpointSigner: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: Curve25519.Signing.PrivateKey
    private let name: KeyName
    public let verifier: CheckpointVerifier

    /// A key from 32 bytes of randomness. `name` should be a URL without a scheme: `example.com/tenure`.
    public init(name: String, seed: [UInt8]) throws(AuditError) {
        guard let keyName = KeyName(name) else {
            throw Self.refusal("the name `\(name)` is empty or holds a space, a control character or `+`")
        }
        try self.init(name: keyName, seed: seed)
    }

    /// Reads `PRIVATE+KEY+NAME+ID+BASE64` strictly.
    public init(encoded: SecretText) throws(AuditError) {
        let text = encoded.reveal()
        guard text.utf8.starts(with: Self.marker.utf8),
            let parts = KeyName.split(key: Array(text.utf8.dropFirst(Self.marker.utf8.count)))
        else { throw Self.refusal("it is not of the form `PRIVATE+KEY+NAME+ID+KEY` with an Ed25519 key") }
        try self.init(name: parts.name, seed: parts.key)
        guard verifier.keyID == parts.id else { throw Self.refusal("its id does not belong to its name and key") }
    }

    private init(name: KeyName, seed: [UInt8]) throws(AuditError) {
        do {
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        } catch {
            throw Self.refusal("an Ed25519 key needs 32 bytes, not \(seed.count)")
        }
        self.name = name
        verifier = CheckpointVerifier(name: name, publicKey: Array(key.publicKey.rawRepresentation))
    }

    /// The key's text, to be kept where nobody else reads.
    public var encoded: SecretText {
        SecretText(Self.marker + name.encode(id: verifier.keyID, key: Array(key.rawRepresentation)))
    }

    /// Signs a checkpoint of the log of this key's name. The caller vouches that it is consistent with every one
    /// that was signed before.
    public func sign(_ checkpoint: Checkpoint) throws(AuditError) -> SignedNote {
        guard name.isSame(as: checkpoint.origin) else {
            throw AuditError(
                code: .checkpoint, operation: "sign a checkpoint",
                message: "it is of the log `\(checkpoint.origin)`, the key of `\(name.text)`")
        }
        return try sign(text: checkpoint.text)
    }

    func sign(text: String) throws(AuditError) -> SignedNote {
        do {
            let signature = Array(try key.signature(for: Array(text.utf8)))
            let line = SignedNote.Signature(name: name.text, keyID: verifier.keyID, bytes: signature)
            return SignedNote(text: text, signatures: [line])
        } catch {
            throw AuditError(code: .signature, operation: "sign a checkpoint", message: "\(error)")
        }
    }

    public var description: String { "the private key of \(verifier.vkey)" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    private static let marker = "PRIVATE+KEY+"

    private static func refusal(_ message: String) -> AuditError {
        AuditError(code: .key, operation: "read the private key", message: message)
    }
}

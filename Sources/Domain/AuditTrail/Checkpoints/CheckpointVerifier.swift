import Crypto

/// The public key of a log: `NAME+HEX ID+BASE64`. It must come from elsewhere than what it verifies.
public struct CheckpointVerifier: Hashable, Sendable {
    private let keyName: KeyName
    private let publicKey: [UInt8]
    public let keyID: UInt32

    init(name: KeyName, publicKey: [UInt8]) {
        keyName = name
        self.publicKey = publicKey
        keyID = name.keyID(publicKey: publicKey)
    }

    /// Reads a public key strictly; only Ed25519 is taken. Space around it is not part of it.
    public init(vkey: String) throws(AuditError) {
        guard let parts = KeyName.split(key: vkey.utf8) else {
            throw Self.refusal("it is not of the form `NAME+ID+KEY` with an Ed25519 key")
        }
        self.init(name: parts.name, publicKey: parts.key)
        guard keyID == parts.id else { throw Self.refusal("its id does not belong to its name and key") }
        do {
            _ = try Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
        } catch {
            throw Self.refusal("it is not an Ed25519 key: \(error)")
        }
    }

    public var name: String { keyName.text }

    /// The key's text, to hand to those who verify.
    public var vkey: String { keyName.encode(id: keyID, key: publicKey) }

    /// The text of `note`, once this key has signed it. Signatures of other keys are passed over; a signature of
    /// this key that does not verify refuses the note, whatever else stands beside it.
    public func verify(_ note: SignedNote) throws(AuditError) -> String {
        let own = note.signatures.filter { $0.keyID == keyID && keyName.isSame(as: $0.name) }
        guard !own.isEmpty else { throw Self.failure("no signature of `\(vkey)` is on it") }
        for signature in own where !isValid(signature.bytes, of: note.text) {
            throw Self.failure("the signature of `\(name)` does not verify")
        }
        return note.text
    }

    /// The checkpoint in `note`, once this key has signed it for the log of its own name.
    public func checkpoint(_ note: SignedNote) throws(AuditError) -> Checkpoint {
        let checkpoint = try Checkpoint(text: try verify(note))
        guard keyName.isSame(as: checkpoint.origin) else {
            throw Self.failure("it is of the log `\(checkpoint.origin)`, the key of `\(name)`")
        }
        return checkpoint
    }

    /// Reads and verifies at once.
    public func checkpoint(_ note: String) throws(AuditError) -> Checkpoint {
        try checkpoint(try SignedNote(note))
    }

    private func isValid(_ signature: [UInt8], of text: String) -> Bool {
        do {
            let key = try Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
            return key.isValidSignature(signature, for: Array(text.utf8))
        } catch {
            return false
        }
    }

    private static func refusal(_ message: String) -> AuditError {
        AuditError(code: .key, operation: "read the public key", message: message)
    }

    private static func failure(_ message: String) -> AuditError {
        AuditError(code: .signature, operation: "verify a checkpoint", message: message)
    }
}

import AccessModel

/// A sealed grant and the signatures below it: the file that is put away for the bad day.
public struct SealedNote: Hashable, Sendable {
    /// Whose key it is.
    public struct Key: Hashable, Sendable {
        public let address: EmailAddress
        public let verifier: CheckpointVerifier

        public init(address: EmailAddress, verifier: CheckpointVerifier) {
            self.address = address
            self.verifier = verifier
        }
    }

    public let grant: SealedGrant
    private let signatures: [SignedNote.Signature]

    /// Not signed by anybody yet.
    public init(_ grant: SealedGrant) {
        self.grant = grant
        signatures = []
    }

    private init(_ grant: SealedGrant, _ signatures: [SignedNote.Signature]) {
        self.grant = grant
        self.signatures = signatures
    }

    /// Reads what ``encoded`` wrote. Signatures are not looked at; that is ``signers(among:)``'s.
    public init(reading bytes: [UInt8]) throws(AuditError) {
        guard bytes.count <= SignedNote.maximumLength, let text = String(validating: bytes, as: UTF8.self) else {
            throw AuditError(code: .note, operation: "read a sealed grant", message: "it is too long, or not UTF-8")
        }
        if !bytes.reversed().starts(with: [lineFeed, lineFeed]), !Self.hasSignatures(bytes) {
            self.init(try SealedGrant(text: text))
            return
        }
        let note = try SignedNote(bytes)
        self.init(try SealedGrant(text: note.text), note.signatures)
    }

    private static func hasSignatures(_ bytes: [UInt8]) -> Bool {
        zip(bytes, bytes.dropFirst()).contains { $0 == lineFeed && $1 == lineFeed }
    }

    /// The whole file.
    public var encoded: String {
        signatures.isEmpty ? grant.text : SignedNote(text: grant.text, signatures: signatures).encoded
    }

    public var isSigned: Bool { !signatures.isEmpty }

    /// With the signature of one more key; one that signed already changes nothing.
    public func signed(by signer: CheckpointSigner) throws(AuditError) -> SealedNote {
        let verifier = signer.verifier
        guard !signatures.contains(where: { $0.keyID == verifier.keyID && $0.name == verifier.name }) else {
            return self
        }
        return SealedNote(grant, signatures + (try signer.sign(text: grant.text).signatures))
    }

    /// Who of `keys` has signed; those whom the grant is for do not count. Signatures of unknown keys are passed over.
    ///
    /// - Throws: `bad-signature` for one of a known key that does not verify, whatever else stands beside it.
    public func signers(among keys: [Key]) throws(AuditError) -> [EmailAddress] {
        let note = SignedNote(text: grant.text, signatures: signatures)
        var signers: [EmailAddress] = []
        for key in keys where !grant.addresses.contains(key.address) && !signers.contains(key.address) {
            let isOnIt = signatures.contains { $0.keyID == key.verifier.keyID && $0.name == key.verifier.name }
            guard isOnIt else { continue }
            _ = try key.verifier.verify(note)
            signers.append(key.address)
        }
        return signers
    }
}

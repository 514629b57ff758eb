/// A text with signatures below it (https://c2sp.org/signed-note). Reading one verifies nothing; that is
/// ``CheckpointVerifier``'s.
public struct SignedNote: Hashable, Sendable {
    /// One signature line: `— NAME BASE64`.
    public struct Signature: Hashable, Sendable {
        public let name: String
        /// The first four bytes, which say which key of that name it is meant to be.
        public let keyID: UInt32
        public let bytes: [UInt8]

        public init(name: String, keyID: UInt32, bytes: [UInt8]) {
            self.name = name
            self.keyID = keyID
            self.bytes = bytes
        }
    }

    /// The most signatures that are read.
    public static let maximumSignatures = 100
    /// The longest note that is read, in bytes.
    public static let maximumLength = 1 << 20

    /// What is signed, its last line feed included.
    public let text: String
    public let signatures: [Signature]

    init(text: String, signatures: [Signature]) {
        self.text = text
        self.signatures = signatures
    }

    /// Reads a note strictly: every signature line must be well formed, whether its key is known or not.
    public init(_ note: some Collection<UInt8>) throws(AuditError) {
        let bytes = Array(note)
        guard bytes.count <= Self.maximumLength else { throw Self.refusal("it is longer than 1 MiB") }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Self.refusal("it is not UTF-8") }
        guard bytes.allSatisfy({ $0 >= 0x20 || $0 == lineFeed }) else {
            throw Self.refusal("it holds a control character")
        }
        guard bytes.last == lineFeed else { throw Self.refusal("it does not end with a line feed") }
        let blank = bytes.indices.dropLast().last { bytes[$0] == lineFeed && bytes[$0 + 1] == lineFeed }
        guard let blank, blank + 2 < bytes.count else {
            throw Self.refusal("a blank line with signatures below it is missing")
        }
        let lines = bytes[(blank + 2)...].dropLast().split(separator: lineFeed, omittingEmptySubsequences: false)
        guard lines.count <= Self.maximumSignatures else {
            throw Self.refusal("it has more than \(Self.maximumSignatures) signatures")
        }
        text = String(decoding: bytes[...blank], as: UTF8.self)
        var signatures: [Signature] = []
        for line in lines { signatures.append(try Self.signature(line)) }
        self.signatures = signatures
    }

    public init(_ note: String) throws(AuditError) { try self.init(note.utf8) }

    /// The whole note, as it is stored and handed around.
    public var encoded: String {
        text + "\n"
            + signatures.map { signature in
                let bytes = KeyName.bigEndian(signature.keyID) + signature.bytes
                return "\(Self.marker)\(signature.name) \(Base64.encode(bytes))\n"
            }.joined()
    }

    /// An em dash and a space.
    private static let marker = "\u{2014} "

    private static func signature(_ line: ArraySlice<UInt8>) throws(AuditError) -> Signature {
        guard line.starts(with: marker.utf8) else {
            throw refusal("a signature line does not begin with an em dash and a space")
        }
        let parts = line.dropFirst(marker.utf8.count).split(
            separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, let name = KeyName(parts[0]), let bytes = Base64.decode(parts[1]), bytes.count > 4
        else {
            throw refusal("a signature line is not a key's name, a space and a base64 signature")
        }
        return Signature(name: name.text, keyID: KeyName.integer(bytes.prefix(4)), bytes: Array(bytes.dropFirst(4)))
    }

    private static func refusal(_ message: String) -> AuditError {
        AuditError(code: .note, operation: "read a signed note", message: message)
    }
}

let lineFeed = UInt8(ascii: "\n")

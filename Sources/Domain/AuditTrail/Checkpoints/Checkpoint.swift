/// The size and root of a log at a moment (https://c2sp.org/tlog-checkpoint).
public struct Checkpoint: Hashable, Sendable {
    /// Which log it is; the name of the key that signs it.
    public let origin: String
    /// How many records the log held.
    public let size: Int
    public let root: MerkleHash
    /// Further lines, which are signed along and mean nothing to Tenure.
    public let extensions: [String]

    public init(origin: String, size: Int, root: MerkleHash) {
        self.init(origin: origin, size: size, root: root, extensions: [])
    }

    private init(origin: String, size: Int, root: MerkleHash, extensions: [String]) {
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// Reads the text of a note strictly.
    public init(text: String) throws(AuditError) {
        guard text.utf8.last == lineFeed else { throw Self.refusal("it does not end with a line feed") }
        let lines = text.utf8.dropLast().split(separator: lineFeed, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard lines.count >= 3, !lines.contains(where: \.isEmpty) else {
            throw Self.refusal("it needs an origin, a size and a root, each on a line of its own")
        }
        guard let size = Int(lines[1]), size >= 0, String(size).utf8.elementsEqual(lines[1].utf8) else {
            throw Self.refusal("the size `\(lines[1])` is not a decimal number without leading zeros")
        }
        guard let root = MerkleHash(base64: lines[2]) else {
            throw Self.refusal("the root is not the base64 of 32 bytes")
        }
        guard size > 0 || root == .emptyRoot else { throw Self.refusal("the root is not that of an empty log") }
        self.init(origin: lines[0], size: size, root: root, extensions: Array(lines.dropFirst(3)))
    }

    /// What is signed.
    public var text: String {
        ([origin, String(size), root.base64] + extensions).map { $0 + "\n" }.joined()
    }

    private static func refusal(_ message: String) -> AuditError {
        AuditError(code: .checkpoint, operation: "read a checkpoint", message: message)
    }
}

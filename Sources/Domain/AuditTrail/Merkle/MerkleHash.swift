import Crypto

/// A SHA-256 hash in an RFC 6962 tree.
///
/// Leaves and inner nodes are hashed behind different prefixes, so that neither can pass for the other.
public struct MerkleHash: Hashable, Sendable, CustomStringConvertible {
    public static let byteCount = 32

    // The bytes as they are, in four words rather than an array: millions of nodes need no allocation of their own.
    private let words: SIMD4<UInt64>

    /// Nil unless there are 32 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        let words = bytes.withContiguousStorageIfAvailable { UnsafeRawBufferPointer($0).loadUnaligned(as: Words.self) }
        self.words = words ?? Array(bytes).withUnsafeBytes { $0.loadUnaligned(as: Words.self) }
    }

    private typealias Words = SIMD4<UInt64>

    private init(_ digest: SHA256.Digest) { words = digest.withUnsafeBytes { $0.loadUnaligned(as: Words.self) } }

    public var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

    /// Standard base64 with padding, as checkpoints and exports write it.
    public var base64: String { Base64.encode(bytes) }

    /// Nil for anything but the one base64 form of 32 bytes.
    public init?(base64: some StringProtocol) {
        guard let bytes = Base64.decode(base64.utf8) else { return nil }
        self.init(bytes: bytes)
    }

    /// Lower-case hexadecimal.
    public var hex: String { Hexadecimal.encode(bytes) }

    /// Nil for anything but 64 lower-case hexadecimal digits.
    public init?(hex: some StringProtocol) {
        guard let bytes = Hexadecimal.decode(hex.utf8) else { return nil }
        self.init(bytes: bytes)
    }

    public var description: String { hex }

    /// The root of the tree without leaves: the hash of nothing.
    public static let emptyRoot = digest(prefix: nil, [])

    /// SHA-256(0x00 || bytes).
    public static func leaf(_ bytes: some Collection<UInt8>) -> MerkleHash { digest(prefix: 0, bytes) }

    /// SHA-256(0x01 || left || right).
    public static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * byteCount, alignment: 1) { buffer in
            buffer[0] = 1
            buffer.storeBytes(of: left.words, toByteOffset: 1, as: Words.self)
            buffer.storeBytes(of: right.words, toByteOffset: 1 + byteCount, as: Words.self)
            var hasher = SHA256()
            hasher.update(bufferPointer: UnsafeRawBufferPointer(buffer))
            return MerkleHash(hasher.finalize())
        }
    }

    private static func digest(prefix: UInt8?, _ bytes: some Collection<UInt8>) -> MerkleHash {
        var hasher = SHA256()
        if let prefix { withUnsafeBytes(of: prefix) { hasher.update(bufferPointer: $0) } }
        let updated: Void? = bytes.withContiguousStorageIfAvailable {
            hasher.update(bufferPointer: UnsafeRawBufferPointer($0))
        }
        if updated == nil {
            Array(bytes).withUnsafeBytes { hasher.update(bufferPointer: $0) }
        }
        return MerkleHash(hasher.finalize())
    }
}

import AuditTrail
import Foundation

/// The receipts beside a sealed grant: lines are added at its end, and are on disk before anything follows from them.
///
/// Whoever holds one has the grant for itself.
public final class ReceiptFile {
    public let path: String
    private let descriptor: Int32
    public private(set) var use: SealedUse

    /// More is no file of receipts.
    private static let maximumSize = 1 << 20

    /// Opens or makes the file, and reads it.
    ///
    /// - Throws: ``LifecycleError`` `denied` while another process has it.
    ///
    /// A line that was begun and not ended was never acted on; it is cut off.
    public init(_ path: String, of grant: SealedGrant) throws {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw Self.failure("open `\(path)`") }
        self.descriptor = descriptor
        use = SealedUse(grant)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno != EWOULDBLOCK else {
                close(descriptor)
                throw LifecycleError(
                    code: .denied, operation: "use \(grant.id)", message: "another process has it in hand")
            }
            guard errno == EINTR else { throw Self.failure("lock `\(path)`") }
        }
        var bytes = try Self.contents(descriptor, path)
        if let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map({ $0 + 1 }) ?? (bytes.isEmpty ? nil : 0),
            end < bytes.count
        {
            guard ftruncate(descriptor, off_t(end)) == 0 else { throw Self.failure("mend `\(path)`") }
            bytes.removeSubrange(end...)
        }
        use = try SealedUse(grant, reading: bytes)
        try Self.synchronizeFolder(of: path)
    }

    /// The lock is let go of by name: a child that is just being started has the descriptor, too.
    deinit {
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// The file of a grant's file.
    public static func path(beside file: String) -> String { file + ".receipts" }

    /// What is in a file that is there, without waiting for it; unused where there is none.
    public static func read(_ path: String, of grant: SealedGrant) throws -> SealedUse {
        try SealedUse(grant, reading: try lines(path))
    }

    /// The whole lines of a file; none where there is none.
    public static func lines(_ path: String) throws -> [UInt8] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        guard let data = FileManager.default.contents(atPath: path), data.count <= maximumSize else {
            throw LifecycleError(
                code: .invalid, operation: "read `\(path)`", message: "it cannot be read, or is no file of receipts")
        }
        return data.lastIndex(of: UInt8(ascii: "\n")).map { Array(data[...$0]) } ?? []
    }

    /// Adds a line and returns once it is on disk.
    public func append(_ receipt: SealedReceipt, as next: SealedUse) throws {
        var rest = (receipt.line + [UInt8(ascii: "\n")])[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write `\(path)`") }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw Self.failure("write `\(path)` to disk") }
        use = next
    }

    private static func contents(_ descriptor: Int32, _ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read `\(path)`") }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= maximumSize else { throw failure("read all of `\(path)`") }
        }
    }

    private static func synchronizeFolder(of path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open the folder of `\(path)`") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("write the folder of `\(path)` to disk") }
    }

    private static func failure(_ operation: String) -> LifecycleError {
        LifecycleError(code: .invalid, operation: operation, message: String(cString: strerror(errno)))
    }
}

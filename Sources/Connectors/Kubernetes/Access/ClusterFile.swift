import ConnectorKit
import Foundation

/// Small files that say how to reach a cluster.
enum ClusterFile {
    static let maximumBytes = 1 << 20

    /// What tells one content of a file from the next.
    struct Mark: Hashable, Sendable {
        let inode: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
        /// Whether everybody on this machine may read it.
        let isOpen: Bool
    }

    struct Content: Sendable {
        let bytes: [UInt8]
        let mark: Mark
    }

    static func read(_ path: String, _ operation: String) throws(ConnectorError) -> [UInt8] {
        try content(path, operation).bytes
    }

    /// - Throws: A `configuration` error that names the file.
    static func content(_ path: String, _ operation: String) throws(ConnectorError) -> Content {
        func refuse(_ why: String) -> ConnectorError {
            ConnectorError(code: .configuration, operation: operation, message: "`\(path)` \(why)")
        }
        // Opened first and looked at then, so that nobody can put another file in between.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw refuse("cannot be opened: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        guard let mark = mark(descriptor) else { throw refuse("is not a regular file") }
        guard mark.size <= maximumBytes else { throw refuse("is larger than 1 MiB") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = Foundation.read(descriptor, &buffer, buffer.count), count != 0 {
            guard count > 0 else { throw refuse("cannot be read: \(String(cString: strerror(errno)))") }
            bytes += buffer[..<count]
            guard bytes.count <= maximumBytes else { throw refuse("is larger than 1 MiB") }
        }
        return Content(bytes: bytes, mark: mark)
    }

    /// Nil where there is no such file.
    static func mark(of path: String) -> Mark? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return mark(descriptor)
    }

    private static func mark(_ descriptor: Int32) -> Mark? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        return Mark(
            inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: Int(time.tv_sec),
            nanoseconds: Int(time.tv_nsec), isOpen: status.st_mode & 0o007 != 0)
    }
}

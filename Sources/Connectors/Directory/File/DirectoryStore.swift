import ConnectorKit
import Foundation

/// Why the file could not be read or written.
struct StoreFailure: Error {
    let code: ConnectorError.Code
    let message: String

    init(_ code: ConnectorError.Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What the last system call said.
    static func system(_ doing: String, _ path: String) -> StoreFailure {
        let number = errno
        let code: ConnectorError.Code =
            switch number {
            case ENOENT, ENOTDIR, EACCES, EPERM, EISDIR, EROFS: .configuration
            default: .targetFailure
            }
        return StoreFailure(code, "cannot \(doing) `\(path)`: \(String(cString: strerror(number)))")
    }
}

/// Which file this is and how it was when it was last seen.
struct FileStamp: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        #if canImport(Darwin)
            (seconds, nanoseconds) = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
        #else
            (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        #endif
    }

    func isSameFile(as other: FileStamp) -> Bool { device == other.device && inode == other.inode }
}

/// The system calls around one file: what they return from is on disk.
struct DirectoryStore: Sendable {
    let path: String

    /// Whether there is no file, in a folder that is there.
    var isUntouched: Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) && isFolder.boolValue
            && !FileManager.default.fileExists(atPath: path)
    }

    private var folder: String {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return folder.isEmpty ? "/" : folder
    }

    /// Nil when there is no such file.
    func stamp() throws(StoreFailure) -> FileStamp? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw .system("look at", path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StoreFailure(.configuration, "`\(path)` is not a regular file")
        }
        return FileStamp(status)
    }

    func read(from offset: Int) throws(StoreFailure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var position = offset
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(position))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .system("read", path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            position += count
        }
    }

    /// Writes behind the last whole batch, over what a torn one left.
    func append(_ bytes: [UInt8], at length: Int) throws(StoreFailure) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", path) }
        defer { close(descriptor) }
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw .system("shorten", path) }
        do throws(StoreFailure) {
            try write(bytes, to: descriptor, at: length)
            guard fsync(descriptor) == 0 else { throw .system("flush", path) }
        } catch {
            // The error that comes out is the first one; the next writer writes the file anew anyway.
            _ = ftruncate(descriptor, off_t(length))
            throw error
        }
    }

    /// The file is the old one or the new one, never something in between.
    func replace(with bytes: [UInt8]) throws(StoreFailure) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system("create", temporary) }
        do throws(StoreFailure) {
            defer { close(descriptor) }
            try write(bytes, to: descriptor, at: 0)
            guard fsync(descriptor) == 0 else { throw .system("flush", temporary) }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else { throw .system("rename", temporary) }
        let parent = open(folder, O_RDONLY | O_CLOEXEC)
        guard parent >= 0 else { throw .system("open", folder) }
        defer { close(parent) }
        guard fsync(parent) == 0 else { throw .system("flush", folder) }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32, at offset: Int) throws(StoreFailure) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written, off_t(offset + written)
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .system("write to", path) }
            written += count
        }
    }
}

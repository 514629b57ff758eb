import Crypto
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Files that are written under another name, put on disk, and only then called what they are called. They are their
/// owner's alone, and none takes the place of another.
public enum DurableFile {
    /// What a file holds, in short.
    public struct Digest: Hashable, Sendable {
        public let bytes: Int
        /// Lower-case hexadecimal.
        public let sha256: String

        public init(bytes: Int, sha256: String) {
            self.bytes = bytes
            self.sha256 = sha256
        }
    }

    private static let chunk = 1 << 20

    /// Makes an empty file that must not be there.
    public static func create(_ path: String) throws(PersistenceError) {
        close(try descriptor(path, O_WRONLY | O_CREAT | O_EXCL))
    }

    /// Makes a file of `bytes` that must not be there.
    public static func create(_ path: String, _ bytes: [UInt8]) throws {
        let handle = FileHandle(fileDescriptor: try descriptor(path, O_WRONLY | O_CREAT | O_EXCL), closeOnDealloc: true)
        try handle.write(contentsOf: Data(bytes))
        try handle.synchronize()
        try handle.close()
    }

    /// Reads a file once, and copies it into one that must not be there, where a path is given.
    public static func digest(_ path: String, copyingTo copy: String? = nil) throws -> Digest {
        let source = FileHandle(fileDescriptor: try descriptor(path, O_RDONLY), closeOnDealloc: true)
        let target = try copy.map { copy in
            FileHandle(fileDescriptor: try descriptor(copy, O_WRONLY | O_CREAT | O_EXCL), closeOnDealloc: true)
        }
        var hash = SHA256()
        var count = 0
        while let data = try source.read(upToCount: chunk), !data.isEmpty {
            hash.update(data: data)
            count += data.count
            try target?.write(contentsOf: data)
        }
        try target?.synchronize()
        try target?.close()
        try source.close()
        return Digest(bytes: count, sha256: hash.finalize().hexText)
    }

    /// Gives a file its name, once what is in it is on disk. Throws where something is called so already; then nothing
    /// is changed.
    public static func publish(_ temporary: String, as path: String) throws(PersistenceError) {
        let file = try descriptor(temporary, O_RDWR)
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure("write `\(temporary)` to disk") }
        guard link(temporary, path) == 0 else { throw failure("call it `\(path)`") }
        unlink(temporary)
        let folder = (path as NSString).deletingLastPathComponent
        let parent = try descriptor(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY)
        defer { close(parent) }
        guard fsync(parent) == 0 else { throw failure("write the folder of `\(path)` to disk") }
    }

    private static func descriptor(_ path: String, _ flags: Int32) throws(PersistenceError) -> Int32 {
        let descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("open `\(path)`") }
        return descriptor
    }

    private static func failure(_ operation: String) -> PersistenceError {
        PersistenceError(code: .storage, operation: operation, message: String(cString: strerror(errno)))
    }
}

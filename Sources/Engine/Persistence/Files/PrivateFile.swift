import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Files that nobody but their owner may read, written so that a crash leaves the old or the new, never a part.
package enum PrivateFile {
    /// Makes sure that a file at `path` exists and is its owner's alone, and so is every folder that is missing yet.
    static func prepare(_ path: String) throws(PersistenceError) {
        let folder = folder(of: path)
        try prepareFolder(folder)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("create `\(path)`", .unavailable) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("look at `\(path)`", .unavailable) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw PersistenceError(code: .unavailable, operation: "open `\(path)`", message: "it is not a file")
        }
        if status.st_mode & 0o077 != 0, fchmod(descriptor, 0o600) != 0 {
            throw failure("make `\(path)` private", .unavailable)
        }
        try synchronizeFolder(folder)
    }

    /// Replaces the file at `path` as one step and returns once that is on disk.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(PersistenceError) {
        let folder = folder(of: path)
        try prepareFolder(folder)
        let temporary = "\(path).\(getpid())-\(UInt64.random(in: 0...UInt64.max)).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("create `\(temporary)`", .storage) }
        do throws(PersistenceError) {
            try write(bytes, to: descriptor, temporary)
            guard rename(temporary, path) == 0 else { throw failure("replace `\(path)`", .storage) }
        } catch {
            unlink(temporary)
            throw error
        }
        try synchronizeFolder(folder)
    }

    private static func write(
        _ bytes: [UInt8], to descriptor: Int32, _ path: String
    ) throws(PersistenceError) {
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            #if canImport(Glibc)
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            #else
                let count = rest.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
            #endif
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write `\(path)`", .storage) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw failure("write `\(path)` to disk", .storage) }
    }

    /// Runs `body` while no other process runs one under the lock file at `path`.
    static func withLock<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        try prepareFolder(folder(of: path))
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("create `\(path)`", .unavailable) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure("lock `\(path)`", .unavailable) }
        }
        // By name: a child that is just being started has the descriptor, too.
        defer { _ = flock(descriptor, LOCK_UN) }
        return try body()
    }

    /// The bytes of the file at `path`; nil where there is none. At most `limit` bytes.
    package static func contents(_ path: String, limit: Int) throws(PersistenceError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("read `\(path)`", .unavailable)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read `\(path)`", .unavailable) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw PersistenceError(
                    code: .corrupt, operation: "read `\(path)`", message: "it is larger than \(limit) bytes")
            }
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func prepareFolder(_ folder: String) throws(PersistenceError) {
        guard mkdir(folder, 0o700) != 0 else { return try synchronizeFolder(Self.folder(of: folder)) }
        switch errno {
        case EEXIST, EISDIR: return
        case ENOENT where Self.folder(of: folder) != folder:
            try prepareFolder(Self.folder(of: folder))
            // Once more and no oftener: there are folders that are there and take nothing in.
            guard mkdir(folder, 0o700) != 0 else { return try synchronizeFolder(Self.folder(of: folder)) }
            if errno != EEXIST { throw failure("create the folder `\(folder)`", .unavailable) }
        default: throw failure("create the folder `\(folder)`", .unavailable)
        }
    }

    private static func synchronizeFolder(_ folder: String) throws(PersistenceError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open the folder `\(folder)`", .unavailable) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("write the folder `\(folder)` to disk", .storage) }
    }

    private static func failure(_ operation: String, _ code: PersistenceError.Code) -> PersistenceError {
        PersistenceError(code: code, operation: operation, message: String(cString: strerror(errno)))
    }
}

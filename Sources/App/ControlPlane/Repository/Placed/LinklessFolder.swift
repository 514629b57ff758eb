import Foundation

/// A folder in which files are written and removed by relative paths, and no link is followed on the way.
final class LinklessFolder {
    /// Why a file could not be written or removed.
    struct Trouble: Error {
        let number: Int32

        var message: String { String(cString: strerror(number)) }
        /// Something else is called so; it is the same the next time.
        var isLasting: Bool { [EEXIST, ENOTDIR, EISDIR, ENOTEMPTY, ELOOP, ENAMETOOLONG, EINVAL].contains(number) }

        static var last: Trouble { Trouble(number: errno) }
    }

    private let root: Int32

    /// Nil where it cannot be opened.
    init?(_ path: String) {
        root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { return nil }
    }

    deinit { if root >= 0 { close(root) } }

    /// Whether a path leads below the folder, and not among git's own files.
    static func admits(_ path: String) -> Bool {
        path.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x5C }
            && names(in: path).allSatisfy { name in
                !name.utf8.isEmpty && name.utf8.count <= 255 && name != "." && name != ".."
                    && name.lowercased() != ".git"
            }
    }

    /// By its bytes: as characters a slash may be one with what follows it.
    private static func names(in path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    /// Whether there is a regular file.
    func holds(_ path: String) -> Bool {
        do throws(Trouble) {
            return try inParent(of: path, isMade: false) { folder, name throws(Trouble) in
                var status = stat()
                return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFREG
            }
        } catch {
            return false
        }
    }

    /// Writes a file that is its owner's alone, beside its place first, so that nobody ever reads a half of it.
    func put(_ bytes: [UInt8], at path: String) throws(Trouble) {
        try inParent(of: path, isMade: true) { folder, name throws(Trouble) in
            let beside = ".tenure-\(UUID().uuidString)"
            let file = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw .last }
            do throws(Trouble) {
                defer { close(file) }
                try Self.fill(file, bytes)
                guard fsync(file) == 0, renameat(folder, beside, folder, name) == 0 else { throw .last }
            } catch {
                unlinkat(folder, beside, 0)
                throw error
            }
        }
    }

    /// Removes a file, and folders that are empty without it; nothing happens where there is none.
    func remove(_ path: String) throws(Trouble) {
        do throws(Trouble) {
            try inParent(of: path, isMade: false) { folder, name throws(Trouble) in
                guard unlinkat(folder, name, 0) == 0 else { throw .last }
            }
        } catch  where error.number == ENOENT || error.number == ENOTDIR {
            return
        }
        var parents = Self.names(in: path).dropLast()
        while !parents.isEmpty {
            do throws(Trouble) {
                try inParent(of: parents.joined(separator: "/"), isMade: false) { folder, name throws(Trouble) in
                    guard unlinkat(folder, name, AT_REMOVEDIR) == 0 else { throw .last }
                }
            } catch {
                // It holds something else.
                return
            }
            parents = parents.dropLast()
        }
    }

    private static func fill(_ file: Int32, _ bytes: [UInt8]) throws(Trouble) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last }
            rest = rest.dropFirst(count)
        }
    }

    /// Opens folder after folder, so that none of them is a link.
    private func inParent<Value>(
        of path: String, isMade: Bool, _ body: (_ folder: Int32, _ name: String) throws(Trouble) -> Value
    ) throws(Trouble) -> Value {
        guard Self.admits(path) else { throw Trouble(number: EINVAL) }
        let parts = Self.names(in: path)
        var folder = root
        defer { if folder != root { close(folder) } }
        for part in parts.dropLast() {
            if isMade, mkdirat(folder, part, 0o700) != 0, errno != EEXIST { throw .last }
            let next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { throw .last }
            if folder != root { close(folder) }
            folder = next
        }
        return try body(folder, parts[parts.count - 1])
    }
}

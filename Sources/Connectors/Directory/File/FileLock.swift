import Foundation
import Synchronization

/// A lock between processes, on a file beside the directory's own, which outlives that one's replacement.
///
/// The file also holds the directory's id: so a directory that vanished is not mistaken for one that never was.
final class FileLock: Sendable {
    private let path: String
    private let descriptor = Mutex<Int32>(-1)

    init(path: String) { self.path = path }

    deinit { close() }

    func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 {
                // By name: a child that is just being started has the descriptor, too.
                _ = flock(descriptor, LOCK_UN)
                _ = Foundation.close(descriptor)
            }
            descriptor = -1
        }
    }

    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Whether the lock is held now; false when somebody else holds it.
    func tryAcquire() throws(StoreFailure) -> Bool {
        let result: Result<Bool, StoreFailure> = descriptor.withLock { descriptor in
            if descriptor < 0 { descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
            guard descriptor >= 0 else { return .failure(.system("open", path)) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                return errno == EWOULDBLOCK || errno == EINTR ? .success(false) : .failure(.system("lock", path))
            }
            // Somebody may have removed the file: then this lock is on nothing, and the next try takes the new one.
            var (mine, named) = (stat(), stat())
            guard fstat(descriptor, &mine) == 0, stat(path, &named) == 0, mine.st_ino == named.st_ino,
                mine.st_dev == named.st_dev
            else {
                _ = Foundation.close(descriptor)
                descriptor = -1
                return .success(false)
            }
            return .success(true)
        }
        return try result.get()
    }

    func release() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { _ = flock(descriptor, LOCK_UN) }
        }
    }

    /// The directory's id; nil before it has been made.
    func readMarker() throws(StoreFailure) -> String? {
        let result: Result<String?, StoreFailure> = descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return .success(nil) }
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = pread(descriptor, &bytes, bytes.count, 0)
            guard count >= 0 else { return .failure(.system("read", path)) }
            let text = String(decoding: bytes[..<count].prefix { $0 > 0x20 }, as: UTF8.self)
            return .success(text.isEmpty ? nil : text)
        }
        return try result.get()
    }

    func writeMarker(_ id: String) throws(StoreFailure) {
        let bytes = Array((id + "\n").utf8)
        let result: Result<Void, StoreFailure> = descriptor.withLock { descriptor in
            // Without a lock nothing was made here.
            guard descriptor >= 0 else { return .success(()) }
            guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, fsync(descriptor) == 0 else {
                return .failure(.system("write to", path))
            }
            return .success(())
        }
        try result.get()
    }
}

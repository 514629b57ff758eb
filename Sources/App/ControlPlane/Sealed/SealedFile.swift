import AccessModel
import AuditTrail
import Foundation

/// Sealed grants and keys as files.
enum SealedFile {
    private static let maximumSize = 1 << 20

    static func read(_ path: String) throws -> SealedNote {
        try SealedNote(reading: try contents(path, "the sealed grant"))
    }

    /// A key that `tenure break-glass key` made.
    static func signer(_ path: String) throws -> CheckpointSigner {
        var bytes = try contents(path, "the key")
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return try CheckpointSigner(encoded: SecretText(String(decoding: bytes, as: UTF8.self)))
    }

    /// Makes a file that is not there yet, its owner's alone.
    static func create(_ path: String, _ text: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw InstallationError(
                code: .file, operation: "write `\(path)`",
                message: errno == EEXIST ? "it is there already; name a new file" : String(cString: strerror(errno)))
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data(text.utf8))
        try handle.synchronize()
    }

    /// Replaces a file as one step.
    static func replace(_ path: String, _ text: String) throws {
        let temporary = "\(path).\(getpid()).new"
        try create(temporary, text)
        guard rename(temporary, path) == 0 else {
            let problem = String(cString: strerror(errno))
            unlink(temporary)
            throw InstallationError(code: .file, operation: "write `\(path)`", message: problem)
        }
    }

    static func contents(_ path: String, _ what: String) throws -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw InstallationError(
                code: .file, operation: "read \(what)", message: "`\(path)` is not there, or not readable")
        }
        let data = try handle.read(upToCount: maximumSize + 1) ?? Data()
        try handle.close()
        guard data.count <= maximumSize else {
            throw InstallationError(code: .file, operation: "read \(what)", message: "`\(path)` is larger than 1 MiB")
        }
        return Array(data)
    }
}

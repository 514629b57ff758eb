import Foundation

/// A folder of a server's own that goes with this value, open to the account that the server runs as.
final class PostgreSQLFolder: Sendable {
    let path: String

    init() throws {
        // Not under the tests' own folder: the server's account could not come to it where that is private.
        path = "/tmp/tenure-postgresql-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            print("cannot remove \(path): \(error)")
        }
    }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }

    /// A CA of its own and a certificate for 127.0.0.1.
    func certificates(_ name: String) throws -> LDAPCertificates {
        let folder = try LDAPFolder()
        _ = try LDAPCertificates(folder, address: "127.0.0.1")
        try FileManager.default.copyItem(atPath: folder.path, toPath: path + "/" + name)
        return LDAPCertificates(at: path + "/" + name)
    }
}

/// Who the server runs as: it refuses to be root.
struct PostgreSQLAccount: Sendable {
    /// What stands before a command that is to run as it.
    let words: [String]
    private let name: String?

    init() throws {
        guard geteuid() == 0 else {
            (words, name) = ([], nil)
            return
        }
        let accounts: [String] = ["postgres", "nobody"]
        let found = accounts.first { getpwnam($0) != nil }
        guard let found, let setpriv = TestSystems.find("setpriv") else {
            throw LDAPTool.Failure(description: "there is no account for the server to run as")
        }
        name = found
        words = [setpriv, "--reuid", found, "--regid", found == "nobody" ? "nogroup" : found, "--clear-groups"]
    }

    /// Gives it everything at `path`.
    func own(_ path: String) throws {
        guard let name else { return }
        try LDAPTool.require("chown", ["-R", name, path])
    }

    func append(_ text: String, to path: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }
}

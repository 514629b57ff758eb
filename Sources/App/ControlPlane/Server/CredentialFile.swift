import Foundation
import Persistence
import SignIn

/// Where the command line keeps what a provider gave it: a file that its owner alone may read.
public struct CredentialFile: Sendable {
    public let path: String

    /// `$XDG_CONFIG_HOME/tenure/credentials.json`, or under `~/.config`.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let stated = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
        path = (stated ?? home + "/.config") + "/tenure/credentials.json"
    }

    public func write(_ grant: SignInGrant) throws {
        try PrivateFile.replace(path, with: Array(grant.secretJSON.reveal().utf8))
    }

    /// Nil where there is none.
    ///
    /// - Throws: `file` where others may read it: what they have read they have.
    public func read() throws -> SignInGrant? {
        guard let bytes = try PrivateFile.contents(path, limit: 1 << 18) else { return nil }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
        guard mode & 0o077 == 0 else {
            throw InstallationError(
                code: .file, operation: "read `\(path)`",
                message: "others may read it; `tenure logout`, then sign in again")
        }
        guard let grant = SignInGrant(stored: bytes) else {
            throw InstallationError(
                code: .file, operation: "read `\(path)`", message: "it is not what `tenure login` wrote; remove it")
        }
        return grant
    }

    /// False where there was none.
    public func remove() throws -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return false }
        try FileManager.default.removeItem(atPath: path)
        return true
    }
}

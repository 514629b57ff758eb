import Foundation
import Persistence
import SignIn
import StrictJSON

/// Where the command line keeps what a provider gave it: a file that its owner alone may read.
public struct CredentialFile: Sendable {
    public let path: String

    /// `$XDG_CONFIG_HOME/tenure/credentials.json`, or under `~/.config`.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let stated = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
        path = (stated ?? home + "/.config") + "/tenure/credentials.json"
    }

    /// - Parameter server: Whose token it is; nil for nobody's in particular: it is then sent to no server.
    public func write(_ grant: SignInGrant, for server: String? = nil) throws {
        let own = try JSONParser.parse(Array(grant.secretJSON.reveal().utf8)).object ?? JSONObject()
        var kept = try contents() ?? JSONObject()
        var servers = kept[Self.servers]?.object ?? JSONObject()
        if let server {
            servers[server] = .object(own)
        } else {
            kept = own
        }
        if !servers.names.isEmpty { kept[Self.servers] = .object(servers) }
        try write(kept)
    }

    /// Nil where there is none for that server.
    ///
    /// - Throws: `file` where others may read it: what they have read they have.
    public func read(for server: String? = nil) throws -> SignInGrant? {
        guard let kept = try contents() else { return nil }
        guard let server else {
            // A file may hold servers' alone.
            guard kept.names.contains(where: { $0 != Self.servers }) else { return nil }
            return try grant(.object(kept))
        }
        return try kept[Self.servers]?[server].map { try grant($0) }
    }

    /// Every one that is kept.
    public func all() throws -> [SignInGrant] {
        let servers = try contents()?[Self.servers]?.object?.members.map { try grant($0.value) } ?? []
        return try (read().map { [$0] } ?? []) + servers
    }

    private static let servers = "servers"

    private func grant(_ json: JSONValue) throws -> SignInGrant {
        guard let grant = SignInGrant(stored: Array(json.compactText.utf8)) else { throw unreadable }
        return grant
    }

    private func contents() throws -> JSONObject? {
        guard let bytes = try PrivateFile.contents(path, limit: 1 << 20) else { return nil }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
        guard mode & 0o077 == 0 else {
            throw InstallationError(
                code: .file, operation: "read `\(path)`",
                message: "others may read it; `tenure logout`, then sign in again")
        }
        do {
            guard let object = try JSONParser.parse(bytes).object else { throw unreadable }
            return object
        } catch is JSONError {
            throw unreadable
        }
    }

    private var unreadable: InstallationError {
        InstallationError(
            code: .file, operation: "read `\(path)`", message: "it is not what `tenure login` wrote; remove it")
    }

    private func write(_ kept: JSONObject) throws {
        try PrivateFile.replace(path, with: Array((JSONValue.object(kept).prettyText + "\n").utf8))
    }

    /// What was kept for a server is kept no more; false where there was nothing.
    public func remove(for server: String) throws -> Bool {
        guard var kept = try contents(), var servers = kept[Self.servers]?.object, servers.names.contains(server) else {
            return false
        }
        servers[server] = nil as JSONValue?
        kept[Self.servers] = servers.names.isEmpty ? nil as JSONValue? : .object(servers)
        guard !kept.names.isEmpty else { return try remove() }
        try write(kept)
        return true
    }

    /// False where there was none.
    public func remove() throws -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return false }
        try FileManager.default.removeItem(atPath: path)
        return true
    }
}

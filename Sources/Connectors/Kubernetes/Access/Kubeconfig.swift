import AccessModel
import ConnectorKit
import Foundation
import StrictJSON

/// A kubeconfig, as `kubectl` reads one: clusters, users, and contexts that join them.
///
/// What would weaken the connection, or is not understood, is refused and never passed over.
struct Kubeconfig {
    private let root: JSONValue
    private let path: String
    private let isOpen: Bool

    private static let operation = "read the kubeconfig"

    static func read(_ path: String) throws(ConnectorError) -> Kubeconfig {
        let content = try ClusterFile.content(path, operation)
        return try Kubeconfig(content.bytes, path: path, isOpen: content.mark.isOpen)
    }

    /// - Parameters:
    ///   - path: What relative paths in it start from.
    ///   - isOpen: Whether everybody on this machine may read it; then it may hold no secret.
    init(_ bytes: [UInt8], path: String, isOpen: Bool) throws(ConnectorError) {
        do throws(KubeconfigYAML.Problem) {
            root = try KubeconfigYAML.parse(bytes)
        } catch {
            throw ConnectorError(
                code: .configuration, operation: Self.operation,
                message: "`\(path)`, line \(error.line): \(error.message)")
        }
        self.path = path
        self.isOpen = isOpen
        guard root.object != nil else { throw refuse("it is no mapping") }
    }

    /// - Parameter context: Nil for the one that the file calls current.
    func connection(context name: String?) throws(ConnectorError) -> ClusterConnection {
        guard let name = name ?? root["current-context"]?.string, !name.isEmpty else {
            throw refuse("it has no `current-context`; set `context`")
        }
        let context = try named(name, in: "contexts", as: "context")
        guard let clusterName = context["cluster"]?.string else { throw refuse("context `\(name)` names no cluster") }
        let cluster = try named(clusterName, in: "clusters", as: "cluster")
        var connection = try reach(cluster, clusterName)
        if let userName = context["user"]?.string, !userName.isEmpty {
            try identify(&connection, try named(userName, in: "users", as: "user"), userName, cluster)
        }
        return connection
    }

    private func named(_ name: String, in list: String, as kind: String) throws(ConnectorError) -> JSONValue {
        let found = (root[list]?.array ?? []).filter { $0["name"]?.string == name }
        guard let entry = found.first, found.count == 1 else {
            throw refuse(found.isEmpty ? "it has no \(kind) `\(name)`" : "it has two of the \(kind) `\(name)`")
        }
        return entry[kind] ?? .null
    }

    // MARK: The cluster

    private func reach(_ cluster: JSONValue, _ name: String) throws(ConnectorError) -> ClusterConnection {
        guard let server = cluster["server"]?.string else { throw refuse("cluster `\(name)` has no `server`") }
        guard cluster["insecure-skip-tls-verify"]?.bool != true else {
            throw refuse(
                "cluster `\(name)` has `insecure-skip-tls-verify`, which lets anybody be the cluster; give its CA as "
                    + "`certificate-authority`")
        }
        for key in ["tls-server-name", "proxy-url"] where !Self.isEmpty(cluster[key]) {
            throw refuse("cluster `\(name)` has `\(key)`, which is not supported")
        }
        var connection = ClusterConnection(server: server)
        connection.authorities = try bytes(cluster, "certificate-authority", "cluster `\(name)`")
        return connection
    }

    // MARK: The user

    private func identify(
        _ connection: inout ClusterConnection, _ user: JSONValue, _ name: String, _ cluster: JSONValue
    ) throws(ConnectorError) {
        for key in ["auth-provider", "username", "password", "as", "as-uid", "as-groups", "as-user-extra"]
        where !Self.isEmpty(user[key]) {
            throw refuse("user `\(name)` has `\(key)`, which is not supported; use a token, a certificate or `exec`")
        }
        let certificates = try bytes(user, "client-certificate", "user `\(name)`")
        let key = try bytes(user, "client-key", "user `\(name)`")
        if let certificates, let key {
            connection.identity = HTTPSession.ClientIdentity(
                certificates: certificates, key: SecretText(String(decoding: key, as: UTF8.self)))
        } else if certificates != nil || key != nil {
            throw refuse("user `\(name)` has only one of `client-certificate` and `client-key`")
        }
        // As kubectl has it: the file comes before the token.
        if let file = user["tokenFile"]?.string, !file.isEmpty {
            connection.bearer = .file(absolute(file))
        } else if let token = user["token"]?.string, !token.isEmpty {
            connection.bearer = .token(SecretText(token))
        } else if let exec = user["exec"], exec != .null {
            let operation = Self.operation
            connection.bearer = .plugin(
                try ExecPlugin(exec, directory: directory, cluster: try described(cluster), operation: operation))
        }
        let holdsSecret = user["token"]?.string != nil || user["client-key-data"]?.string != nil
        if isOpen, holdsSecret {
            throw refuse("it holds a secret and is open to everyone on this machine; run `chmod 600` on it")
        }
    }

    /// The cluster as a plugin is told of it: its CA always as data.
    private func described(_ cluster: JSONValue) throws(ConnectorError) -> JSONValue {
        var description: JSONValue = ["server": cluster["server"] ?? .null]
        guard var object = description.object else { return description }
        if let authority = try bytes(cluster, "certificate-authority", "the cluster") {
            object["certificate-authority-data"] = .string(Data(authority).base64EncodedString())
        }
        let extensions = cluster["extensions"]?.array ?? []
        if let own = extensions.first(where: { $0["name"]?.string == "client.authentication.k8s.io/exec" }) {
            object["config"] = own["extension"]
        }
        description = .object(object)
        return description
    }

    // MARK: Parts

    /// What stands in the file itself, or in the one that it names; the former comes first.
    private func bytes(_ entry: JSONValue, _ key: String, _ owner: String) throws(ConnectorError) -> [UInt8]? {
        if let data = entry[key + "-data"]?.string, !data.isEmpty {
            guard let bytes = Data(base64Encoded: data) else { throw refuse("\(owner): `\(key)-data` is not base64") }
            return Array(bytes)
        }
        guard let file = entry[key]?.string, !file.isEmpty else { return nil }
        return try ClusterFile.read(absolute(file), Self.operation)
    }

    private static func isEmpty(_ value: JSONValue?) -> Bool { value == nil || value == .null || value == "" }

    private var directory: String { (path as NSString).deletingLastPathComponent }

    private func absolute(_ file: String) -> String { file.hasPrefix("/") ? file : directory + "/" + file }

    private func refuse(_ why: String) -> ConnectorError {
        ConnectorError(code: .configuration, operation: Self.operation, message: "`\(path)`: \(why)")
    }
}

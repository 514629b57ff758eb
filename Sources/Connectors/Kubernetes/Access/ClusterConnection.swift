import AccessModel
import ConnectorKit

/// Where a cluster is, whom to trust there, and as whom to ask.
struct ClusterConnection: Sendable {
    /// `https://host:port`.
    var server: String
    /// PEM; nil for the system's.
    var authorities: [UInt8]?
    var identity: HTTPSession.ClientIdentity?
    var bearer = Bearer.nobody

    /// What proves who asks, beside a certificate.
    enum Bearer: Sendable {
        case nobody
        case token(SecretText)
        /// A file that somebody else renews: a projected service account token.
        case file(String)
        case plugin(ExecPlugin)
    }
}

/// Where the connection is described; read when it is first needed.
enum ClusterSource: Sendable {
    case kubeconfig(path: String, context: String?)
    /// What the cluster gives each of its pods.
    case inCluster(directory: String, environment: [String: String])
    case address(url: String, authorities: String?, token: SecretText)

    /// - Throws: A `configuration` error; it holds nothing of what is secret.
    func connection() throws(ConnectorError) -> ClusterConnection {
        switch self {
        case .kubeconfig(let path, let context): return try Kubeconfig.read(path).connection(context: context)
        case .inCluster(let directory, let environment): return try Self.inCluster(directory, environment)
        case .address(let url, let file, let token):
            var connection = ClusterConnection(server: url)
            if let file { connection.authorities = try ClusterFile.read(file, "read the cluster's CA") }
            connection.bearer = .token(token)
            return connection
        }
    }

    /// Where a pod finds its service account.
    static let podDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    private static func inCluster(
        _ directory: String, _ environment: [String: String]
    ) throws(ConnectorError) -> ClusterConnection {
        let operation = "find the cluster that this runs in"
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], UInt16(port) != nil
        else {
            throw ConnectorError(
                code: .configuration, operation: operation,
                message: "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; `in_cluster` is for pods")
        }
        let name = host.contains(":") ? "[\(host)]" : host
        var connection = ClusterConnection(server: "https://\(name):\(port)")
        connection.authorities = try ClusterFile.read(directory + "/ca.crt", operation)
        connection.bearer = .file(directory + "/token")
        return connection
    }
}

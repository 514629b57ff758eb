import Foundation
import StrictJSON
import Synchronization

/// A real Kubernetes API server on loopback, with the database and the controllers that it needs: roles are enforced,
/// nothing runs.
///
/// It ends with the tests, even when they crash: what watches over its parts reads from a pipe that closes with them.
public final class KubernetesServer: Sendable {
    public let cluster: KubernetesAdmin
    /// Of `cert-admin`, who may do everything; and of the key.
    public let clientCertificate: String
    public let clientKey: String

    private let folder: LDAPFolder
    private let port: Int
    private let etcdPort: Int
    private let processes = Mutex<[String: ChildProcess]>([:])

    /// The one that all tests share, each with an organisation and namespaces of its own; nil, said and counted, where it
    /// is not installed.
    public static func shared(for test: String = #function) throws -> KubernetesServer? {
        guard try isInstalled(for: test) else { return nil }
        return try common.get()
    }

    /// One for a test that stops it; nil where it is not installed.
    public static func start(for test: String = #function) throws -> KubernetesServer? {
        guard try isInstalled(for: test) else { return nil }
        return try KubernetesServer()
    }

    private static let common = Result { try KubernetesServer() }

    private static func isInstalled(for test: String) throws -> Bool {
        for name in ["kube-apiserver", "kube-controller-manager", "etcd", "openssl", "curl"] {
            guard try TestSystems.require(name, for: test) != nil else { return false }
        }
        return true
    }

    private init() throws {
        folder = try LDAPFolder()
        port = Int(try LoopbackSocket.freePort())
        etcdPort = Int(try LoopbackSocket.freePort())
        let path = folder.path
        clientCertificate = path + "/client.crt"
        clientKey = path + "/client.key"
        let token = "canary-admin-" + UUID().uuidString.lowercased()
        cluster = KubernetesAdmin(url: "https://127.0.0.1:\(port)", caFile: path + "/ca.crt", token: token)
        _ = try folder.write("\(token),admin,u-admin,\"system:masters\"\n", to: "tokens.csv")
        try certificates()
        try startDatabase()
        try startServer()
        try startControllers()
    }

    deinit { stop() }

    // MARK: Certificates

    private func certificates() throws {
        func openssl(_ words: String...) throws { try LDAPTool.require("openssl", words) }
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        let path = folder.path
        _ = try folder.write(
            "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc\n", to: "names")
        for name in ["ca", "client-ca"] {
            try LDAPTool.require(
                "openssl",
                ["req", "-x509"] + key + [
                    "-days", "30", "-subj", "/CN=\(name)", "-keyout", "\(path)/\(name).key", "-out",
                    "\(path)/\(name).crt",
                ])
        }
        for (name, subject, authority, extra) in [
            ("tls", "/CN=loopback", "ca", ["-extfile", path + "/names"]),
            ("client", "/O=system:masters/CN=cert-admin", "client-ca", []),
        ] {
            try LDAPTool.require(
                "openssl",
                ["req"] + key + ["-subj", subject, "-keyout", "\(path)/\(name).key", "-out", "\(path)/\(name).csr"])
            try LDAPTool.require(
                "openssl",
                [
                    "x509", "-req", "-in", "\(path)/\(name).csr", "-CA", "\(path)/\(authority).crt", "-CAkey",
                    "\(path)/\(authority).key", "-CAcreateserial", "-days", "30", "-out", "\(path)/\(name).crt",
                ] + extra)
        }
        try openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path + "/sa.key")
        try openssl("ec", "-in", path + "/sa.key", "-pubout", "-out", path + "/sa.pub")
    }

    // MARK: Parts

    private func startDatabase() throws {
        let peer = Int(try LoopbackSocket.freePort())
        try launch(
            "etcd",
            [
                "--name", "k", "--data-dir", folder.path + "/etcd", "--unsafe-no-fsync",
                "--listen-client-urls", "http://127.0.0.1:\(etcdPort)",
                "--advertise-client-urls", "http://127.0.0.1:\(etcdPort)",
                "--listen-peer-urls", "http://127.0.0.1:\(peer)",
                "--initial-advertise-peer-urls", "http://127.0.0.1:\(peer)",
                "--initial-cluster", "k=http://127.0.0.1:\(peer)",
            ]
        ) { [etcdPort] in
            try LDAPTool.run("curl", ["-sf", "http://127.0.0.1:\(etcdPort)/health"]).status == 0
        }
    }

    private func startServer() throws {
        let path = folder.path
        try launch(
            "kube-apiserver",
            [
                "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--secure-port=\(port)",
                "--endpoint-reconciler-type=none", "--etcd-servers=http://127.0.0.1:\(etcdPort)",
                "--authorization-mode=RBAC", "--anonymous-auth=false", "--token-auth-file=\(path)/tokens.csv",
                "--client-ca-file=\(path)/client-ca.crt", "--tls-cert-file=\(path)/tls.crt",
                "--tls-private-key-file=\(path)/tls.key", "--cert-dir=\(path)",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=\(path)/sa.pub", "--service-account-signing-key-file=\(path)/sa.key",
                "--service-cluster-ip-range=10.0.0.0/24",
            ]
        ) { [cluster] in try cluster.text("GET", "/readyz") == "ok" }
    }

    /// The roles `view`, `edit` and `admin` are put together by a controller; namespaces are emptied by one.
    private func startControllers() throws {
        let path = folder.path
        let kubeconfig = try folder.write(cluster.kubeconfig(user: ["token": .string(cluster.token)]), to: "kubeconfig")
        let secure = Int(try LoopbackSocket.freePort())
        try launch(
            "kube-controller-manager",
            [
                "--kubeconfig=\(kubeconfig)", "--authentication-kubeconfig=\(kubeconfig)",
                "--authorization-kubeconfig=\(kubeconfig)", "--bind-address=127.0.0.1", "--secure-port=\(secure)",
                "--port=0", "--cert-dir=\(path)", "--leader-elect=false",
                "--controllers=clusterrole-aggregation,namespace,serviceaccount",
            ]
        ) { [cluster] in
            for role in ["view", "edit", "admin"] {
                let answer = try cluster.request("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles/\(role)")
                guard answer.body["rules"]?.array?.isEmpty == false else { return false }
            }
            return true
        }
    }

    private func launch(_ name: String, _ arguments: [String], until isUp: () throws -> Bool) throws {
        guard let executable = TestSystems.find(name) else { throw LDAPTool.Failure(description: "\(name) is missing") }
        let log = folder.url(name + ".log")
        let watch = """
            "$@" </dev/null & server=$!
            trap 'kill -KILL $server' TERM
            read -r line
            kill -KILL $server 2>/dev/null
            wait $server
            """
        let process = try ChildProcess(
            "/bin/sh", ["-c", watch, "watch", executable] + arguments, input: nil, output: log.path, errors: log.path)
        processes.withLock { $0[name] = process }
        try process.wait(log: log, until: isUp)
    }

    // MARK: Life

    /// Takes the API server away, as a failure does; its objects stay.
    public func stopServer() { end("kube-apiserver") }

    /// Makes the database forget every earlier state, as it does by itself in the course of time: listings that go on from one
    /// of them have expired.
    public func forgetThePast() throws {
        func ask(_ path: String, _ body: JSONValue) throws -> JSONValue {
            try JSONParser.parse(
                try LDAPTool.require(
                    "curl",
                    ["-sf", "http://127.0.0.1:\(etcdPort)/v3/kv/\(path)", "--data-binary", body.compactText]))
        }
        guard let revision = try ask("range", ["key": "AA=="])["header"]?["revision"]?.string else {
            throw LDAPTool.Failure(description: "the database does not say where it is")
        }
        _ = try ask("compaction", ["revision": .string(revision), "physical": true])
    }

    /// Brings it back on the same address.
    public func restartServer() throws { try startServer() }

    public func stop() { for name in ["kube-controller-manager", "kube-apiserver", "etcd"] { end(name) } }

    private func end(_ name: String) {
        let process = processes.withLock { $0.removeValue(forKey: name) }
        process?.end(SIGTERM)
    }
}

import AccessModel
import ConnectorKit
import Foundation
import StrictJSON

/// A program that hands out the credential for a cluster (`client.authentication.k8s.io`), as a kubeconfig names it.
///
/// It is started directly, never through a shell, and gets of this process's environment only what such programs need:
/// what else stands there may be the credential of another target.
struct ExecPlugin: Sendable {
    let command: String
    let arguments: [String]
    /// What the kubeconfig adds to the environment.
    let variables: [String: String]
    let apiVersion: String
    /// What it is told about the cluster; nil where the kubeconfig does not want that.
    let cluster: JSONValue?
    /// What a relative command starts from.
    let directory: String

    static let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]
    private static let maximumAnswer = 1 << 20

    init(
        _ exec: JSONValue, directory: String, cluster: JSONValue, operation: String
    ) throws(ConnectorError) {
        func refuse(_ why: String) -> ConnectorError {
            ConnectorError(code: .configuration, operation: operation, message: "`exec` \(why)")
        }
        guard let command = exec["command"]?.string, !command.isEmpty else { throw refuse("has no `command`") }
        guard let version = exec["apiVersion"]?.string, Self.versions.contains(version) else {
            throw refuse("needs an `apiVersion` of \(Self.versions.map { "`\($0)`" }.joined(separator: " or "))")
        }
        guard exec["interactiveMode"]?.string != "Always" else {
            throw refuse("has `interactiveMode: Always`, and nobody sits here to answer")
        }
        let given = exec["args"]?.array ?? []
        let arguments = given.compactMap { $0.string ?? $0.bool.map { "\($0)" } }
        guard arguments.count == given.count else { throw refuse("has an argument that is no text") }
        var variables: [String: String] = [:]
        for variable in exec["env"]?.array ?? [] {
            guard let name = variable["name"]?.string, let value = variable["value"]?.string else {
                throw refuse("has an `env` without `name` and `value`")
            }
            variables[name] = value
        }
        self.command = command
        self.arguments = arguments
        self.variables = variables
        apiVersion = version
        self.cluster = exec["provideClusterInfo"]?.bool == true ? cluster : nil
        self.directory = directory
    }

    /// Runs the program to its end.
    ///
    /// - Parameter limit: After which it is killed.
    /// - Throws: `unauthorized` when it fails or hands out nothing usable; `configuration` when there is no such program.
    func credential(within limit: Span, operation: String) async throws(ConnectorError) -> ExecCredential {
        let program = try executable(operation)
        let environment = environment()
        let arguments = arguments
        let answer = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    returning: BoundedRun(limit: limit, maximumAnswer: Self.maximumAnswer).run(
                        program, arguments, environment))
            }
        }
        let name = (command as NSString).lastPathComponent
        switch answer {
        case .ended(0, let bytes):
            guard let credential = ExecCredential(bytes, apiVersion: apiVersion) else {
                throw ConnectorError(
                    code: .unauthorized, operation: operation,
                    message: "the plugin `\(name)` did not print an ExecCredential of \(apiVersion)")
            }
            return credential
        case .ended(let status, _):
            throw ConnectorError(
                code: .unauthorized, operation: operation, message: "the plugin `\(name)` ended with \(status)")
        case .tookTooLong:
            throw ConnectorError(
                code: .unreachable, operation: operation, message: "the plugin `\(name)` did not end within \(limit)")
        case .saidTooMuch:
            throw ConnectorError(
                code: .unauthorized, operation: operation, message: "the plugin `\(name)` printed more than 1 MiB")
        case .notStarted:
            throw ConnectorError(
                code: .configuration, operation: operation, message: "the plugin `\(name)` cannot be started")
        }
    }

    /// A path is taken as it is, one that is relative from the kubeconfig's folder; a name is looked for on `PATH`.
    private func executable(_ operation: String) throws(ConnectorError) -> String {
        if command.contains("/") {
            let path = command.hasPrefix("/") ? command : directory + "/" + command
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        } else if let found = BoundedRun.onPath(command) {
            return found
        }
        throw ConnectorError(
            code: .configuration, operation: operation, message: "the plugin `\(command)` is not installed")
    }

    private static let passed: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "TZ", "XDG_CONFIG_HOME", "XDG_CACHE_HOME",
        "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ]
    private static let passedPrefixes = ["AWS_", "AZURE_", "GOOGLE_", "CLOUDSDK_", "KUBE", "AAD_"]

    private func environment() -> [String: String] {
        var environment = ProcessInfo.processInfo.environment.filter { variable in
            Self.passed.contains(variable.key) || Self.passedPrefixes.contains(where: variable.key.hasPrefix)
        }
        environment.merge(variables) { _, own in own }
        var specification: JSONValue = ["interactive": false]
        if let cluster { specification = ["cluster": cluster, "interactive": false] }
        let information: JSONValue = [
            "apiVersion": .string(apiVersion), "kind": "ExecCredential", "spec": specification,
        ]
        environment["KUBERNETES_EXEC_INFO"] = information.compactText
        return environment
    }
}

import Foundation
import StrictJSON

/// A real provider of OpenID Connect, nanoidp, in a process of its own on the loopback.
public final class NanoIDP: Sendable {
    public let url: String
    public static let client = "tenure-cli"
    public static let user = "ana"
    public static let email = "ana@mountainlab.io"
    private let process: ChildProcess
    private let folder: TemporaryFolder

    /// Nil, after saying so, where it is not installed.
    public static func start(for test: String = #function) async throws -> NanoIDP? {
        guard let path = try TestSystems.require("nanoidp", for: test) else { return nil }
        return try NanoIDP(path)
    }

    private init(_ path: String) throws {
        folder = try TemporaryFolder()
        let port = try LoopbackSocket.freePort()
        url = "http://127.0.0.1:\(port)"
        let settings = """
            config_version: 1
            server: {host: "127.0.0.1", port: \(port)}
            # Where it would else be: the folder that the tests run in.
            jwt: {keys_dir: "\(folder.path("keys"))"}
            oauth:
              issuer: "\(url)"
              audience: "\(Self.client)"
              token_expiry_minutes: 10
              clients:
                - {client_id: "\(Self.client)", token_endpoint_auth_method: none, description: "the command line"}
            """
        let users = """
            config_version: 1
            users:
              \(Self.user): {password: "pw-\(Self.user)", email: "\(Self.email)", roles: [USER], tenant: default}
            """
        for (name, text) in [("settings.yaml", settings), ("users.yaml", users)] {
            try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
        }
        let log = URL(fileURLWithPath: folder.path("log"))
        var environment = ProcessInfo.processInfo.environment
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        process = try ChildProcess(
            path, ["--config", folder.path], environment: environment, input: "/dev/null", output: log.path,
            errors: log.path)
        let address = url
        try process.wait(log: log) {
            try CommandLineTool.run("curl", ["-sf", "\(address)/.well-known/openid-configuration"]) != nil
        }
    }

    public func stop() { process.end(SIGKILL) }

    /// What a browser does whose user signs in at an address of the provider's: where it is sent back to.
    public func agree(to address: String) throws -> String? {
        let output = try CommandLineTool.run(
            "curl",
            [
                "-s", "-o", "/dev/null", "-w", "%{redirect_url}", "--data-urlencode", "username=\(Self.user)",
                "--data-urlencode", "password=pw-\(Self.user)", address,
            ])
        return output.map { String(decoding: $0, as: UTF8.self) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What somebody does on another device who was told a code.
    public func enter(_ code: String) throws {
        _ = try CommandLineTool.run(
            "curl",
            [
                "-s", "-o", "/dev/null", "--data-urlencode", "user_code=\(code)", "--data-urlencode",
                "username=\(Self.user)", "--data-urlencode", "password=pw-\(Self.user)",
                "\(url)/device",
            ])
    }
}

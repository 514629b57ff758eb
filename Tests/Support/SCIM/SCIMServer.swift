import Foundation
import StrictJSON

/// A real SCIM service, scim2-server, in a process of its own, looked at with curl.
public final class SCIMServer: Sendable {
    public static let token = "canary-bearer-9f8e7d6c5b"

    public let url: String
    private let process: ChildProcess

    /// Nil, after saying so, where it is not installed.
    public static func start(for test: String = #function) async throws -> SCIMServer? {
        guard let path = try TestSystems.require("scim2-server", for: test),
            try TestSystems.require("curl", for: test) != nil
        else { return nil }
        return try await SCIMServer(path)
    }

    private init(_ path: String) async throws {
        let port = try LoopbackSocket.freePort()
        url = "http://127.0.0.1:\(port)/v2"
        process = try ChildProcess(
            path, ["--hostname", "127.0.0.1", "--port", String(port), "--bearer-token", Self.token], input: "/dev/null",
            output: "/dev/null", errors: "/dev/null")
        for _ in 0..<600 {
            if try request("GET", "/ServiceProviderConfig") != nil { return }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        stop()
        throw NotReady()
    }

    public struct NotReady: Error {
        public init() {}
    }

    public func stop() { process.end(SIGKILL) }

    // MARK: The service as others see it

    /// Sends a request with curl; nil when nobody answers.
    @discardableResult
    public func request(_ method: String, _ path: String, _ body: JSONValue? = nil) throws -> JSONValue? {
        guard let curl = TestSystems.find("curl") else { return nil }
        let arguments =
            [
                "-s", "-X", method, url + path, "-H", "Authorization: Bearer \(Self.token)",
                "-H", "Content-Type: application/scim+json",
            ] + (body.map { ["--data-binary", $0.compactText] } ?? [])
        guard let bytes = try CommandLineTool.run(curl, arguments) else { return nil }
        return bytes.isEmpty ? .null : try JSONParser.parse(bytes)
    }

    public func resources(_ kind: String) throws -> [JSONValue] {
        try request("GET", "/\(kind)?count=1000")?["Resources"]?.array ?? []
    }

    public func user(named name: String) throws -> JSONValue? {
        try resources("Users").first { $0["userName"]?.string == name }
    }

    public func group(named name: String) throws -> JSONValue? {
        try resources("Groups").first { $0["displayName"]?.string == name }
    }

    public func memberIDs(of name: String) throws -> Set<String> {
        Set((try group(named: name)?["members"]?.array ?? []).compactMap { $0["value"]?.string })
    }
}

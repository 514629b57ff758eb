import AccessModel
import ConnectorKit
import Foundation
import SCIMConnector
import StrictJSON
import TestSupport

/// A real SCIM service, scim2-server, in a process of its own, looked at with curl.
final class SCIMServer: Sendable {
    static let token = "canary-bearer-9f8e7d6c5b"

    let url: String
    private let process: Process

    /// Nil, after saying so, where it is not installed.
    static func start(for test: String = #function) async throws -> SCIMServer? {
        guard let path = try TestSystems.require("scim2-server", for: test),
            try TestSystems.require("curl", for: test) != nil
        else { return nil }
        return try await SCIMServer(path)
    }

    private init(_ path: String) async throws {
        let port = try LoopbackSocket.freePort()
        url = "http://127.0.0.1:\(port)/v2"
        process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["--hostname", "127.0.0.1", "--port", String(port), "--bearer-token", Self.token]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<600 {
            if try request("GET", "/ServiceProviderConfig") != nil { return }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        stop()
        throw NotReady()
    }

    struct NotReady: Error {}

    func stop() {
        guard process.isRunning else { return }
        // Not SIGTERM: the threads of the test runner block it, and a child inherits that.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func configuration(_ settings: JSONValue? = nil, token: String = SCIMServer.token) throws -> ConnectorConfiguration
    {
        try scimConfiguration(settings ?? ["url": .string(url), "page_size": 20], token: token)
    }

    // MARK: The service as others see it

    /// Sends a request with curl; nil when nobody answers.
    @discardableResult
    func request(_ method: String, _ path: String, _ body: JSONValue? = nil) throws -> JSONValue? {
        guard let curl = TestSystems.find("curl") else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: curl)
        process.arguments =
            [
                "-s", "-X", method, url + path, "-H", "Authorization: Bearer \(Self.token)",
                "-H", "Content-Type: application/scim+json",
            ] + (body.map { ["--data-binary", $0.compactText] } ?? [])
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return bytes.isEmpty ? .null : try JSONParser.parse(bytes)
    }

    func resources(_ kind: String) throws -> [JSONValue] {
        try request("GET", "/\(kind)?count=1000")?["Resources"]?.array ?? []
    }

    func user(named name: String) throws -> JSONValue? {
        try resources("Users").first { $0["userName"]?.string == name }
    }

    func group(named name: String) throws -> JSONValue? {
        try resources("Groups").first { $0["displayName"]?.string == name }
    }

    func memberIDs(of name: String) throws -> Set<String> {
        Set((try group(named: name)?["members"]?.array ?? []).compactMap { $0["value"]?.string })
    }
}

func scimConfiguration(_ settings: JSONValue, token: String = SCIMServer.token) throws -> ConnectorConfiguration {
    guard let target = Slug("saas"), let organization = Slug("mountainlab") else {
        throw CocoaError(.coderInvalidValue)
    }
    return ConnectorConfiguration(
        target: target, settings: settings, credential: SecretText(token), baseDirectory: "/nowhere",
        organization: organization, clock: { Instant(milliseconds: 1_763_712_000_000) })
}

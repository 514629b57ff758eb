import Foundation

/// Runs a command and waits for it: the directories' own clients, openssl, provisioning.
public struct LDAPTool: Sendable {
    /// What a command left behind.
    public struct Outcome: Sendable {
        public let status: Int32
        public let output: String
        public let errors: String
    }

    /// The command failed, and what it said.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Runs `name` from wherever it is installed. `input` goes to its standard input.
    public static func run(_ name: String, _ arguments: [String], input: String = "") throws -> Outcome {
        guard let path = TestSystems.find(name) else { throw Failure(description: "`\(name)` is not installed") }
        let folder = try LDAPFolder()
        let files = try (folder.write(input, to: "in"), folder.write("", to: "out"), folder.write("", to: "err"))
        let process = try ChildProcess(path, arguments, input: files.0, output: files.1, errors: files.2)
        return Outcome(
            status: process.wait(), output: try String(contentsOfFile: files.1, encoding: .utf8),
            errors: try String(contentsOfFile: files.2, encoding: .utf8))
    }

    /// The output of a command that must succeed.
    @discardableResult
    public static func require(_ name: String, _ arguments: [String], input: String = "") throws -> String {
        let outcome = try run(name, arguments, input: input)
        guard outcome.status == 0 else {
            throw Failure(
                description:
                    "\(name) \(arguments.joined(separator: " ")) ended with \(outcome.status): \(outcome.errors)")
        }
        return outcome.output
    }
}

/// A folder of its own that goes with this value.
public final class LDAPFolder: Sendable {
    public let path: String

    public init() throws {
        path = NSTemporaryDirectory() + "tenure-ldap-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    public func url(_ name: String) -> URL { URL(fileURLWithPath: path + "/" + name) }

    public func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: url(name))
        return path + "/" + name
    }
}

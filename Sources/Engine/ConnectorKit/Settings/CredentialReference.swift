import AccessModel
import Foundation

/// Gives a credential as it is now.
public typealias CredentialReader = @Sendable () throws(ConnectorError) -> SecretText

/// Where a target's credential is kept; the files of an organisation hold such references, never values.
public enum CredentialReference: Hashable, Sendable {
    /// `env:NAME`: a variable of the environment.
    case environment(String)
    /// `file:PATH`: a file that only its owner and group can read; one line feed at its end does not count.
    case file(String)
    /// `vault:...`
    case vault(String)
    /// `aws-sm:...`
    case awsSecretsManager(String)

    /// - Throws: A `configuration` error. It does not repeat what was written: it may be the secret itself.
    public init(_ text: String, target: Slug) throws(ConnectorError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let rest = parts.count == 2 ? parts[1] : ""
        switch parts.first {
        case "env" where Self.isVariableName(rest): self = .environment(rest)
        case "file" where !rest.isEmpty && !rest.utf8.contains(0): self = .file(rest)
        case "vault" where !rest.isEmpty: self = .vault(rest)
        case "aws-sm" where !rest.isEmpty: self = .awsSecretsManager(rest)
        default:
            throw Self.error(
                target, "the credential is not a reference; write `env:NAME`, `file:PATH`, `vault:...` or `aws-sm:...`")
        }
    }

    /// Fetches the secret.
    ///
    /// - Parameters:
    ///   - baseDirectory: What a relative path starts from.
    /// - Throws: A `configuration` error without a word of the secret.
    public func resolve(
        target: Slug, baseDirectory: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConnectorError) -> SecretText {
        switch self {
        case .environment(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw Self.error(target, "the variable `\(name)` is not set, or empty")
            }
            return SecretText(value)
        case .file(let path):
            let full = path.hasPrefix("/") ? path : baseDirectory + "/" + path
            return try Self.read(full, target: target)
        case .vault:
            throw Self.error(target, "`vault:` references are not available yet; use `env:NAME` or `file:PATH`")
        case .awsSecretsManager:
            throw Self.error(target, "`aws-sm:` references are not available yet; use `env:NAME` or `file:PATH`")
        }
    }

    /// Fetches the secret each time that it is asked for.
    ///
    /// It throws `missing_dependency` where there is none at the moment: whoever replaces a file may not be done yet.
    public func reader(target: Slug, baseDirectory: String) -> CredentialReader {
        { () throws(ConnectorError) in
            do throws(ConnectorError) {
                return try resolve(target: target, baseDirectory: baseDirectory)
            } catch {
                throw ConnectorError(code: .missingDependency, operation: error.operation, message: error.message)
            }
        }
    }

    private static let maximumSize = 65_536

    private static func error(_ target: Slug, _ message: String) -> ConnectorError {
        ConnectorError(code: .configuration, operation: "read the credential of \(target)", message: message)
    }

    private static func isVariableName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first.isLetter || first == UInt8(ascii: "_") else { return false }
        return text.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
    }

    private static func read(_ path: String, target: Slug) throws(ConnectorError) -> SecretText {
        // Opened first and looked at then, so that nobody can put another file in between.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw error(target, "`\(path)` cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw error(target, "`\(path)` is not a regular file")
        }
        guard status.st_mode & 0o007 == 0 else {
            throw error(target, "`\(path)` is open to everyone on this machine; run `chmod 600` on it")
        }
        guard status.st_size <= maximumSize else { throw error(target, "`\(path)` is larger than 64 KiB") }
        var bytes = [UInt8](repeating: 0, count: maximumSize)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else {
            throw error(target, "`\(path)` cannot be read: \(String(cString: strerror(errno)))")
        }
        bytes.removeSubrange(count...)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
            throw error(target, "`\(path)` is empty or not UTF-8")
        }
        return SecretText(text)
    }
}

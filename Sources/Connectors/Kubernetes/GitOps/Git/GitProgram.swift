import AccessModel
import ConnectorKit
import Foundation

/// Runs `git` on a repository in a temporary folder: as a program of its own, bounded in time, without anybody's
/// configuration, without hooks, and with the credential in its environment, never among its arguments.
struct GitProgram: Sendable {
    /// The temporary folder; the repository is in it.
    let folder: String
    let timeout: Span
    /// The address that the credential goes to, and to no other.
    let remote: String
    /// `Basic ...`; nil where the remote takes none.
    let authorization: SecretText?
    /// PEM file of authorities to trust instead of the system's.
    let authorities: String?

    /// How a run ended by itself.
    struct Outcome: Sendable {
        let status: Int32
        let output: [UInt8]
        /// What it complained of, without the credential.
        let complaint: String

        var text: String { String(decoding: output, as: UTF8.self) }
        /// The first line.
        var line: String { String(text.prefix { $0 != "\n" }) }
    }

    private static let maximumOutput = 64 << 20

    /// - Throws: When it fails, by what it complains of.
    @discardableResult
    func run(
        _ arguments: [String], input: [UInt8]? = nil, operation: String
    ) async throws(ConnectorError) -> Outcome {
        let outcome = try await attempt(arguments, input: input, operation: operation)
        guard outcome.status == 0 else { throw failure(outcome, arguments, operation) }
        return outcome
    }

    /// A run whose failure says something.
    func attempt(
        _ arguments: [String], input: [UInt8]? = nil, operation: String
    ) async throws(ConnectorError) -> Outcome {
        guard let program = PluginRun.onPath("git") else {
            throw ConnectorError(code: .configuration, operation: operation, message: "`git` is not installed")
        }
        let call = folder + "/" + UUID().uuidString
        let files = Files(input: input.map { _ in call + ".in" }, complaints: call + ".err")
        defer { files.remove() }
        if let input, let path = files.input {
            guard
                FileManager.default.createFile(
                    atPath: path, contents: Data(input), attributes: [.posixPermissions: 0o600])
            else { throw Self.noSpace(operation) }
        }
        let (environment, timeout) = (environment(), timeout)
        let answer = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let run = PluginRun(
                    limit: timeout, maximumAnswer: Self.maximumOutput, input: files.input,
                    complaints: files.complaints)
                continuation.resume(returning: run.run(program, arguments, environment))
            }
        }
        func trouble(_ code: ConnectorError.Code, _ what: String) -> ConnectorError {
            ConnectorError(code: code, operation: operation, message: "`git \(arguments.first ?? "")` \(what)")
        }
        switch answer {
        case .ended(let status, let bytes):
            return Outcome(status: status, output: bytes, complaint: redacted(files.complaint))
        case .tookTooLong: throw trouble(.unreachable, "did not end within \(timeout)")
        case .saidTooMuch: throw trouble(.targetFailure, "printed more than 64 MiB")
        case .notStarted: throw trouble(.configuration, "cannot be started")
        }
    }

    static func noSpace(_ operation: String) -> ConnectorError {
        ConnectorError(code: .targetFailure, operation: operation, message: "the temporary folder cannot be written")
    }

    private struct Files: Sendable {
        let input: String?
        let complaints: String

        var complaint: String {
            String(decoding: FileManager.default.contents(atPath: complaints)?.prefix(8_192) ?? Data(), as: UTF8.self)
        }

        func remove() {
            for path in [input, complaints].compactMap(\.self) { unlink(path) }
        }
    }

    // MARK: What it is started with

    private static let passed = [
        "PATH", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ]

    private func environment() -> [String: String] {
        var environment = ProcessInfo.processInfo.environment.filter { Self.passed.contains($0.key) }
        environment.merge([
            "HOME": folder, "GIT_DIR": folder + "/repository", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:http:file",
            "GIT_NO_REPLACE_OBJECTS": "1", "LC_ALL": "C",
        ]) { _, own in own }
        var settings = [
            ("core.hooksPath", "/dev/null"), ("credential.helper", ""), ("http.followRedirects", "false"),
            ("gc.auto", "0"), ("maintenance.auto", "false"), ("fetch.fsckObjects", "true"),
            ("core.fsmonitor", "false"), ("protocol.version", "2"), ("push.gpgSign", "false"),
        ]
        if let authorities { settings.append(("http.sslCAInfo", authorities)) }
        if let authorization {
            settings.append(("http.\(remote).extraHeader", "Authorization: \(authorization.reveal())"))
        }
        environment["GIT_CONFIG_COUNT"] = String(settings.count)
        for (index, setting) in settings.enumerated() {
            environment["GIT_CONFIG_KEY_\(index)"] = setting.0
            environment["GIT_CONFIG_VALUE_\(index)"] = setting.1
        }
        return environment
    }

    // MARK: What it complains of

    private func redacted(_ text: String) -> String {
        var text = text
        for word in authorization?.reveal().split(separator: " ").map(String.init) ?? [] where word.utf8.count > 6 {
            text = text.split(separator: word, omittingEmptySubsequences: false).joined(separator: "[secret]")
        }
        return text
    }

    private static let meanings: [(words: [String], code: ConnectorError.Code)] = [
        (["stale info", "fetch first", "non-fast-forward", "cannot lock ref"], .conflict),
        (["error: 401", "Authentication failed", "could not read Username"], .unauthorized),
        (["error: 403", "protected branch", "pre-receive hook declined", "Permission denied"], .forbidden),
        (["error: 404", "not found", "does not appear to be a git repository"], .configuration),
        (["error: 429", "error: 503"], .throttled), (["error: 5"], .targetFailure),
        (["unable to access", "Could not resolve", "Connection", "hung up", "early EOF"], .unreachable),
    ]

    private func failure(_ outcome: Outcome, _ arguments: [String], _ operation: String) -> ConnectorError {
        let lines = outcome.complaint.split(whereSeparator: \.isNewline).map(String.init)
        let said =
            lines.first { $0.contains("rejected]") } ?? lines.first { $0.hasPrefix("fatal:") || $0.hasPrefix("error:") }
            ?? lines.last ?? "it ended with \(outcome.status)"
        let meaning = Self.meanings.first { meaning in meaning.words.contains(where: outcome.complaint.contains) }
        let line = String(decoding: said.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }.prefix(240), as: UTF8.self)
        return ConnectorError(
            code: meaning?.code ?? .targetFailure, operation: operation,
            message: "`git \(arguments.first ?? "")`: \(line)")
    }
}

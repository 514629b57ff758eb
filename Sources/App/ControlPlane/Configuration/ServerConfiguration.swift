import AccessModel
import ConnectorKit
import Definitions
import Foundation
import StrictJSON

/// How a server is configured: each setting's value, where it is from, and all that is wrong.
public struct ServerConfiguration: Sendable {
    /// One setting as it is in force.
    public struct Value: Sendable {
        public let setting: Setting
        /// Nil where nobody gave it.
        public let content: SettingContent?
        public let source: SettingSource
    }

    /// What the command line says: `--set NAME=VALUE`, or an option of its own.
    public struct Flag: Hashable, Sendable {
        public let option: String
        public let name: String
        public let value: String

        public init(_ option: String, _ name: String, _ value: String) {
            self.option = option
            self.name = name
            self.value = value
        }
    }

    /// One for each of ``Setting/all``, in its order.
    public let values: [Value]
    public let diagnostics: [Diagnostic]

    public var isValid: Bool { !diagnostics.contains { $0.severity == .error } }

    /// Reads the file, if there is one, then the environment, then the flags; a later one wins.
    ///
    /// - Parameter file: The path; nil for none.
    public static func read(
        file: String?, environment: [String: String], flags: [Flag] = []
    ) -> ServerConfiguration {
        var reader = ConfigurationReader()
        if let file { reader.read(file: file) }
        reader.read(environment: environment)
        reader.read(flags: flags)
        let read = reader.configuration
        let found = (read.diagnostics + read.findings(environment)).sorted()
        return ServerConfiguration(values: read.values, diagnostics: found)
    }

    init(values: [Value], diagnostics: [Diagnostic]) {
        self.values = values
        self.diagnostics = diagnostics
    }

    subscript(setting: Setting) -> Value {
        values.first { $0.setting == setting } ?? Value(setting: setting, content: nil, source: .standard)
    }
}

// MARK: What it says

extension ServerConfiguration {
    public var address: String { text(.address) ?? "127.0.0.1" }
    public var port: Int { number(.port) }
    /// As it is configured, without a slash at its end; nil where only those on this machine know it.
    public var publicURL: String? { text(.publicURL) }
    public var certificate: String? { path(.certificate) }
    public var certificateKey: String? { path(.key) }
    public var clientAuthorities: String? { path(.clientAuthorities) }
    public var clientCertificates: ClientCertificates {
        text(.clientCertificates).flatMap { ClientCertificates(rawValue: $0) } ?? .off
    }

    public enum ClientCertificates: String, Sendable {
        case off, optional, required
    }

    /// A folder, or the address of a repository; nil where definitions are applied by hand.
    public var definitions: DefinitionsSource? {
        guard let text = text(.definitions) else { return nil }
        let isRemote = text.contains("://") || text.wholeMatch(of: /[^\/]+@[^\/]+:.*/) != nil
        guard isRemote else { return .folder(path(.definitions) ?? text) }
        return .repository(url: text, branch: self.text(.branch) ?? "main", every: duration(.poll))
    }

    public enum DefinitionsSource: Hashable, Sendable {
        case folder(String)
        case repository(url: String, branch: String, every: Span)
    }

    public var reconcileInterval: Span { duration(.reconcile) }
    public var stopGrace: Span { duration(.grace) }
    public var worksItself: Bool { flag(.works) }
    /// Nil where a worker answers nobody.
    public var healthPort: Int? {
        if case .number(let port)? = self[.healthPort].content { port } else { nil }
    }

    public var issuer: String? { text(.issuer) }
    public var clientID: String? { text(.clientID) }
    public var commandClientID: String? { text(.commandClientID) }
    public var audience: String? { text(.audience) ?? clientID }
    public var personClaim: String { text(.personClaim) ?? "sub" }
    /// As their tokens have them, each to the byte.
    public var privateIssuers: [String] { text(.privateIssuers)?.split(separator: " ").map(String.init) ?? [] }

    public var takesBinaryEvents: Bool { flag(.hrBinary) }
    public var webhookMemory: Span { duration(.hrMemory) }
    public var snapshotLimit: Int { number(.hrSnapshotLimit) }
    public var providesSCIM: Bool { flag(.scim) }

    public var bodyLimit: Int { number(.bodyLimit) }
    public var headerLimit: Int { number(.headerLimit) }
    public var maximumConnections: Int { number(.connections) }
    public var requestsPerSecond: Int { number(.requestRate) }
    public var requestTimeout: Span { duration(.requestTimeout) }
    public var idleTimeout: Span { duration(.idleTimeout) }

    /// A level as swift-log names it.
    public var logLevel: String { text(.logLevel) ?? "info" }
    public var logsJSON: Bool { text(.logFormat) == "json" }
    public var isTraced: Bool { text(.tracing) == "log" }

    // MARK: Parts

    func text(_ setting: Setting) -> String? {
        if case .text(let text)? = self[setting].content { text } else { nil }
    }

    /// Absolute where it is relative to the file that gives it.
    func path(_ setting: Setting) -> String? { text(setting).map { base(of: self[setting], $0) } }

    private func base(of value: Value, _ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = value.folder else { return path }
        return folder + "/" + path
    }

    /// Every number has a default within its range.
    private func number(_ setting: Setting) -> Int {
        if case .number(let number)? = self[setting].content { number } else { 0 }
    }

    private func duration(_ setting: Setting) -> Span {
        if case .duration(let span)? = self[setting].content { span } else { .zero }
    }

    func flag(_ setting: Setting) -> Bool {
        if case .flag(let flag)? = self[setting].content { flag } else { false }
    }
}

extension ServerConfiguration.Value {
    /// What relative paths start from; nil for where the process was started.
    var folder: String? {
        guard case .file(let place) = source else { return nil }
        let folder = (place.file as NSString).deletingLastPathComponent
        return folder.isEmpty ? nil : folder
    }

    /// As it may be shown: references, never secrets.
    public var shown: String? {
        switch content {
        case nil: nil
        case .text(let text)?: text
        case .number(let number)?: if case .size = setting.kind { "\(Size(number))" } else { "\(number)" }
        case .duration(let span)?: "\(span)"
        case .flag(let flag)?: "\(flag)"
        case .references(let references)?: references.map(\.shown).joined(separator: ", ")
        case .state(let state)?: state.reference?.shown ?? "\(state)"
        }
    }

    public var json: JSONValue {
        [
            "name": .string(setting.name), "value": shown.map(JSONValue.string) ?? .null,
            "source": .string("\(source)"),
        ]
    }
}

extension CredentialReference {
    var shown: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        case .vault(let path): "vault:\(path)"
        case .awsSecretsManager(let name): "aws-sm:\(name)"
        }
    }
}

extension ServerConfiguration {
    public var json: JSONValue {
        [
            "valid": .bool(isValid), "settings": .array(values.map(\.json)),
            "diagnostics": .array(diagnostics.map(\.json)),
        ]
    }
}

import AccessModel
import StrictJSON

/// What is known of the settings of a kind of connector before one is made: enough to find everything that is wrong
/// with them at once, without a network, a file or a credential.
public struct SettingsSchema: Sendable {
    /// A setting that nothing can stand for.
    public struct Required: Hashable, Sendable {
        public let name: String
        /// A value that is right; shown to whoever left it out.
        public let example: String
        /// The same as it is read.
        let value: JSONValue

        /// - Parameter value: For a setting that is more than a text.
        public init(_ name: String, example: String, value: JSONValue? = nil) {
            self.name = name
            self.example = example
            self.value = value ?? .string(example)
        }
    }

    public let required: [Required]
    public let optional: [String]
    /// Whether the target cannot do without a `credential`, and what it leads to: `the password of bind_dn`.
    public let credential: String?
    /// Reads the settings as the connector does, and nothing else.
    private let read: @Sendable (ConnectorConfiguration) throws(ConnectorError) -> Void

    public init(
        required: [Required] = [], optional: [String] = [], credential: String? = nil,
        read: @escaping @Sendable (ConnectorConfiguration) throws(ConnectorError) -> Void
    ) {
        self.required = required
        self.optional = optional
        self.credential = credential
        self.read = read
    }

    /// Everything that is wrong, by what is read first. Of settings that do not go together one is named.
    ///
    /// - Parameter configuration: With any credential where the target refers to one; it is not used.
    public func problems(in configuration: ConnectorConfiguration) -> [SettingProblem] {
        var settings = configuration.settings.object ?? JSONObject()
        var problems = unknown(in: settings)
        let strangers = problems.compactMap(\.setting)
        for name in strangers { settings[name] = nil }
        for required in required where settings[required.name] == nil {
            // Whoever misspelt it is told so already.
            if !strangers.contains(where: { SettingsReader.isNear($0, required.name) }) {
                problems.append(
                    SettingProblem(
                        kind: .missing, setting: required.name,
                        message: "the setting `\(required.name)` is missing; write it as "
                            + "`\(required.name): \(required.example)`"))
            }
            settings[required.name] = required.value
        }
        if let credential, configuration.credential == nil {
            problems.append(
                SettingProblem(
                    kind: .credential, setting: nil,
                    message: "the target needs a `credential`: \(credential), as `env:NAME` or `file:PATH`"))
        }
        return problems + wrongValues(settings, configuration)
    }

    private func unknown(in settings: JSONObject) -> [SettingProblem] {
        let known = required.map(\.name) + optional
        return settings.names.filter { !known.contains($0) }.map { name in
            SettingProblem(kind: .unknown, setting: name, message: SettingsReader.unknown(name, among: known))
        }
    }

    /// Reads again and again, each time with what was wrong put right, until nothing is.
    private func wrongValues(_ settings: JSONObject, _ configuration: ConnectorConfiguration) -> [SettingProblem] {
        var settings = settings
        var problems: [SettingProblem] = []
        var corrected: Set<String> = []
        while true {
            let attempt = ConnectorConfiguration(
                target: configuration.target, settings: .object(settings),
                credential: configuration.credential ?? SecretText("none"),
                baseDirectory: configuration.baseDirectory, organization: configuration.organization,
                clock: configuration.clock)
            do throws(ConnectorError) {
                try read(attempt)
                return problems
            } catch {
                problems.append(SettingProblem(kind: .wrong, setting: error.setting, message: error.message))
                guard let name = error.setting, corrected.insert(name).inserted else { return problems }
                settings[name] = required.first { $0.name == name }?.value
            }
        }
    }
}

/// One thing that is wrong with a target's settings.
public struct SettingProblem: Hashable, Sendable {
    public enum Kind: Sendable {
        case unknown, missing, wrong
        /// The target has no credential.
        case credential
    }

    public let kind: Kind
    /// Which one; nil where it is none by itself.
    public let setting: String?
    public let message: String
}

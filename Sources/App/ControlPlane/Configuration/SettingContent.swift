import AccessModel
import ConnectorKit
import Definitions
import Persistence

/// What a setting says, once it is known to make sense.
public enum SettingContent: Sendable {
    case text(String)
    case number(Int)
    case duration(Span)
    case flag(Bool)
    case references([CredentialReference])
    /// An address that may hold a password.
    case state(StateText)

    /// Where the state is, shown without a password.
    public struct StateText: Sendable, CustomStringConvertible, CustomReflectable {
        let text: SecretText
        let reference: CredentialReference?

        public var description: String {
            guard reference == nil else { return "a reference" }
            return StateFolder(database: text.reveal()).name
        }

        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// Why a text is none; never repeats what may be a secret.
    struct Fault: Error, Hashable {
        let code: String
        let message: String

        init(_ code: String, _ message: String) {
            self.code = code
            self.message = message
        }
    }

    /// - Parameter texts: One, but for a list.
    init(_ texts: [String], isList: Bool, of setting: Setting) throws(Fault) {
        if case .secrets = setting.kind {
            self = .references(try Self.references(texts))
            return
        }
        guard !isList, let text = texts.first, texts.count == 1 else {
            throw Fault("wrong-type", "`\(setting.name)` takes one value, not a list: \(setting.grammar)")
        }
        switch setting.kind {
        case .text, .path, .repository: self = .text(text)
        case .url: self = .text(try Self.url(text, setting))
        case .state: self = .state(try Self.state(text))
        case .number(let range): self = .number(try Self.within(range, Int(text), setting))
        case .size(let range): self = .number(try Self.within(range, Size(text)?.bytes, setting))
        case .duration(let range): self = .duration(try Self.within(range, Span(text), setting))
        case .flag:
            guard text == "true" || text == "false" else { throw Self.mismatch(setting) }
            self = .flag(text == "true")
        case .word(let words):
            guard words.contains(text) else { throw Self.unknownWord(text, words, setting) }
            self = .text(text)
        case .secret, .secrets: self = .references(try Self.references([text]))
        }
    }

    private static func within<Value: Comparable>(
        _ range: ClosedRange<Value>, _ value: Value?, _ setting: Setting
    ) throws(Fault) -> Value {
        guard let value else { throw mismatch(setting) }
        guard range.contains(value) else {
            throw Fault("out-of-range", "`\(setting.name)` must be \(setting.grammar)")
        }
        return value
    }

    private static func mismatch(_ setting: Setting) -> Fault {
        Fault("bad-value", "`\(setting.name)` must be \(setting.grammar)")
    }

    private static func unknownWord(_ text: String, _ words: [String], _ setting: Setting) -> Fault {
        let hint = NearestName.suggestion(for: text, among: words)
        return Fault("bad-value", "`\(setting.name)` must be one of \(setting.grammar)\(hint)")
    }

    private static func references(_ texts: [String]) throws(Fault) -> [CredentialReference] {
        var references: [CredentialReference] = []
        for text in texts {
            switch reference(text) {
            case .environment, .file: if let reference = reference(text) { references.append(reference) }
            case .vault, .awsSecretsManager:
                throw Fault(
                    "bad-reference", "`vault:` and `aws-sm:` are not read here; write `env:NAME` or `file:PATH`")
            case nil:
                throw Fault(
                    "not-a-reference", "secrets are given by reference, never as they are: `env:NAME` or `file:PATH`")
            }
        }
        return references
    }

    private static func reference(_ text: String) -> CredentialReference? {
        do {
            return try CredentialReference(text, target: try ServerConfiguration.reader())
        } catch {
            return nil
        }
    }

    private static func state(_ text: String) throws(Fault) -> StateText {
        if text.hasPrefix("env:") || text.hasPrefix("file:") {
            return StateText(text: SecretText(""), reference: try references([text]).first)
        }
        guard PostgreSQLAddress.isAddress(text) else { return StateText(text: SecretText(text), reference: nil) }
        do {
            _ = try PostgreSQLAddress(text)
        } catch {
            throw Fault("bad-value", "`state` is no address of a database; write `postgres://USER@HOST:PORT/DATABASE`")
        }
        return StateText(text: SecretText(text), reference: nil)
    }

    private static func url(_ text: String, _ setting: Setting) throws(Fault) -> String {
        let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"]
        let isLocal = local.contains { prefix in
            text.hasPrefix(prefix) && (text.dropFirst(prefix.count).first.map { $0 == ":" || $0 == "/" } ?? true)
        }
        let rest = text.dropFirst(text.hasPrefix("https://") ? 8 : 7)
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard text.hasPrefix("https://") || isLocal, !host.isEmpty, !host.contains("@"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !rest.contains("?"), !rest.contains("#")
        else {
            throw Fault(
                "bad-value",
                "`\(setting.name)` must be an `https` address without user, query and fragment; `http` on this machine "
                    + "alone")
        }
        var address = text
        while address.hasSuffix("/") { address.removeLast() }
        return address
    }
}

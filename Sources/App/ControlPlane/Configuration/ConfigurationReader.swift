import AccessModel
import Definitions
import Foundation

/// Lays one source of settings over the other.
struct ConfigurationReader {
    private var given: [String: ServerConfiguration.Value] = [:]
    private var diagnostics: [Diagnostic] = []

    init() {
        for setting in Setting.all {
            guard let standard = setting.standard else { continue }
            take([standard], isList: false, setting, .standard)
        }
    }

    var configuration: ServerConfiguration {
        let values = Setting.all.map { setting in
            given[setting.name] ?? ServerConfiguration.Value(setting: setting, content: nil, source: .standard)
        }
        return ServerConfiguration(values: values, diagnostics: diagnostics)
    }

    mutating func read(file: String) {
        guard let data = FileManager.default.contents(atPath: file) else {
            report(
                "missing-file", SourceLocation(file: file, line: 1, column: 1), "the file is not there, or not readable"
            )
            return
        }
        let read = SettingsFile.read(Array(data), file: file, names: Setting.all.map(\.name))
        diagnostics += read.diagnostics
        for entry in read.entries {
            guard let setting = Setting.named(entry.name) else { continue }
            take(entry.texts, isList: entry.isList, setting, .file(entry.place))
        }
    }

    mutating func read(environment: [String: String]) {
        for setting in Setting.all {
            guard let text = environment[setting.variable], !text.isEmpty else { continue }
            take(parts(text, setting), isList: setting.kind == .secrets, setting, .environment(setting.variable))
        }
        // Variables of other programs may begin alike: only what is nearly one is remarked upon.
        let known = Setting.all.map(\.variable)
        for name in environment.keys.sorted() where name.hasPrefix("TENURE_") && !known.contains(name) {
            let hint = NearestName.suggestion(for: name, among: known)
            guard !hint.isEmpty else { continue }
            let place = SettingSource.environment(name).place
            report(.warning, "unknown-variable", place, "no setting is called so\(hint)")
        }
    }

    mutating func read(flags: [ServerConfiguration.Flag]) {
        for flag in flags {
            let source = SettingSource.flag(flag.option)
            guard let setting = Setting.named(flag.name) else {
                let hint = NearestName.suggestion(for: flag.name, among: Setting.all.map(\.name))
                report("unknown-key", source.place, "no setting is called `\(flag.name)`\(hint)")
                continue
            }
            take(parts(flag.value, setting), isList: setting.kind == .secrets, setting, source)
        }
    }

    /// Where a list has to stand in one text, commas part it.
    private func parts(_ text: String, _ setting: Setting) -> [String] {
        guard setting.kind == .secrets else { return [text] }
        return text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private mutating func take(_ texts: [String], isList: Bool, _ setting: Setting, _ source: SettingSource) {
        do throws(SettingContent.Fault) {
            let content = try SettingContent(texts, isList: isList, of: setting)
            given[setting.name] = ServerConfiguration.Value(setting: setting, content: content, source: source)
        } catch {
            report(error.code, source.place, error.message)
        }
    }

    private mutating func report(_ code: String, _ place: SourceLocation, _ message: String) {
        report(.error, code, place, message)
    }

    private mutating func report(
        _ severity: Diagnostic.Severity, _ code: String, _ place: SourceLocation, _ message: String
    ) {
        diagnostics.append(Diagnostic(severity: severity, code: code, place: place, message: message))
    }
}

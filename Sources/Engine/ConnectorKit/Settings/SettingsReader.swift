import AccessModel
import StrictJSON

/// Reads a target's settings strictly: what is asked for must be of its type, and ``finish()`` refuses what was never
/// asked for.
///
///     var settings = try SettingsReader(configuration)
///     let url = try settings.string("url")
///     let pageSize = try settings.integer("page_size", in: 1...1_000, default: 100)
///     try settings.finish()
public struct SettingsReader: Sendable {
    private let object: JSONObject
    private let target: Slug
    /// The setting that these stand in; nil for those of the target itself.
    private let parent: String?
    private var known: [String] = []

    /// - Throws: A `configuration` error when the settings are no object.
    public init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        target = configuration.target
        parent = nil
        switch configuration.settings {
        case .object(let object): self.object = object
        case .null: object = JSONObject()
        default:
            object = JSONObject()
            throw error("the settings are \(configuration.settings.kindName); they must be `name: value` pairs")
        }
    }

    private init(_ object: JSONObject, of parent: String, target: Slug) {
        self.object = object
        self.target = target
        self.parent = parent
    }

    /// The settings of a setting that is an object; the caller ends them with ``finish()`` too.
    public mutating func nested(_ name: String) throws(ConnectorError) -> SettingsReader? {
        guard let value = value(name) else { return nil }
        guard case .object(let object) = value else { throw wrongType(name, value, "`name: value` pairs") }
        return SettingsReader(object, of: parent.map { "\($0).\(name)" } ?? name, target: target)
    }

    /// The settings of a setting that is a list of objects, one reader each; empty where it is not there.
    public mutating func nestedList(_ name: String) throws(ConnectorError) -> [SettingsReader] {
        guard let value = value(name) else { return [] }
        guard case .array(let elements) = value else { throw wrongType(name, value, "a list of `name: value` pairs") }
        var readers: [SettingsReader] = []
        for element in elements {
            guard case .object(let object) = element else {
                throw wrongType(name, element, "a list of `name: value` pairs")
            }
            readers.append(SettingsReader(object, of: parent.map { "\($0).\(name)" } ?? name, target: target))
        }
        return readers
    }

    /// Texts under names of the user's own choice, in the order in which they stand; none may be empty.
    public mutating func texts(_ name: String) throws(ConnectorError) -> [SettingText] {
        guard let value = value(name) else { return [] }
        guard case .object(let object) = value else { throw wrongType(name, value, "`name: text` pairs") }
        var texts: [SettingText] = []
        for member in object.members {
            guard case .string(let text) = member.value, !text.isEmpty, !member.name.isEmpty else {
                throw error(
                    "the setting `\(name).\(member.name)` is \(member.value.kindName); it must be text", about: name)
            }
            texts.append(SettingText(name: member.name, text: text))
        }
        return texts
    }

    /// Text that is not empty.
    public mutating func string(_ name: String) throws(ConnectorError) -> String {
        guard let text = try optionalString(name) else { throw error("the setting `\(name)` is missing", about: name) }
        return text
    }

    public mutating func optionalString(_ name: String) throws(ConnectorError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { throw wrongType(name, value, "text") }
        guard !text.isEmpty, !text.utf8.contains(0) else { throw error("the setting `\(name)` is empty", about: name) }
        return text
    }

    public mutating func strings(_ name: String, default standard: [String] = []) throws(ConnectorError) -> [String] {
        guard let value = value(name) else { return standard }
        guard case .array(let elements) = value else { throw wrongType(name, value, "a list of texts") }
        var texts: [String] = []
        for element in elements {
            guard case .string(let text) = element, !text.isEmpty else {
                throw wrongType(name, element, "a list of texts")
            }
            texts.append(text)
        }
        return texts
    }

    public mutating func integer(
        _ name: String, in range: ClosedRange<Int>, default standard: Int
    ) throws(ConnectorError) -> Int {
        guard let value = value(name) else { return standard }
        guard case .integer(let number) = value else { throw wrongType(name, value, "a whole number") }
        guard let number = Int(exactly: number), range.contains(number) else {
            throw error(
                "the setting `\(name)` must be from \(range.lowerBound) to \(range.upperBound)", about: name)
        }
        return number
    }

    public mutating func bool(_ name: String, default standard: Bool) throws(ConnectorError) -> Bool {
        guard let value = value(name) else { return standard }
        guard case .bool(let bool) = value else { throw wrongType(name, value, "true or false") }
        return bool
    }

    /// A length of time: `30s`, `5m`, `PT4H`.
    public mutating func span(_ name: String, default standard: Span) throws(ConnectorError) -> Span {
        guard let value = value(name) else { return standard }
        guard case .string(let text) = value, let span = Span(text) else {
            throw wrongType(name, value, "a duration such as `30s` or `5m`")
        }
        return span
    }

    /// One of the raw values.
    public mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, default standard: Choice
    ) throws(ConnectorError) -> Choice where Choice.RawValue == String {
        guard let value = value(name) else { return standard }
        guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw error("the setting `\(name)` must be one of \(all)", about: name)
        }
        return choice
    }

    /// The last call: settings that nobody asked for are refused.
    public func finish() throws(ConnectorError) {
        guard let name = object.names.first(where: { !known.contains($0) }) else { return }
        throw error(Self.unknown(name, among: known), about: name)
    }

    static func unknown(_ name: String, among known: [String]) -> String {
        let near = known.map { ($0, distance(name, $0)) }.filter { $0.1 <= 2 }.min { $0.1 < $1.1 }
        let advice =
            near.map { "; did you mean `\($0.0)`?" } ?? "; there are \(known.map { "`\($0)`" }.joined(separator: ", "))"
        return "the setting `\(name)` is not known\(advice)"
    }

    /// Whether one may be the other, misspelt.
    static func isNear(_ name: String, _ other: String) -> Bool { distance(name, other) <= 2 }

    /// An error of these settings, for what a connector checks itself.
    ///
    /// - Parameter setting: The one that is wrong, where it is one.
    public func error(_ message: String, about setting: String? = nil) -> ConnectorError {
        ConnectorError(
            code: .configuration, operation: "read the settings of \(target)",
            message: parent.map { "in `\($0)`: \(message)" } ?? message, setting: outermost ?? setting)
    }

    /// The target's own setting that all of these are a part of.
    private var outermost: String? { parent.map { String($0.prefix { $0 != "." }) } }

    private mutating func value(_ name: String) -> JSONValue? {
        known.append(name)
        guard let value = object[name], value != .null else { return nil }
        return value
    }

    private func wrongType(_ name: String, _ value: JSONValue, _ wanted: String) -> ConnectorError {
        error("the setting `\(name)` is \(value.kindName); it must be \(wanted)", about: name)
    }

    /// Levenshtein's; names are short.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8.prefix(64)), Array(right.utf8.prefix(64)))
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}

/// One text under a name of the user's own choice.
public struct SettingText: Hashable, Sendable {
    public let name: String
    public let text: String
}

import Foundation
import StrictJSON

/// Texts that have broken other programs; see `Scripts/install-test-systems.d/texts.sh`.
public enum HostileTexts {
    /// A document that is no JSON, and what it is called.
    public struct Document: Sendable, CustomStringConvertible {
        public let name: String
        public let bytes: [UInt8]

        public var description: String { name }
    }

    /// Every document of JSONTestSuite that a parser has to refuse, and some that it lacks; nil where they are not installed.
    public static func invalidJSON(for test: String = #function) throws -> [Document]? {
        guard let folder = try TestSystems.requireData("texts/invalid-json", for: test) else { return nil }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return try names.map { name in
            Document(name: name, bytes: Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))))
        } + own
    }

    /// What a strict reader refuses beside: names that stand twice, halves of characters, numbers that are none, space that
    /// is none, what stands before and behind.
    private static let own: [Document] = {
        let plain = texts.enumerated().map { Document(name: "own-\($0.offset)", bytes: Array($0.element.utf8)) }
        return plain + bytes.sorted { $0.key < $1.key }.map { Document(name: $0.key, bytes: $0.value) }
    }()

    private static let texts: [String] = [
        #"{"a":1,"a":1}"#, #"{"a":{"b":1,"b":2}}"#, #"[{"a":1,"\u0061":2}]"#, #"{"":1,"":2}"#, #""\uD800""#,
        #""\uDC00\uD800""#, "{\"a\":\u{A0}1}", "\u{FEFF}{}", "{} {}", "{}\u{0}", "[01]", "[+1]", "[.5]", "[1.]",
        "[0x10]", "[NaN]", "[Infinity]", "// x\n{}", "/**/{}", "{'a':1}", "{a:1}", "[1,]", "{\"a\":1,}", "[\"\t\"]",
        "[\"\\x41\"]", "[\"\\u{41}\"]", "[True]", "[nul]", "\"", "{\"a\"", "{\"a\":", "[", "{", "",
    ]

    private static let bytes: [String: [UInt8]] = [
        "deep-arrays": [UInt8](repeating: UInt8(ascii: "["), count: 200_000),
        "deep-objects": Array(String(repeating: "{\"a\":", count: 100_000).utf8),
        "overlong": [0x22, 0xC0, 0xAF, 0x22], "surrogate": [0x22, 0xED, 0xA0, 0x80, 0x22],
        "beyond": [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], "utf-16": [0xFF, 0xFE, 0x7B, 0, 0x7D, 0],
    ]

    /// The Big List of Naughty Strings, and some that it lacks; nil where it is not installed.
    public static func naughtyStrings(for test: String = #function) throws -> [String]? {
        guard let file = try TestSystems.requireData("texts/naughty.json", for: test) else { return nil }
        let bytes = Array(try Data(contentsOf: URL(filePath: file)))
        let list = try JSONParser.parse(bytes).array?.compactMap(\.string) ?? []
        return list + further
    }

    /// Those of the list that are tried at one place: all of them with `TENURE_LONG_TESTS`, else every sixteenth, of each place
    /// others, so that every text is tried at some place of every kind.
    public static func naughtyStrings(at place: Int, for test: String = #function) throws -> [String]? {
        guard let all = try naughtyStrings(for: test) else { return nil }
        guard ProcessInfo.processInfo.environment["TENURE_LONG_TESTS"] == nil else { return all }
        return all.enumerated().filter { ($0.offset + place) % 16 == 0 }.map(\.element)
    }

    private static let further = [
        "\u{0}", "a\u{0}b", "\r\nSet-Cookie: a=b", "%0d%0aX: y", "\u{1B}]0;x\u{7}", "\u{202E}evil", "e\u{301}", "é",
        "ﬁ", "K",
        "../../etc/passwd", "..\\..\\x", "%2e%2e%2f", "$(id)", "{{7*7}}", "${jndi:ldap://x/a}", "9223372036854775807",
        "9223372036854775808", "-9223372036854775808", "1e999", "0x7fffffffffffffff", "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z", "0000-00-00T00:00:00Z", "999999999w", "PT999999999S", "P999999999W", "null", "[]", "{}",
        String(repeating: "a", count: 100), String(repeating: "\u{1F468}\u{200D}", count: 60),
        "a" + String(repeating: "\u{301}", count: 500),
    ]
}

import Crypto

/// One numbered step of the schema. Once released it never changes: a later wish is a later migration.
///
/// The text is written once for both dialects. What they spell differently stands in braces: `{integer}` is 64 bits
/// wide, `{text}` is compared and ordered by its bytes, `{bytes}` holds raw bytes, `{strict}` makes SQLite hold a
/// column to its type as PostgreSQL does anyway.
public struct Migration: Hashable, Sendable {
    /// From 1, without a gap.
    public let number: Int
    public let name: String
    let text: String

    init(number: Int, name: String, text: String) {
        self.number = number
        self.name = name
        self.text = text
    }

    /// The statements in the order in which they run.
    public func statements(for dialect: SQLDialect) -> [String] {
        Self.render(text, for: dialect).split(separator: ";")
            .map { Substring($0).trimmingSpaces }
            .filter { !$0.isEmpty }
    }

    /// Lower-case hex SHA-256 over what runs in either dialect; the same on every node and in every database.
    public var checksum: String {
        var hash = SHA256()
        for dialect in [SQLDialect.sqlite, .postgresql] {
            hash.update(data: Array("\(number) \(name) \(dialect.rawValue)\n".utf8))
            hash.update(data: Array(Self.render(text, for: dialect).utf8))
        }
        return hash.finalize().hexText
    }

    private static func render(_ text: String, for dialect: SQLDialect) -> String {
        let spelling: [(token: String, sqlite: String, postgresql: String)] = [
            ("{integer}", "INTEGER", "BIGINT"),
            ("{text}", "TEXT", "TEXT COLLATE \"C\""),
            ("{bytes}", "BLOB", "BYTEA"),
            (" {strict}", " STRICT", ""),
        ]
        return spelling.reduce(text) { text, word in
            text.replacing(word.token, with: dialect == .sqlite ? word.sqlite : word.postgresql)
        }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\n" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}

extension Sequence<UInt8> {
    /// Two lower-case hexadecimal digits a byte.
    var hexText: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

import Foundation

/// A time zone as an argument of CEL names it: `UTC`, an offset such as `+05:30`, `-00:00` or `02:00`, or a name of the
/// IANA data base.
public struct CELTimeZone: Sendable, Hashable {
    private enum Rules: Hashable {
        case fixed(Int64)
        case named(TimeZone)
    }

    private let rules: Rules

    public static let utc = CELTimeZone(rules: .fixed(0))

    private init(rules: Rules) { self.rules = rules }

    /// Fails with `invalidArgument` when `text` names no zone that is known here.
    public init(_ text: CELString) throws(CELError) {
        let bytes = Array(text.utf8)
        if bytes.isEmpty || text == "UTC" {
            rules = .fixed(0)
        } else if bytes.contains(UInt8(ascii: ":")) {
            guard let offset = Self.offset(bytes) else { throw Self.unknown(text) }
            rules = .fixed(offset)
        } else {
            guard Self.isName(bytes), let zone = TimeZone(identifier: text.text) else { throw Self.unknown(text) }
            rules = .named(zone)
        }
    }

    /// Seconds to add to UTC at that moment, given in seconds since 1970.
    public func offset(at seconds: Int64) -> Int64 {
        switch rules {
        case .fixed(let offset): offset
        case .named(let zone): Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
        }
    }

    private static func unknown(_ text: CELString) -> CELError {
        CELError(
            .invalidArgument,
            "unknown time zone `\(text.text)`: give `UTC`, an offset such as `+05:30` or a name such as `Europe/Paris`")
    }

    /// `hh:mm` with or without a sign.
    private static func offset(_ bytes: [UInt8]) -> Int64? {
        var digits = bytes[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        var reader = TimeReader(Array(digits))
        guard let hours = reader.number(digits: 2), reader.skip(":"), let minutes = reader.number(digits: 2),
            reader.isAtEnd, hours < 24, minutes < 60
        else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return isNegative ? -seconds : seconds
    }

    /// Whether it has the form of a name of the data base. Others would be taken for abbreviations such as `PST`, which
    /// mean different zones to different readers.
    private static func isName(_ bytes: [UInt8]) -> Bool {
        let isPlace = bytes.contains(UInt8(ascii: "/"))
        return bytes.count <= 64 && (isPlace || words.contains(String(decoding: bytes, as: UTF8.self)))
            && bytes.allSatisfy { byte in
                switch Unicode.Scalar(byte) {
                case "A"..."Z", "a"..."z", "0"..."9", "_", "-", "+", "/": true
                default: false
                }
            }
    }

    /// The names of the data base that are one word.
    private static let words: Set<String> = [
        "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "GB", "GB-Eire", "GMT", "GMT+0", "GMT-0",
        "GMT0", "Greenwich", "HST", "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan", "Kwajalein", "Libya",
        "MET", "MST", "MST7MDT", "NZ", "NZ-CHAT", "Navajo", "PRC", "PST8PDT", "Poland", "Portugal", "ROC", "ROK",
        "Singapore", "Turkey", "UCT", "Universal", "W-SU", "WET", "Zulu",
    ]
}

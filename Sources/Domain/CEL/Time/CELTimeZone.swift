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

    /// Names may not lead out of the data base, and need not be looked up when they hold anything else.
    private static func isName(_ bytes: [UInt8]) -> Bool {
        bytes.count <= 64
            && bytes.allSatisfy { byte in
                switch Unicode.Scalar(byte) {
                case "A"..."Z", "a"..."z", "0"..."9", "_", "-", "+", "/": true
                default: false
                }
            }
    }
}

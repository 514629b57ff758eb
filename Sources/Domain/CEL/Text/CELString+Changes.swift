/// Strings made from strings. Cases are those of ASCII alone, as in CEL.
extension CELString {
    /// `lowerAscii`.
    public var asciiLowercased: CELString { mapped { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }

    /// `upperAscii`.
    public var asciiUppercased: CELString { mapped { (0x61...0x7A).contains($0) ? $0 & ~0x20 : $0 } }

    private func mapped(_ change: (UInt8) -> UInt8) -> CELString {
        CELString(String(decoding: utf8.map(change), as: UTF8.self))
    }

    /// `trim`: without the Unicode white space at both ends.
    public var trimmed: CELString {
        let kept = scalars.drop { $0.properties.isWhitespace }
        guard let last = kept.lastIndex(where: { !$0.properties.isWhitespace }) else { return CELString("") }
        return CELString(String(kept[...last]))
    }

    /// `reverse`: the code points from the last to the first.
    public var reversed: CELString {
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars.reversed())
        return CELString(String(result))
    }

    /// `strings.quote`: a literal in double quotes that stands for this string.
    public var quoted: CELString {
        var result: [UInt8] = [0x22]
        for byte in utf8 {
            if let letter = Self.escapes[byte] { result += [0x5C, letter] } else { result.append(byte) }
        }
        return CELString(String(decoding: result + [0x22], as: UTF8.self))
    }

    private static let escapes: [UInt8: UInt8] = [
        0x07: UInt8(ascii: "a"), 0x08: UInt8(ascii: "b"), 0x09: UInt8(ascii: "t"), 0x0A: UInt8(ascii: "n"),
        0x0B: UInt8(ascii: "v"), 0x0C: UInt8(ascii: "f"), 0x0D: UInt8(ascii: "r"), 0x22: 0x22, 0x5C: 0x5C,
    ]

    // MARK: Parts

    public func contains(_ other: CELString) -> Bool {
        withBytes { ByteSearch.first(other, in: $0, from: 0) != nil }
    }

    /// `startsWith`.
    public func hasPrefix(_ other: CELString) -> Bool {
        withBytes { bytes in other.withBytes { bytes.starts(with: $0) } }
    }

    /// `endsWith`.
    public func hasSuffix(_ other: CELString) -> Bool {
        withBytes { bytes in other.withBytes { bytes.suffix($0.count).elementsEqual($0) } }
    }

    /// `replace`: at most `limit` occurrences of `old`, from the left, become `new`; all without a limit or with a
    /// negative one. The empty string occurs before each code point and at the end.
    public func replacing(_ old: CELString, with new: CELString, limit: Int64 = -1) -> CELString {
        let added = Array(new.utf8)
        return withBytes { bytes in
            var result: [UInt8] = []
            var rest = 0
            for range in Self.occurrences(of: Array(old.utf8), in: bytes, limit: limit) {
                result += bytes[rest..<range.lowerBound]
                result += added
                rest = range.upperBound
            }
            result += bytes[rest...]
            return CELString(String(decoding: result, as: UTF8.self))
        }
    }

    /// `split`: the parts between the occurrences of `separator`, at most `limit` of them, where the last keeps what
    /// follows; all without a limit or with a negative one, none with 0. An empty separator gives the code points.
    public func split(_ separator: CELString, limit: Int64 = -1) -> [CELString] {
        guard limit != 0 else { return [] }
        return withBytes { bytes in
            let cuts = separator.utf8.isEmpty
            if cuts, bytes.isEmpty { return [] }
            var parts: [CELString] = []
            var rest = 0
            let most = limit < 0 ? limit : limit - 1 + (cuts ? 1 : 0)
            for range in Self.occurrences(of: Array(separator.utf8), in: bytes, limit: most) {
                // Between code points an empty separator cuts, but not at the ends.
                if cuts, range.lowerBound == 0 || range.lowerBound == bytes.count { continue }
                parts.append(CELString(part: bytes, rest..<range.lowerBound))
                rest = range.upperBound
            }
            parts.append(CELString(part: bytes, rest..<bytes.count))
            return parts
        }
    }

    private static func occurrences(
        of needle: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, limit: Int64
    ) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var position = 0
        let search = ByteSearch(needle)
        while limit < 0 || Int64(found.count) < limit, let begin = search.first(in: bytes, from: position) {
            found.append(begin..<begin + needle.count)
            position = begin + needle.count
            if needle.isEmpty {
                position += begin < bytes.count ? max(1, UTF8Decoding.length(bytes[begin])) : 1
            }
        }
        return found
    }

    /// `join`: the strings of `list` with `separator` between them. Fails with `noSuchOverload` when an element is no
    /// string.
    public static func joined(_ list: [CELValue], by separator: CELString = "") throws(CELError) -> CELString {
        var result: [UInt8] = []
        for (index, element) in list.enumerated() {
            guard case .string(let string) = element else {
                throw CELError(
                    .noSuchOverload, "no such overload: `join` takes a list of strings, not of `\(element.typeName)`")
            }
            if index > 0 { result += separator.utf8 }
            result += string.utf8
        }
        return CELString(String(decoding: result, as: UTF8.self))
    }
}

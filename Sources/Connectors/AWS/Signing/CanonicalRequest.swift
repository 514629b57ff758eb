import ConnectorKit

/// The text that stands for a request in its signature (Signature Version 4).
///
/// Services read the path in its normal form and escaped a second time, all but S3, which this connector does not
/// speak to. Header values lose surplus spaces, names their case; query parameters are sorted by their bytes.
struct CanonicalRequest {
    /// Names of all headers that are signed, in order: `host;x-amz-date`.
    let signedHeaders: String
    let text: String

    /// - Parameter headers: All that are signed, `host` among them.
    init(_ request: SignableRequest, headers: [HTTPRequest.Field], bodyHash: String) {
        var values: [String: [String]] = [:]
        for header in headers {
            values[header.name.lowercased(), default: []].append(Self.withoutSurplusSpace(header.value))
        }
        let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        signedHeaders = names.joined(separator: ";")
        let lines = names.map { "\($0):\((values[$0] ?? []).joined(separator: ","))\n" }.joined()
        text = [
            request.method, Self.path(request.path), Self.query(request.query), lines, signedHeaders, bodyHash,
        ].joined(separator: "\n")
    }

    /// Without `.`, `..` and empty segments, each of the others escaped once more.
    static func path(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        guard !segments.isEmpty else { return "/" }
        let escaped = segments.map { "/" + escape($0.utf8) }.joined()
        return path.utf8.last == UInt8(ascii: "/") ? escaped + "/" : escaped
    }

    /// Sorted by name, then by value. A name without a value has an empty one.
    static func query(_ query: String) -> String {
        let pairs = query.split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return (name: Array(name.utf8), value: Array(pair.dropFirst(name.count + 1).utf8))
        }
        let sorted = pairs.sorted { left, right in
            left.name == right.name
                ? left.value.lexicographicallyPrecedes(right.value) : left.name.lexicographicallyPrecedes(right.name)
        }
        return sorted.map { String(decoding: $0.name + [UInt8(ascii: "=")] + $0.value, as: UTF8.self) }
            .joined(separator: "&")
    }

    static func escape(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var escaped: [UInt8] = []
        for byte in bytes {
            if byte.isUnreserved {
                escaped.append(byte)
            } else {
                escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func withoutSurplusSpace(_ value: String) -> String {
        value.utf8.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
            .map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
}

extension UInt8 {
    /// RFC 3986, 2.3.
    fileprivate var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

/// A remark in a header field: `note some%20words`, in UTF-8, percent-encoded.
public enum RemarkField {
    public static let name = "Tenure-Remark"
    /// How the command would end that says the same: a number of ``ExitStatus``.
    public static let exitName = "Tenure-Exit"
    /// Bytes that all remarks of an answer may have: proxies have room for so much.
    public static let limit = 3_000

    public static func encode(_ remark: Printout.Remark) -> String {
        let kind = if case .note = remark { "note" } else { "complaint" }
        return kind + " " + escape(remark.text)
    }

    /// Nil for what is none.
    public static func decode(_ value: String) -> Printout.Remark? {
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let text = unescape(parts[1]) else { return nil }
        switch parts[0] {
        case "note": return .note(text)
        case "complaint": return .complaint(text)
        default: return nil
        }
    }

    private static func escape(_ text: String) -> String {
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            if (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "%") {
                escaped.append(byte)
            } else {
                escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func unescape(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next(), let low = rest.next(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// What a mail server answers to a command (RFC 5321, 4.2).
struct SMTPReply: Hashable, Sendable {
    let code: Int
    /// Without the codes before them.
    let lines: [String]

    var isPositive: Bool { (200..<300).contains(code) }
    var isTransient: Bool { (400..<500).contains(code) }
    var text: String { "\(code) \(lines.joined(separator: " "))" }
}

/// Puts replies together from bytes as they come in.
struct SMTPReplyReader {
    struct Malformed: Error {
        let message: String
    }

    private var line: [UInt8] = []
    private var code: Int?
    private var lines: [String] = []
    private var size = 0

    private static let longestLine = 4_096
    private static let longestReply = 65_536

    /// Whether nothing of a reply has come in yet.
    var isEmpty: Bool { line.isEmpty && lines.isEmpty }

    /// Takes a byte in; a reply with its last one.
    mutating func take(_ byte: UInt8) throws(Malformed) -> SMTPReply? {
        size += 1
        guard size <= Self.longestReply, line.count <= Self.longestLine else {
            throw Malformed(message: "the server's answer is too long")
        }
        guard byte == 0x0A else {
            line.append(byte)
            return nil
        }
        if line.last == 0x0D { line.removeLast() }
        defer { line = [] }
        let digits = line.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(String(decoding: digits, as: UTF8.self)), (200..<600).contains(number),
            code == nil || code == number
        else { throw Malformed(message: "the server does not speak SMTP") }
        code = number
        lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
        switch line.dropFirst(3).first {
        case UInt8(ascii: "-"): return nil
        case UInt8(ascii: " "), nil:
            let reply = SMTPReply(code: number, lines: lines)
            self = SMTPReplyReader()
            return reply
        default: throw Malformed(message: "the server does not speak SMTP")
        }
    }
}

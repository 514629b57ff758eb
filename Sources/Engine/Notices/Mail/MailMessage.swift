import AccessModel
import Foundation

/// One mail, in the form in which it goes over the wire: RFC 5322, its text quoted-printable.
///
/// Whatever somebody wrote into a reason stays in the place that it was put in: no header is begun by it, and no line
/// ends the message.
struct MailMessage {
    let sender: EmailAddress
    let recipient: EmailAddress
    let subject: String
    let text: String
    let at: Instant
    /// Of the notice; with the recipient it makes the message's own.
    let id: String

    /// Longer texts are cut, and say so.
    static let maximumText = 256 << 10

    var bytes: [UInt8] {
        let headers = [
            "Date: \(Self.date(at))", "From: <\(sender.text)>", "To: <\(recipient.text)>",
            "Subject: \(Self.encoded(subject))", "Message-ID: <\(messageID)>", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
            "Auto-Submitted: auto-generated", "X-Tenure-Notice: \(id)",
        ]
        return Array((headers.joined(separator: "\r\n") + "\r\n\r\n").utf8) + Self.quotedPrintable(shortened)
    }

    /// The same at every attempt, so that a message that arrives twice can be told.
    private var messageID: String {
        let recipient = recipient.folded.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return "\(id).\(String(recipient, radix: 16))@\(sender.domain)"
    }

    private var shortened: String {
        guard text.utf8.count > Self.maximumText else { return text }
        return String(decoding: text.utf8.prefix(Self.maximumText), as: UTF8.self) + "\n[cut]\n"
    }

    // MARK: Headers

    /// As it is where it is short and plain ASCII, as encoded words (RFC 2047) otherwise.
    static func encoded(_ subject: String) -> String {
        let line = String(subject.onOneLine.unicodeScalars.prefix(256))
        let isPlain = line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !line.contains("=?") && line.utf8.count <= 60
        if isPlain { return line }
        var words: [String] = []
        var word: [UInt8] = []
        for scalar in line.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if word.count + bytes.count > 42 {
                words.append(encodedWord(word))
                word = []
            }
            word += bytes
        }
        return (words + [encodedWord(word)]).joined(separator: "\r\n ")
    }

    private static func encodedWord(_ bytes: [UInt8]) -> String {
        "=?UTF-8?B?\(Data(bytes).base64EncodedString())?="
    }

    /// `Sat, 21 Nov 2026 12:00:00 +0000`.
    static func date(_ at: Instant) -> String {
        let text = at.description
        let day = Int(at.milliseconds / 86_400_000)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][day % 7]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.prefix(10).split(separator: "-")
        let month = parts.count == 3 ? Int(parts[1]).map { months[($0 - 1) % 12] } ?? "" : ""
        let time = text.dropFirst(11).prefix(8)
        return "\(weekday), \(parts.last ?? "") \(month) \(parts.first ?? "") \(time) +0000"
    }

    // MARK: Text

    /// RFC 2045, 6.7: lines of 76 at most, ended by CRLF.
    static func quotedPrintable(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        for line in lines(of: text) {
            var length = 0
            for (place, byte) in line.enumerated() {
                let isLast = place == line.count - 1
                let isBlank = byte == 0x20 || byte == 0x09
                let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") || isBlank && !isLast
                let piece = isPlain ? [byte] : Array("=".utf8) + hexadecimal(byte)
                if length + piece.count > 75 {
                    output += Array("=\r\n".utf8)
                    length = 0
                }
                output += piece
                length += piece.count
            }
            output += Array("\r\n".utf8)
        }
        return output
    }

    private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    /// Ended by CRLF, CR or LF, whichever.
    private static func lines(of text: String) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == 0x0D || byte == 0x0A && previous != 0x0D {
                lines.append([])
            } else if byte != 0x0A {
                lines[lines.count - 1].append(byte)
            }
            previous = byte
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// As `DATA` sends it: a line that begins with a dot gets another, and a lone dot ends it (RFC 5321, 4.5.2).
    static func transparent(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 16)
        var beginsLine = true
        for byte in bytes {
            if beginsLine, byte == UInt8(ascii: ".") { output.append(byte) }
            output.append(byte)
            beginsLine = byte == 0x0A
        }
        return output + Array((output.suffix(2).elementsEqual([0x0D, 0x0A]) ? ".\r\n" : "\r\n.\r\n").utf8)
    }
}

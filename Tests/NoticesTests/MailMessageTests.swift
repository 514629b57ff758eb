import AccessModel
import Definitions
import Foundation
import TestSupport
import Testing

@testable import Notices

@Suite("Mail as it goes over the wire")
struct MailMessageTests {
    private func message(subject: String = "s", text: String = "t", to: String = "eva") -> MailMessage {
        MailMessage(
            sender: Sample.email("tenure"), recipient: Sample.email(to), subject: subject, text: text, at: Sample.now,
            id: "ntc-1")
    }

    @Test func headersAreWhatTheyShouldBe() throws {
        let text = String(decoding: message(subject: "payments/live/admin").bytes, as: UTF8.self)
        let head = try #require(text.split(separator: "\r\n\r\n").first).split(separator: "\r\n").map(String.init)
        #expect(head[0] == "Date: Sat, 21 Nov 2026 12:00:00 +0000")
        #expect(head[1] == "From: <tenure@mountainlab.io>" && head[2] == "To: <eva@mountainlab.io>")
        #expect(head[3] == "Subject: payments/live/admin")
        #expect(head[4].hasPrefix("Message-ID: <ntc-1.") && head[4].hasSuffix("@mountainlab.io>"))
        #expect(message().bytes == message().bytes)
    }

    @Test func nothingInASubjectBeginsAHeader() {
        for end in ["\r\n", "\n", "\r", "\u{2028}", "\u{85}", "\r\n "] {
            let text = String(
                decoding: message(subject: "x\(end)Bcc: all@mountainlab.io").bytes, as: UTF8.self)
            #expect(!text.contains("\nBcc:") && !text.contains("\rBcc:"), "\(end.debugDescription)")
        }
    }

    @Test func aSubjectBeyondASCIIIsEncodedWordsThatDecodeToIt() throws {
        for subject in ["Müller öffnet «payments»", String(repeating: "日本語のグループ", count: 20), "=?x?", "a\u{301}"] {
            let encoded = MailMessage.encoded(subject)
            let words = encoded.components(separatedBy: "\r\n ")
            #expect(words.allSatisfy { $0.utf8.count <= 75 && $0.hasPrefix("=?UTF-8?B?") && $0.hasSuffix("?=") })
            let bytes = try words.flatMap { word in
                Array(try #require(Data(base64Encoded: String(word.dropFirst(10).dropLast(2)))))
            }
            #expect(String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(subject.utf8))
        }
    }

    @Test func textIsQuotedPrintable() {
        func encode(_ text: String) -> String {
            String(decoding: MailMessage.quotedPrintable(text), as: UTF8.self)
        }
        #expect(encode("a=b\n") == "a=3Db\r\n")
        #expect(encode("ends in a space \nnext") == "ends in a space=20\r\nnext\r\n")
        #expect(encode("é\r\ncrlf\rcr") == "=C3=A9\r\ncrlf\r\ncr\r\n")
        #expect(encode("\u{0}\u{7}") == "=00=07\r\n")
        let long = encode(String(repeating: "x", count: 1_000))
        #expect(long.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        #expect(long.replacing("=\r\n", with: "") == String(repeating: "x", count: 1_000) + "\r\n")
    }

    @Test func aLineOfADotEndsNothing() {
        func send(_ text: String) -> String {
            String(decoding: MailMessage.transparent(Array(text.utf8)), as: UTF8.self)
        }
        #expect(send("a\r\n.\r\nb\r\n") == "a\r\n..\r\nb\r\n.\r\n")
        #expect(send(".x\r\n") == "..x\r\n.\r\n")
        #expect(send("no end") == "no end\r\n.\r\n")
    }

    @Test func aLongTextIsCut() {
        let bytes = message(text: String(repeating: "x", count: 1 << 20)).bytes
        #expect(bytes.count < 300_000)
    }

    @Test func placesAreFilledOnOneLine() {
        let sender = MailSender(
            client: SMTPClient(
                server: NoticeChannel.MailServer(
                    host: "localhost", port: 25, security: .none, sender: Sample.email("tenure")), credential: nil,
                certificateAuthorities: nil), organization: Sample.slug("acme"), definitions: NoticeDefinitions())
        let notice = Notices.Notice(
            .accessDenied, about: "req-1", at: Sample.now, newID: "1",
            data: ["group": "payments/live/admin", "by": "e-1", "request": "req-1", "note": "no\r\n.\r\nQUIT\u{202E}"])
        let message = sender.message(notice, to: Sample.email("eva"))
        #expect(message.subject == "payments/live/admin: denied")
        #expect(
            message.text == "e-1 denied req-1.\n\nno .  QUIT \n"
                || message.text == "e-1 denied req-1.\n\nno  .  QUIT \n")
    }
}

extension NoticeChannel.MailServer {
    init(
        host: String, port: Int, security: Security, sender: EmailAddress, username: String? = nil,
        password: String? = nil
    ) {
        self = NoticeWorld.mailServer(
            "{host: \(host), port: \(port), from: \(sender), security: \(security.rawValue)"
                + (username.map { ", username: \($0), password: \(password ?? "env:NONE")" } ?? "") + "}")
    }
}

extension NoticeWorld {
    static func mailServer(_ smtp: String) -> NoticeChannel.MailServer {
        let channels = read("channels: [{name: mail, smtp: \(smtp)}]").channels
        guard case .mail(let server)? = channels.first?.kind else { preconditionFailure("not a mail server: \(smtp)") }
        return server
    }
}

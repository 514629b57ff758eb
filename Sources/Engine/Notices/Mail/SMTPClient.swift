import AccessModel
import Definitions
import Foundation

/// Hands mail to a server for delivery (RFC 5321, 3207, 4954), one connection for each message.
struct SMTPClient: Sendable {
    struct Credential: Sendable {
        let username: String
        let password: SecretText
    }

    let server: NoticeChannel.MailServer
    let credential: Credential?
    /// A PEM file.
    let certificateAuthorities: String?

    /// Returns once the server has taken the message, and answers for it.
    ///
    /// What a server refuses for good (5yz) of this message is final; everything else may be tried again: a server
    /// that is busy (4yz) or cannot be reached, and one that will not let Tenure in, which somebody can put right.
    func send(_ message: MailMessage, limit: Span) async throws(NoticeFailure) {
        do {
            let connection = try await open(limit)
            let alarm = Task {
                try await Task.sleep(for: .milliseconds(limit.milliseconds))
                connection.close("no answer within \(limit)")
            }
            defer {
                alarm.cancel()
                connection.close()
            }
            try await SMTPExchange(connection: connection, client: self).run(message)
        } catch let failure as NoticeFailure {
            throw NoticeFailure(
                redacted(failure.message), isFinal: failure.isFinal, isOfChannel: failure.isOfChannel)
        } catch {
            throw NoticeFailure("\(server.host):\(server.port): \(redacted("\(error)"))", isOfChannel: true)
        }
    }

    private func open(_ limit: Span) async throws -> SMTPConnection {
        try await SMTPConnection.open(
            host: server.host, port: server.port, tls: server.security == .tls ? try security() : nil, limit: limit)
    }

    func security() throws -> SMTPSecurity {
        try SMTPSecurity(host: server.host, authorities: certificateAuthorities)
    }

    /// One short line in which no password stands, whatever a server sends back.
    private func redacted(_ text: String) -> String {
        var line = String(text.onOneLine.prefix(400))
        guard let credential else { return line }
        let password = credential.password.reveal()
        let forms = [
            password, Data(password.utf8).base64EncodedString(),
            Data(Self.plain(credential).utf8).base64EncodedString(),
        ]
        for form in forms where !form.isEmpty {
            line = line.split(separator: form, omittingEmptySubsequences: false).joined(separator: "[secret]")
        }
        return line
    }

    /// What `AUTH PLAIN` sends, before base64.
    static func plain(_ credential: Credential) -> String {
        "\0\(credential.username)\0\(credential.password.reveal())"
    }
}

/// One conversation with a server.
private struct SMTPExchange {
    let connection: SMTPConnection
    let client: SMTPClient

    func run(_ message: MailMessage) async throws {
        try expect(try await connection.reply(), of: "greeting")
        var abilities = try await hello(message)
        if client.server.security == .starttls {
            guard abilities.contains("STARTTLS") else {
                throw NoticeFailure("the server offers no STARTTLS", isOfChannel: true)
            }
            try expect(try await connection.command("STARTTLS"), of: "STARTTLS")
            try await connection.secure(try client.security())
            // What was offered in the clear counts no more.
            abilities = try await hello(message)
        }
        if let credential = client.credential { try await signIn(credential, abilities) }
        try await transfer(message, abilities)
    }

    private func hello(_ message: MailMessage) async throws -> [String] {
        let reply = try await connection.command("EHLO \(message.sender.domain)")
        try expect(reply, of: "EHLO")
        return reply.lines.dropFirst().map { $0.uppercased() }
    }

    private func signIn(_ credential: SMTPClient.Credential, _ abilities: [String]) async throws {
        let offered = abilities.first { $0.hasPrefix("AUTH ") }?.split(separator: " ").dropFirst() ?? []
        if offered.contains("PLAIN") {
            let secret = Data(SMTPClient.plain(credential).utf8).base64EncodedString()
            try expect(try await connection.command("AUTH PLAIN \(secret)"), of: "AUTH")
        } else if offered.contains("LOGIN") {
            try expect(try await connection.command("AUTH LOGIN"), of: "AUTH", code: 334)
            let name = Data(credential.username.utf8).base64EncodedString()
            try expect(try await connection.command(name), of: "AUTH", code: 334)
            let password = Data(credential.password.reveal().utf8).base64EncodedString()
            try expect(try await connection.command(password), of: "AUTH")
        } else {
            throw NoticeFailure("the server offers neither AUTH PLAIN nor AUTH LOGIN", isOfChannel: true)
        }
    }

    private func transfer(_ message: MailMessage, _ abilities: [String]) async throws {
        let bytes = message.bytes
        let size = abilities.first { $0 == "SIZE" || $0.hasPrefix("SIZE ") }
        if let limit = size?.split(separator: " ").last.flatMap({ Int($0) }), limit > 0, bytes.count > limit {
            throw NoticeFailure("the message has \(bytes.count) bytes; the server takes \(limit)", isFinal: true)
        }
        let announced = size == nil ? "" : " SIZE=\(bytes.count)"
        try accept(try await connection.command("MAIL FROM:<\(message.sender.text)>\(announced)"), of: "MAIL FROM")
        try accept(try await connection.command("RCPT TO:<\(message.recipient.text)>"), of: "RCPT TO")
        let go = try await connection.command("DATA")
        guard go.code == 354 else { throw refusal(go, of: "DATA") }
        try await connection.send(MailMessage.transparent(bytes))
        try accept(try await connection.reply(), of: "the message")
        // It is the server's now. A goodbye that fails alters nothing.
        do {
            try await connection.send(Array("QUIT\r\n".utf8))
        } catch {
            return
        }
    }

    /// A refusal concerns the channel: nothing was said of a message yet.
    private func expect(_ reply: SMTPReply, of command: String, code: Int? = nil) throws(NoticeFailure) {
        guard code.map({ $0 == reply.code }) ?? reply.isPositive else {
            throw NoticeFailure("\(command): \(reply.text)", isOfChannel: true)
        }
    }

    private func accept(_ reply: SMTPReply, of command: String) throws(NoticeFailure) {
        guard reply.isPositive else { throw refusal(reply, of: command) }
    }

    private func refusal(_ reply: SMTPReply, of command: String) -> NoticeFailure {
        NoticeFailure("\(command): \(reply.text)", isFinal: !reply.isTransient)
    }
}

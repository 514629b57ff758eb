import AccessModel
import Definitions
import Foundation
import TestSupport
import Testing

@testable import Notices

/// Against a real server, aiosmtpd, and against doubles for what it cannot be made to do.
@Suite("Mail is handed over")
struct SMTPTests {
    /// No answer takes so long; a busy machine may take its time.
    private let patience = Span.minutes(5)

    private func message(to: String = "eva", text: String = "first\n.\nlast\n") -> MailMessage {
        MailMessage(
            sender: Sample.email("tenure"), recipient: Sample.email(to), subject: "Über payments", text: text,
            at: Sample.now, id: "ntc-1")
    }

    private func client(
        _ port: Int, _ security: NoticeChannel.MailServer.Security, authorities: String?, login: Bool = false,
        password: String = MailServer.password, host: String = "127.0.0.1"
    ) -> SMTPClient {
        SMTPClient(
            server: NoticeChannel.MailServer(
                host: host, port: port, security: security, sender: Sample.email("tenure")),
            credential: login
                ? SMTPClient.Credential(username: MailServer.username, password: SecretText(password)) : nil,
            certificateAuthorities: authorities)
    }

    private func failure(_ body: () async throws(NoticeFailure) -> Void) async -> NoticeFailure? {
        do throws(NoticeFailure) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [NoticeChannel.MailServer.Security.none, .starttls, .tls])
    func overEveryKindOfConnection(_ security: NoticeChannel.MailServer.Security) async throws {
        let kind: MailServer.Security = security == .none ? .none : security == .tls ? .tls : .starttls
        guard let server = try await MailServer.start(kind, signsIn: security != .none) else { return }
        let client = client(server.port, security, authorities: server.caFile, login: security != .none)
        try await client.send(message(), limit: patience)
        let arrived = try #require(try server.messages().first)
        #expect(arrived.sender == "tenure@mountainlab.io" && arrived.recipients == ["eva@mountainlab.io"])
        #expect(arrived.isEncrypted == (security != .none))
        #expect(arrived.login == (security == .none ? nil : MailServer.username))
        #expect(arrived.data.hasSuffix("\r\n\r\nfirst\r\n.\r\nlast\r\n"))
        #expect(arrived.data.contains("\r\nSubject: =?UTF-8?B?"))
        #expect(try server.messages().count == 1)
    }

    @Test func byLoginWhereThereIsNoPlain() async throws {
        guard let server = try await MailServer.start(.starttls, signsIn: true, mechanisms: ["LOGIN"]) else { return }
        try await client(server.port, .starttls, authorities: server.caFile, login: true)
            .send(message(), limit: patience)
        #expect(try server.messages().first?.login == MailServer.username)
    }

    @Test func whatTheServerSaysDecidesWhetherItIsTriedAgain() async throws {
        guard let server = try await MailServer.start(.none, sizeLimit: 2_000) else { return }
        let client = client(server.port, .none, authorities: nil)
        let busy = try #require(
            await failure { () throws(NoticeFailure) in
                try await client.send(message(to: "busy"), limit: patience)
            })
        #expect(!busy.isFinal && !busy.isOfChannel && busy.message.contains("451"))
        let unknown = try #require(
            await failure { () throws(NoticeFailure) in
                try await client.send(message(to: "nobody"), limit: patience)
            })
        #expect(unknown.isFinal && unknown.message.contains("550"))
        let large = try #require(
            await failure { () throws(NoticeFailure) in
                try await client.send(message(text: String(repeating: "x", count: 5_000)), limit: patience)
            })
        #expect(large.isFinal && large.message.contains("the server takes 2000"))
        #expect(try server.messages().isEmpty)
    }

    @Test func aWrongPasswordIsTheChannelsTroubleAndStaysSecret() async throws {
        guard let server = try await MailServer.start(.starttls, signsIn: true) else { return }
        let wrong = "canary-wrong-password"
        let client = client(server.port, .starttls, authorities: server.caFile, login: true, password: wrong)
        let refused = try #require(
            await failure { () throws(NoticeFailure) in
                try await client.send(message(), limit: patience)
            })
        #expect(refused.isOfChannel && !refused.isFinal && refused.message.contains("535"))
        #expect(!refused.message.contains(wrong) && !refused.message.contains(Data(wrong.utf8).base64EncodedString()))
    }

    @Test func aCertificateOfNobodyKnownIsRefused() async throws {
        for kind in [MailServer.Security.starttls, .tls] {
            guard let server = try await MailServer.start(kind) else { return }
            let security: NoticeChannel.MailServer.Security = kind == .tls ? .tls : .starttls
            let refused = await failure { () throws(NoticeFailure) in
                try await client(server.port, security, authorities: nil).send(message(), limit: patience)
            }
            #expect(refused?.isOfChannel == true)
            #expect(try server.messages().isEmpty)
            guard let other = try await MailServer.start(kind, address: "127.0.0.2") else { return }
            let named = await failure { () throws(NoticeFailure) in
                try await client(other.port, security, authorities: other.caFile).send(message(), limit: patience)
            }
            #expect(named?.isOfChannel == true)
            #expect(try other.messages().isEmpty)
        }
    }

    // MARK: Doubles

    /// What the specification forbids, and servers do.
    @Test func noPasswordGoesOutBeforeTLS() async throws {
        let lines = ["220 hi", "250-hi\r\n250-AUTH PLAIN\r\n250 SIZE"]
        let double = try MailDouble(lines)
        let refused = await failure { () throws(NoticeFailure) in
            try await client(double.port, .starttls, authorities: nil, login: true).send(message(), limit: patience)
        }
        #expect(refused?.message.contains("no STARTTLS") == true)
        #expect(!double.received.contains("AUTH"))
    }

    @Test func whatIsSentAheadOfTLSIsRefused() async throws {
        let double = try MailDouble(["220 hi", "250-hi\r\n250 STARTTLS", "220 go\r\n250 injected"])
        let refused = await failure { () throws(NoticeFailure) in
            try await client(double.port, .starttls, authorities: nil).send(message(), limit: patience)
        }
        #expect(refused?.isOfChannel == true)
        #expect(!double.received.contains("MAIL FROM"))
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request", "220-a\r\n250 b", "99 x", String(repeating: "2", count: 70_000)])
    func whatIsNoMailServerIsSaidSo(_ greeting: String) async throws {
        let double = try MailDouble([greeting])
        let refused = await failure { () throws(NoticeFailure) in
            try await client(double.port, .none, authorities: nil).send(message(), limit: patience)
        }
        #expect(refused?.isOfChannel == true && refused?.isFinal == false)
    }

    @Test func silenceEndsAtTheLimit() async throws {
        let double = try MailDouble([])
        let refused = await failure { () throws(NoticeFailure) in
            try await client(double.port, .none, authorities: nil).send(message(), limit: Span(milliseconds: 200))
        }
        #expect(refused?.isOfChannel == true && refused?.message.contains("no answer within") == true)
    }

    @Test func nobodyThere() async throws {
        let port = Int(try LoopbackSocket.freePort())
        let refused = await failure { () throws(NoticeFailure) in
            try await client(port, .none, authorities: nil).send(message(), limit: patience)
        }
        #expect(refused?.isOfChannel == true)
    }

    @Test func aServerThatSaysNothingIsNotWaitedForLongerThanStated() async throws {
        let double = try MailDouble([])
        let definitions = NoticeWorld.read(
            """
            channels:
              - {name: mail, timeout: 1s, smtp: {host: 127.0.0.1, port: \(double.port), security: none, from: t@mountainlab.io}}
            """)
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in nil }
            try await world.add(NoticeWorld.notice())
            let delivery = NoticeDelivery(
                database: database, definitions: definitions, organization: Sample.slug("acme"), baseDirectory: "/",
                people: { _ in [:] }, now: { Sample.now })
            let summary = try await delivery.run(budget: .minutes(60))
            #expect(summary.failed == 1 && summary.problems["mail"]?.contains("no answer within 1s") == true)
        }
    }
}

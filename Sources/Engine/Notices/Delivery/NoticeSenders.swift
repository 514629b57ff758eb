import AccessModel
import ConnectorKit
import Definitions

/// Makes senders of channels: looks secrets up, and reads what the files name.
struct NoticeSenders: Sendable {
    let organization: Slug
    let definitions: NoticeDefinitions
    let base: String
    let now: @Sendable () -> Instant

    func make(_ channel: NoticeChannel) throws(NoticeFailure) -> any NoticeSender {
        do throws(ConnectorError) {
            switch channel.kind {
            case .webhook(let webhook): return try hook(webhook, channel)
            case .mail(let server): return try mail(server, channel)
            }
        } catch {
            throw NoticeFailure(error)
        }
    }

    private func hook(
        _ webhook: NoticeChannel.Webhook, _ channel: NoticeChannel
    ) throws(ConnectorError) -> any NoticeSender {
        var signatures: [WebhookSignature] = []
        for reference in webhook.secrets {
            signatures.append(try WebhookSignature(secret: try secret(reference, channel), of: channel.name))
        }
        var configuration = HTTPSession.Configuration(url: webhook.url)
        configuration.timeout = channel.timeout
        configuration.connectTimeout = min(channel.timeout, configuration.connectTimeout)
        configuration.maximumBodySize = 1 << 20
        configuration.certificateAuthorities = webhook.certificateAuthorities.map(path)
        return WebhookSender(
            session: try HTTPSession(configuration, clock: now), signatures: signatures, organization: organization,
            now: now)
    }

    private func mail(
        _ server: NoticeChannel.MailServer, _ channel: NoticeChannel
    ) throws(ConnectorError) -> any NoticeSender {
        var credential: SMTPClient.Credential?
        if let username = server.username, let reference = server.password {
            credential = SMTPClient.Credential(username: username, password: try secret(reference, channel))
        }
        return MailSender(
            client: SMTPClient(
                server: server, credential: credential,
                certificateAuthorities: server.certificateAuthorities.map(path)),
            organization: organization, definitions: definitions)
    }

    private func secret(_ reference: String, _ channel: NoticeChannel) throws(ConnectorError) -> SecretText {
        try CredentialReference(reference, target: channel.name).resolve(target: channel.name, baseDirectory: base)
    }

    private func path(_ path: String) -> String { path.hasPrefix("/") ? path : base + "/" + path }
}

import AccessModel
import Definitions

/// Words notices as mail and hands them to a server.
struct MailSender: NoticeSender {
    let client: SMTPClient
    let organization: Slug
    let definitions: NoticeDefinitions

    func send(_ delivery: NoticeOnItsWay, limit: Span) async throws(NoticeFailure) {
        guard let recipient = EmailAddress(delivery.recipient) else {
            throw NoticeFailure("`\(delivery.recipient)` is no address", isFinal: true)
        }
        try await client.send(message(delivery.notice, to: recipient), limit: limit)
    }

    func close() async {}

    func message(_ notice: Notice, to recipient: EmailAddress) -> MailMessage {
        let wording = definitions.wording(of: notice.kind)
        let organization = organization
        let fill: (String) -> String? = { notice.value(of: $0, organization: organization) }
        return MailMessage(
            sender: client.server.sender, recipient: recipient, subject: wording.subject.filled(fill),
            text: wording.text.filled(fill), at: notice.at, id: notice.id)
    }
}

import AccessModel
import ConnectorKit
import StrictJSON

/// Posts notices as Standard Webhooks.
struct WebhookSender: NoticeSender {
    let session: HTTPSession
    /// During a rotation, one by the new secret and one by the old.
    let signatures: [WebhookSignature]
    let organization: Slug
    let now: @Sendable () -> Instant

    func send(_ delivery: NoticeOnItsWay, limit: Span) async throws(NoticeFailure) {
        let notice = delivery.notice
        let body = Self.body(notice, organization).canonicalBytes
        let timestamp = now().milliseconds / 1_000
        let signatures = signatures.map { $0.sign(id: notice.id, timestamp: timestamp, body: body) }
        let request = HTTPRequest(
            .post, [],
            headers: [
                .init("Content-Type", "application/json"), .init("User-Agent", "tenure"),
                .init("webhook-id", notice.id), .init("webhook-timestamp", String(timestamp)),
                .init("webhook-signature", signatures.joined(separator: " ")),
            ], body: body)
        let response: HTTPResponse
        do throws(ConnectorError) {
            response = try await session.send(
                request, operation: "tell \(delivery.channel) of \(notice.kind.rawValue)",
                accepting: Set(300..<600).subtracting([429, 503]))
        } catch {
            throw NoticeFailure(error)
        }
        guard !(200..<300).contains(response.status) else { return }
        // Gone: whoever listened there listens no more, and says so.
        throw NoticeFailure(
            "HTTP \(response.status)", isFinal: response.status == 410,
            isOfChannel: response.status != 410 && (response.status >= 500 || response.status < 400))
    }

    func close() async { await session.close() }

    /// `{"type", "timestamp", "data"}`, the same bytes at every attempt.
    static func body(_ notice: Notice, _ organization: Slug) -> JSONValue {
        var data = notice.data.object ?? JSONObject()
        data["organization"] = .string(organization.text)
        data["about"] = .string(notice.about)
        return [
            "type": .string(notice.kind.rawValue), "timestamp": .string(notice.at.description), "data": .object(data),
        ]
    }
}

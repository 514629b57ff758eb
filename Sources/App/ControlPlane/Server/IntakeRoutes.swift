import AccessModel
import Crypto
import Definitions
import HTTPTypes
import Lifecycle
import Notices
import Persistence
import StrictJSON
import WebServer

/// Where HR's word comes in by webhook: `POST /hooks/hr` for events, `POST /hooks/hr/snapshot` for whole feeds.
///
/// What is answered with 200 or 202 is on disk. A webhook that is sent again changes nothing and is told what came of it
/// the first time; events that are sent again, in whatever order and under whatever webhook, change nothing either.
public struct IntakeRoutes: Sendable {
    /// Of whom something new was heard.
    public enum News: Hashable, Sendable {
        case people(Set<PersonID>)
        case everybody
    }

    /// An event that was written down, or was known already.
    public struct TakenEvent: Sendable {
        /// The request that brought it.
        public let request: String
        public let webhook: String
        public let receipt: PeopleDesk.EventReceipt
    }

    public struct Settings: Sendable {
        /// How long a webhook's id is remembered; far longer than ``WebhookVerifier/tolerance``, because a sender signs
        /// anew for each attempt.
        public var memory = Span.hours(7 * 24)
        /// Bytes that a snapshot may have.
        public var snapshotLimit = 64 << 20
        /// Whether CloudEvents' binary mode is taken. The signature covers the body alone, so the headers are as
        /// trustworthy as the connection.
        public var takesBinary = true

        public init() {}
    }

    /// Whose ids are told apart: all of HR's webhooks are one sender's.
    static let source = "hr"

    let verifier: WebhookVerifier
    let settings: Settings
    let database: any Database
    let now: @Sendable () -> Instant
    let desk: @Sendable () async throws -> PeopleDesk
    let heard: @Sendable (News) -> Void
    let taken: @Sendable (TakenEvent) -> Void

    /// - Parameters:
    ///   - verifier: With the secrets that HR signs by.
    ///   - desk: One whose time is now, judging by the definitions in force.
    ///   - heard: Told after something new is on disk, to wake what follows from it. It may not wait.
    ///   - taken: Told of each event, for the log. It may not wait.
    public init(
        verifier: WebhookVerifier, settings: Settings = Settings(), database: any Database,
        now: @escaping @Sendable () -> Instant, desk: @escaping @Sendable () async throws -> PeopleDesk,
        heard: @escaping @Sendable (News) -> Void = { _ in },
        taken: @escaping @Sendable (TakenEvent) -> Void = { _ in }
    ) {
        self.verifier = verifier
        self.settings = settings
        self.database = database
        self.now = now
        self.desk = desk
        self.heard = heard
        self.taken = taken
    }

    public var routes: [Route] {
        [
            Route(.post, "/hooks/hr") { request in try await asking { try await events(request) } },
            Route(.post, "/hooks/hr/snapshot", bodyLimit: settings.snapshotLimit) { request in
                try await asking { try await snapshot(request) }
            },
        ]
    }

    /// A database that is away or has too much to do is for the sender to try again, not a fault of what was sent.
    private func asking(_ body: () async throws -> WebResponse) async throws -> WebResponse {
        do {
            return try await body()
        } catch let error as PersistenceError where error.code == .unavailable || error.code == .busy {
            throw Problem(
                .serviceUnavailable, "not-now", "nothing could be written down; send it again",
                headers: [.retryAfter: "5"])
        }
    }

    // MARK: Who sends

    /// A webhook that is known to be HR's.
    struct Delivery: Sendable {
        let id: String
        /// Of everything that was sent and counts.
        let digest: String
        let receivedAt: Instant
    }

    func authenticate(_ request: WebRequest) throws(Problem) -> Delivery {
        let moment = now()
        let headers = WebhookVerifier.Headers(
            id: request.field("webhook-id"), timestamp: request.field("webhook-timestamp"),
            signatures: request.field("webhook-signature"))
        do throws(WebhookVerifier.Refusal) {
            let id = try verifier.verify(headers, body: request.body, at: moment)
            return Delivery(id: id, digest: Self.digest(request), receivedAt: moment)
        } catch {
            throw Self.unbelieved(error)
        }
    }

    /// The signature is over the body alone; what else says what is meant counts as content, too.
    private static func digest(_ request: WebRequest) -> String {
        var hash = SHA256()
        var lines = ["/" + request.path.joined(separator: "/"), request.mediaType ?? ""]
        lines += request.headers.filter { $0.name.canonicalName.hasPrefix("ce-") }
            .map { "\($0.name.canonicalName): \($0.value)" }.sorted()
        hash.update(data: Array((lines.joined(separator: "\n") + "\n\n").utf8))
        hash.update(data: request.body)
        return hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func unbelieved(_ refusal: WebhookVerifier.Refusal) -> Problem {
        let detail =
            switch refusal {
            case .incomplete(let header): "the header `\(header)` is missing or malformed"
            case .unsigned: "no signature is by a secret that is known here"
            case .tooOld: "it was signed more than five minutes ago; sign each attempt anew"
            case .ahead: "it was signed more than five minutes ahead; see to the sender's clock"
            }
        return Problem(
            .unauthorized, "webhook-not-believed", detail, headers: [.wwwAuthenticate: "Webhook realm=\"tenure\""])
    }

    // MARK: What came of it before

    /// What was answered to the same webhook; nil where it is new.
    ///
    /// - Throws: A problem where another content came under its id.
    static func repeated(_ delivery: Delivery, in session: any SQLSession) throws -> JSONValue? {
        guard let known = try WebhookReceiptStore(session).receipt(source: source, id: delivery.id) else { return nil }
        guard known.digest == delivery.digest else {
            throw Problem(
                .conflict, "webhook-id-reused",
                "the webhook `\(delivery.id)` came at \(known.receivedAt) with other content; send what is new under a "
                    + "new id")
        }
        var answer = known.answer.object ?? JSONObject()
        answer["repeated"] = true
        return .object(answer)
    }

    /// Remembers a webhook in the transaction of what came of it; now and then forgets old ones.
    func remember(_ delivery: Delivery, _ answer: JSONValue, in session: any SQLSession) throws {
        let store = WebhookReceiptStore(session)
        try store.insert(
            WebhookReceiptStore.Receipt(
                source: Self.source, id: delivery.id, receivedAt: delivery.receivedAt, digest: delivery.digest,
                answer: answer))
        // One in seventeen forgets up to sixty-four, so that they never grow beyond what is remembered.
        let draw = delivery.id.utf8.reduce(into: UInt32(2_166_136_261)) { $0 = ($0 ^ UInt32($1)) &* 16_777_619 }
        guard draw % 17 == 0 else { return }
        try store.prune(receivedBefore: delivery.receivedAt - settings.memory, limit: 64)
    }
}

import AccessModel
import AuditTrail
import Definitions
import Persistence
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Notices

/// An outbox, a clock that is set by hand, and channels that do as they are told.
final class NoticeWorld: Sendable {
    let database: any Database
    let now = Mutex(Sample.now)
    let sent = Mutex<[NoticeOnItsWay]>([])
    private let behaviour: @Sendable (NoticeOnItsWay) async -> NoticeFailure?

    init(_ database: any Database, behaviour: @escaping @Sendable (NoticeOnItsWay) async -> NoticeFailure?) {
        self.database = database
        self.behaviour = behaviour
    }

    static func notice(
        _ kind: NoticeKind = .accessRequested, _ number: Int = 1, due: Instant? = nil,
        recipients: [NoticeAudience: [NoticeRecipient]] = [.approvers: [.address(Sample.email("eva"))]]
    ) -> Notices.Notice {
        Notices.Notice(
            kind, about: "req-\(number)", at: Sample.now, due: due, newID: "\(number)", recipients: recipients,
            data: ["request": .string("req-\(number)"), "person": "e-0001", "group": "payments/live/admin"])
    }

    static func notice(
        _ number: Int, recipients: [NoticeAudience: [NoticeRecipient]] = [.approvers: [.address(Sample.email("eva"))]]
    ) -> Notices.Notice {
        notice(.accessRequested, number, recipients: recipients)
    }

    /// A webhook `hook` and a mail server `mail`, to both of which everything goes.
    static func definitions(_ text: String? = nil) -> NoticeDefinitions {
        let standard = """
            channels:
              - {name: hook, webhook: {url: "http://127.0.0.1:1/", secret: env:HOOK}, give_up_after: 1h}
              - {name: mail, smtp: {host: localhost, from: tenure@mountainlab.io, security: none}}
            """
        return read(text ?? standard)
    }

    static func read(_ text: String) -> NoticeDefinitions {
        let files = [
            DefinitionFile(
                path: "platform.yaml",
                text:
                    "organization: acme\ndomains: [mountainlab.io]\nsectors: [{name: shop}]\ntiers: [{name: live, live: true}]"
            ),
            DefinitionFile(path: "notices.yaml", text: text),
        ]
        let reading = DefinitionReader.read(files, connectors: [:], revision: "r")
        let errors = reading.diagnostics.filter { $0.severity == .error }
        #expect(errors.isEmpty, "\(errors)")
        return reading.organization?.notices ?? NoticeDefinitions()
    }

    func add(_ notices: Notices.Notice...) async throws {
        try await database.write { session in for notice in notices { try NoticeOutbox(session).add(notice) } }
    }

    func run(
        _ definitions: NoticeDefinitions = NoticeWorld.definitions(), budget: Span = .seconds(60), concurrency: Int = 4,
        people: [PersonID: NoticePerson] = [:]
    ) async throws -> NoticeDelivery.Summary {
        let delivery = NoticeDelivery(
            database: database, definitions: definitions, people: { _ in people },
            now: { [self] in now.withLock { $0 } }, chance: { 0.5 },
            make: { [self] _ throws(NoticeFailure) in Sender(world: self) })
        return try await delivery.run(budget: budget, concurrency: concurrency)
    }

    func list() async throws -> [NoticeOnItsWay] {
        try await database.read { session in try NoticeOutbox(session).list(all: true) }
    }

    func records() async throws -> [Record] {
        try await database.read { session in
            try session.query("SELECT leaf FROM audit_leaves ORDER BY seq").map { row in
                try Entry(leaf: Array(try row.text(0).utf8)).record
            }
        }
    }

    func wait(_ span: Span) { now.withLock { $0 = $0 + span } }

    private struct Sender: NoticeSender {
        let world: NoticeWorld

        func send(_ delivery: NoticeOnItsWay, limit: Span) async throws(NoticeFailure) {
            if let failure = await world.behaviour(delivery) { throw failure }
            world.sent.withLock { $0.append(delivery) }
        }

        func close() async {}
    }
}

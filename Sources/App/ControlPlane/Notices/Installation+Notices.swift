import AccessModel
import Definitions
import Foundation
import Lifecycle
import Notices
import Persistence
import StrictJSON

extension Installation {
    /// Tells what is due, for no longer than `budget`; the rest stays for the next command. Nil where nothing was due, or
    /// nothing says how to tell it.
    ///
    /// Meant for the end of a command, after all that it does: no access waits for it.
    public func deliverNotices(budget: Span) async throws -> NoticeDelivery.Summary? {
        let due = try await database.read { session in try NoticeOutbox(session).nextDue() }
        guard let due, due <= clock.now(), let delivery = try await noticeDelivery() else { return nil }
        return try await delivery.run(budget: budget)
    }

    /// Runs `body`, and tells what falls due meanwhile beside it: a page goes out while a target is still waited for.
    /// Neither waits for the other, but for a round of notices that is under way at the end, two seconds at most.
    ///
    /// - Parameters:
    ///   - report: What a round came to, or ran into.
    ///   - isTelling: Whether it is this process that tells.
    public func tellingMeanwhile<Value: Sendable>(
        report: @escaping @Sendable (Result<NoticeDelivery.Summary, any Error>) -> Void,
        while isTelling: @escaping @Sendable () -> Bool = { true }, _ body: () async throws -> Value
    ) async rethrows -> Value {
        let teller = Task {
            while !Task.isCancelled {
                // A round of its own, so that the end of the work breaks nothing off in the middle.
                if isTelling() { await Task { await tellOnce(report) }.value }
                do {
                    try await Task.sleep(for: .seconds(1))
                } catch {
                    return
                }
            }
        }
        do {
            let value = try await body()
            teller.cancel()
            await teller.value
            return value
        } catch {
            teller.cancel()
            await teller.value
            throw error
        }
    }

    private func tellOnce(_ report: @Sendable (Result<NoticeDelivery.Summary, any Error>) -> Void) async {
        do {
            if let summary = try await deliverNotices(budget: .seconds(2)) { report(.success(summary)) }
        } catch {
            report(.failure(error))
        }
    }

    private func noticeDelivery() async throws -> NoticeDelivery? {
        guard let organization = try await definitionsInForce()?.organization else { return nil }
        let (clock, database) = (clock, database)
        let directory = try await database.read { session in try SettingsStore(session).value(.directory) } ?? "."
        let people: NoticePeople = { wanted in
            let now = clock.now()
            let roster = try await database.read { session in try PeopleArchive(session).roster(at: now) }
            var found: [PersonID: NoticePerson] = [:]
            for id in wanted {
                guard let person = roster[id]?.person else { continue }
                found[id] = NoticePerson(address: person.email, name: person.displayName)
            }
            return found
        }
        return NoticeDelivery(
            database: database, definitions: organization.notices,
            organization: organization.platform.organization, baseDirectory: directory, people: people,
            now: { clock.now() })
    }

    /// What waits to be told, or all that is still known.
    public func notices(all: Bool) async throws -> [NoticeOnItsWay] {
        try await database.read { session in try NoticeOutbox(session).list(all: all) }
    }

    /// What will be told when its time comes.
    public func plannedNotices() async throws -> [Notices.Notice] {
        try await database.read { session in try NoticeOutbox(session).planned() }
    }

    /// Sends a test by every route that takes one, for `recipients` where it goes by mail, and says what became of it
    /// within `budget`, whoever told it: a server tells as well.
    ///
    /// Where no route takes it, nothing is told and nothing has failed.
    ///
    /// - Throws: ``InstallationError`` `usage` for what is no address.
    public func testNotice(to recipients: [String], budget: Span) async throws -> NoticeDelivery.Summary {
        guard recipients.count <= 20 else {
            throw InstallationError(code: .usage, operation: "test notices", message: "20 addresses are enough")
        }
        let recipients = try recipients.map { text in
            guard let address = EmailAddress(text) else {
                throw InstallationError(
                    code: .usage, operation: "test notices", message: "`\(text)` is no e-mail address")
            }
            return address
        }
        guard try await definitionsInForce() != nil else { return NoticeDelivery.Summary() }
        let id = try await addTest(for: recipients)
        let end = ContinuousClock.now + .milliseconds(budget.milliseconds)
        repeat {
            let left = ContinuousClock.now.duration(to: end) / .milliseconds(1)
            _ = try await deliverNotices(budget: Span(milliseconds: max(1, Int64(left))))
            let sent = try await database.read { session in try NoticeOutbox(session).deliveries(of: id) }
            // One that waits was tried, and will be again.
            if let sent, sent.allSatisfy({ $0.state != .waiting || $0.problem != nil }) {
                return NoticeDelivery.Summary(of: sent)
            }
            try await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now < end
        return NoticeDelivery.Summary(
            of: try await database.read { session in try NoticeOutbox(session).deliveries(of: id) } ?? [])
    }

    private func addTest(for recipients: [EmailAddress]) async throws -> String {
        let context = context
        let notice = Notices.Notice(
            .test, about: "test", at: now, newID: context.newID(),
            recipients: [.requester: recipients.map { .address($0) }], data: ["by": .string(context.actor)])
        try await database.write { session in try NoticeOutbox(session).add(notice) }
        return notice.id
    }
}

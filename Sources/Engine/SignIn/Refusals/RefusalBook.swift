import AccessModel
import AuditTrail
import Persistence
import StrictJSON

/// Writes down whom a server refused, without letting whoever is refused fill the log: within a minute the first few of an
/// address are written as they come, and all others are counted and summed up in one record for each reason, with how many
/// they were, since when, until when, and by which request the server's own log knows the last.
///
/// A process that dies takes the counts of its last minute with it; that somebody was refused from there is on record by
/// then.
public actor RefusalBook {
    public struct Limits: Sendable {
        /// How long refusals are counted before they are summed up.
        public var span = Span.minutes(1)
        /// Of one address, written as they come.
        public var each = 5
        /// Of all addresses together, written as they come.
        public var all = 100
        /// Sums of a minute; what is beyond goes into one that names no address.
        public var sums = 1_000

        public init() {}
    }

    /// What stands under one sum.
    private struct Key: Hashable {
        let isSignIn: Bool
        let peer: String
        let reason: Refusal.Reason
    }

    private struct Minute {
        let began: Instant
        var written = 0
        var ofPeer: [String: Int] = [:]
        var sums: [Key: RefusalSum] = [:]
    }

    private let database: any Database
    private let limits: Limits
    private let now: @Sendable () -> Instant
    private var minute: Minute

    public init(database: any Database, limits: Limits = Limits(), now: @escaping @Sendable () -> Instant) {
        self.database = database
        self.limits = limits
        self.now = now
        minute = Minute(began: now())
    }

    /// Returns once it is on record, or counted.
    public func note(_ refusal: Refusal) async throws {
        let moment = now()
        if isOver(at: moment) { try await flush() }
        let peer = refusal.origin.peer
        let already = minute.ofPeer[peer] ?? 0
        guard already < limits.each, minute.written < limits.all else { return count(refusal, at: moment) }
        minute.ofPeer[peer] = already + 1
        minute.written += 1
        try await write([refusal.record(at: moment, sum: nil)])
    }

    /// Sums up what was counted so far; at least once a minute while anything is, and when the server ends.
    public func flush() async throws {
        let over = minute
        minute = Minute(began: now())
        guard !over.sums.isEmpty else { return }
        let moment = now()
        let records = over.sums.sorted { $0.value.first < $1.value.first }.map { key, sum in
            Refusal(
                isSignIn: key.isSignIn, reason: key.reason, claims: nil,
                origin: RequestOrigin(peer: key.peer, correlation: sum.request)
            ).record(at: moment, sum: sum)
        }
        do {
            try await write(records)
        } catch {
            // What could not be written is not forgotten.
            minute.sums.merge(over.sums) { later, earlier in
                RefusalSum(
                    count: later.count + earlier.count, first: earlier.first, last: later.last, request: later.request)
            }
            throw error
        }
    }

    /// Whether the minute is over, or the clock was set back before it.
    private func isOver(at moment: Instant) -> Bool { moment < minute.began || moment >= minute.began + limits.span }

    private func count(_ refusal: Refusal, at moment: Instant) {
        var key = Key(isSignIn: refusal.isSignIn, peer: refusal.origin.peer, reason: refusal.reason)
        if minute.sums[key] == nil, minute.sums.count >= limits.sums {
            key = Key(isSignIn: refusal.isSignIn, peer: "others", reason: Refusal.Reason(code: nil, text: "others"))
        }
        let first = minute.sums[key]?.first ?? moment
        minute.sums[key] = RefusalSum(
            count: (minute.sums[key]?.count ?? 0) + 1, first: first, last: moment,
            request: refusal.origin.correlation)
    }

    private func write(_ records: [Record]) async throws {
        try await database.transact { _, all in all += records }
    }
}

/// That somebody was given no token, or no session.
public struct Refusal: Sendable {
    struct Reason: Hashable, Sendable {
        /// Of the protocol; nil for a sign-in.
        let code: String?
        let text: String
    }

    let isSignIn: Bool
    let reason: Reason
    let claims: JSONValue?
    let origin: RequestOrigin

    /// Of a session.
    static func signIn(_ reason: String, claims: JSONValue? = nil, from origin: RequestOrigin) -> Refusal {
        Refusal(isSignIn: true, reason: Reason(code: nil, text: reason), claims: claims, origin: origin)
    }

    /// Of a token.
    static func token(_ error: ExchangeError, from origin: RequestOrigin) -> Refusal {
        Refusal(
            isSignIn: false, reason: Reason(code: error.code.rawValue, text: error.message),
            claims: error.verdict?.json["claims"], origin: origin)
    }

    func record(at moment: Instant, sum: RefusalSum?) -> Record {
        let context = RecordContext(at: moment, actor: "tenure")
        return isSignIn
            ? .signInRefused(context, reason: reason.text, claims: claims, from: origin, sum: sum)
            : .tokenRefused(
                context, code: reason.code ?? "others", message: reason.text, claims: claims, from: origin, sum: sum)
    }
}

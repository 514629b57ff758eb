import AccessModel
import AuditTrail
import Definitions
import Lifecycle
import Notices
import Persistence
import StrictJSON

/// Puts what the lifecycle tells of into the outbox, and with it what will be due later: a word before a window ends,
/// and one when nobody has reviewed a break of the glass in time.
struct OutboxNoticing: Noticing {
    /// How long before its end a window's person is told.
    static let warning = Span.minutes(15)

    func put(_ notice: Lifecycle.Notice, in session: any SQLSession) throws {
        guard let kind = NoticeKind(rawValue: notice.kind.rawValue) else { return }
        let outbox = NoticeOutbox(session)
        try outbox.add(notice.told(as: kind, due: notice.at))
        switch notice.kind {
        case .granted: try planEnding(of: notice, outbox)
        // One that is over in its time leaves the word before the end of what prolongs it.
        case .released, .lost:
            if let window = notice.window("root") { try outbox.withdraw(.accessEnding, about: window) }
        case .glassBroken:
            guard let due = notice.body["review_by"]?.string.flatMap({ Instant($0) }) else { return }
            try outbox.add(notice.told(as: .breakGlassUnreviewed, due: due))
        case .glassReviewed:
            try outbox.withdraw(.breakGlassUnreviewed, about: notice.about)
        default: break
        }
    }

    /// Of a window that was extended, its new end alone.
    private func planEnding(of notice: Lifecycle.Notice, _ outbox: NoticeOutbox) throws {
        guard let root = notice.window("root"), let until = notice.window("until").flatMap({ Instant($0) }) else {
            return
        }
        try outbox.withdraw(.accessEnding, about: root)
        let due = until - Self.warning
        guard due > notice.at else { return }
        try outbox.add(notice.told(as: .accessEnding, due: due, about: root))
    }
}

extension Lifecycle.Notice {
    /// Of the request, window or activation, whatever its hash.
    fileprivate var about: String { String(subject.prefix { $0 != ":" }) }

    /// Of a ticket its window, of a window that moved on by itself all of it.
    private var windowBody: JSONValue? { body["root"] == nil ? body["window"] : body }

    fileprivate func window(_ name: String) -> String? { windowBody?[name]?.string }

    /// Its id follows from what is told, so that one that is put twice is one.
    fileprivate func told(as kind: NoticeKind, due: Instant, about other: String? = nil) -> Notices.Notice {
        let identity: JSONValue = [
            .string(kind.rawValue), .string(subject), .integer(at.milliseconds), .integer(due.milliseconds),
        ]
        let id = MerkleHash.leaf(identity.canonicalBytes).hex.prefix(24)
        return Notices.Notice(
            kind, about: other ?? about, at: at, due: due, newID: String(id),
            recipients: kind == .accessEnding ? [.requester: [.person(person)]] : recipients, data: data)
    }

    private var recipients: [NoticeAudience: [NoticeRecipient]] {
        let isEmergency = kind == .glassBroken || kind == .glassReviewed
        let others = to.filter { $0 != person }.map { NoticeRecipient.person($0) }
        var recipients: [NoticeAudience: [NoticeRecipient]] = [:]
        if !others.isEmpty { recipients[isEmergency ? .responders : .approvers] = others }
        if to.contains(person) { recipients[.requester] = [.person(person)] }
        return recipients
    }

    /// The ticket, with what templates know under their names.
    private var data: JSONValue {
        var data = body.object ?? JSONObject()
        let decided = body["decided_by"]?.string ?? body["review"]?["by"]?.string ?? body["activated_by"]?.string
        let words: [(String, JSONValue?)] = [
            ("person", .string(person.text)),
            ("request", body["root"] != nil ? body["request"] : body["extends"] == nil ? nil : body["id"]),
            ("by", decided.map { .string($0) } ?? body["requested_by"]),
            ("note", body["decision"] ?? body["review"]?["note"]), ("start", windowBody?["from"]),
            ("until", windowBody?["until"]), ("approvals", body["missing"]),
        ]
        for (name, value) in words {
            if let value, value != .null { data[name] = value }
        }
        data["ticket_window"] = windowBody
        data["window"] = window("id").map { .string($0) }
        return .object(data)
    }
}

import AccessModel
import AuditTrail
import Definitions
import Lifecycle
import Notices
import Persistence
import StrictJSON

/// Puts what the lifecycle tells of into the outbox, and what will be due later with it: a word before a window ends,
/// and one when nobody has reviewed a break of the glass in time.
struct OutboxNoticing: Noticing {
    /// How long before its end a window's people are told.
    static let warning = Span.minutes(15)

    func put(_ notice: Lifecycle.Notice, in session: any SQLSession) throws {
        guard let kind = NoticeKind(rawValue: notice.kind.rawValue) else { return }
        let outbox = NoticeOutbox(session)
        try outbox.add(notice.told(as: kind, due: notice.at))
        switch notice.kind {
        case .opened:
            guard let until = notice.instant("until"), let from = notice.instant("from") ?? notice.instant("start"),
                until - from > Span(milliseconds: Self.warning.milliseconds * 2)
            else { return }
            try outbox.add(notice.told(as: .accessEnding, due: until - Self.warning))
        case .released, .lost, .closed:
            try outbox.withdraw(.accessEnding, about: notice.subject)
        case .glassBroken:
            guard let due = notice.instant("review_by") else { return }
            try outbox.add(notice.told(as: .breakGlassUnreviewed, due: due))
        case .glassReviewed:
            try outbox.withdraw(.breakGlassUnreviewed, about: notice.subject)
        default: break
        }
    }
}

extension Lifecycle.Notice {
    fileprivate func instant(_ name: String) -> Instant? { body[name]?.string.flatMap { Instant($0) } }

    /// The id follows from what is told, so that one that is put twice is one.
    fileprivate func told(as kind: NoticeKind, due: Instant) -> Notices.Notice {
        let identity: JSONValue = [
            .string(kind.rawValue), .string(subject), body["hash"] ?? .null, .integer(at.milliseconds),
        ]
        return Notices.Notice(
            kind, about: subject, at: at, due: due, newID: String(MerkleHash.leaf(identity.canonicalBytes).hex.prefix(24)),
            recipients: [audience: to.map { .person($0) }], data: data)
    }

    private var audience: NoticeAudience {
        switch kind {
        case .requested, .edited, .withdrawn: .approvers
        case .glassBroken, .glassReviewed: .responders
        default: .requester
        }
    }

    /// The body by the names that templates know.
    private var data: JSONValue {
        var data = body.object ?? JSONObject()
        data["person"] = .string(person.text)
        let names = [("from", "start"), ("id", kind.rawValue.hasPrefix("breakglass") ? "window" : "request")]
        for (given, wanted) in names where data[wanted] == nil { data[wanted] = data[given] }
        return .object(data)
    }
}

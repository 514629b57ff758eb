import AccessModel
import StrictJSON

/// A request for a window, as its records name it.
public struct RequestMention: Hashable, Sendable {
    public let id: String
    /// Of exactly what was asked.
    public let hash: String
    public let person: PersonID
    public let group: Group

    public init(id: String, hash: String, person: PersonID, group: Group) {
        self.id = id
        self.hash = hash
        self.person = person
        self.group = group
    }

    fileprivate var members: KeyValuePairs<String, JSONValue?> {
        ["request": .string(id), "hash": .string(hash), "person": .string(person.text), "group": .string(group.path)]
    }
}

/// A window, as its records name it.
public struct WindowMention: Hashable, Sendable {
    public let id: String
    /// Nil for one that broke the glass.
    public let request: String?
    public let person: PersonID
    public let group: Group
    public let from: Instant
    public let until: Instant
    /// Whether the glass was broken for it: the window's id is then the activation's.
    public let isEmergency: Bool

    public init(
        id: String, request: String?, person: PersonID, group: Group, from: Instant, until: Instant, isEmergency: Bool
    ) {
        self.id = id
        self.request = request
        self.person = person
        self.group = group
        self.from = from
        self.until = until
        self.isEmergency = isEmergency
    }

    fileprivate var members: KeyValuePairs<String, JSONValue?> {
        [
            "window": .string(id), "request": request.map(JSONValue.string),
            "activation": isEmergency ? .string(id) : nil, "person": .string(person.text),
            "group": .string(group.path), "from": .instant(from), "until": .instant(until),
        ]
    }
}

extension Record {
    /// `access.requested` `{request, hash, person, group, ask, asserted, expires}`: somebody asked for a window; `ask` is
    /// exactly what. `asserted`: whoever acted only said who they are.
    public static func accessRequested(
        _ context: RecordContext, _ request: RequestMention, ask: JSONValue, isAsserted: Bool, expires: Instant
    ) -> Record {
        access(
            .accessRequested, context, request.members,
            ["ask": ask, "asserted": .bool(isAsserted), "expires": .instant(expires)])
    }

    /// `access.edited` `{request, hash, person, group, ask, old_hash, expires}`: another thing is asked for; approvals of
    /// the old hash are void.
    public static func accessEdited(
        _ context: RecordContext, _ request: RequestMention, ask: JSONValue, oldHash: String, expires: Instant
    ) -> Record {
        access(
            .accessEdited, context, request.members,
            ["ask": ask, "old_hash": .string(oldHash), "expires": .instant(expires)])
    }

    /// `access.approved` `{request, hash, person, group, asserted, missing}`: the context's actor agreed to this hash;
    /// `missing` more are needed.
    public static func accessApproved(
        _ context: RecordContext, _ request: RequestMention, isAsserted: Bool, missing: Int
    ) -> Record {
        access(
            .accessApproved, context, request.members, ["asserted": .bool(isAsserted), "missing": .int(missing)])
    }

    /// `access.denied`, `access.withdrawn`, `access.expired` `{request, hash, person, group, reason}`: how a request ended
    /// without a window.
    public static func accessRefused(
        _ type: RecordType, _ context: RecordContext, _ request: RequestMention, reason: String
    ) -> Record {
        access(type, context, request.members, ["reason": .string(reason)])
    }

    /// `access.granted` `{window, request?, activation?, person, group, from, until, approved_by, reason}`: the window
    /// is decided; it opens at its start.
    public static func accessGranted(
        _ context: RecordContext, _ window: WindowMention, approvedBy: [PersonID], reason: String
    ) -> Record {
        access(
            .accessGranted, context, window.members,
            ["approved_by": .array(approvedBy.map { .string($0.text) }), "reason": .string(reason)])
    }

    /// `access.extended` `{window, ..., extends, approved_by, reason}`: a window that prolongs another one.
    public static func accessExtended(
        _ context: RecordContext, _ window: WindowMention, extends: String, approvedBy: [PersonID], reason: String
    ) -> Record {
        access(
            .accessExtended, context, window.members,
            [
                "extends": .string(extends), "approved_by": .array(approvedBy.map { .string($0.text) }),
                "reason": .string(reason),
            ])
    }

    /// `access.opened`, `access.closed` `{window, ..., targets}`: every target that holds it was read back and shows it;
    /// or none shows it any more. `access.released`, `access.lost`: it ended before its time.
    public static func accessWindow(
        _ type: RecordType, _ context: RecordContext, _ window: WindowMention, targets: [String]? = nil,
        reason: String? = nil
    ) -> Record {
        access(
            type, context, window.members,
            [
                "targets": targets.map { .array($0.map(JSONValue.string)) },
                "reason": reason.map(JSONValue.string),
            ])
    }

    /// `breakglass.activated` `{window, activation, ..., reason, asserted, review_by}`.
    public static func glassBroken(
        _ context: RecordContext, _ window: WindowMention, reason: String, isAsserted: Bool, reviewBy: Instant
    ) -> Record {
        access(
            .glassBroken, context, window.members,
            ["reason": .string(reason), "asserted": .bool(isAsserted), "review_by": .instant(reviewBy)])
    }

    /// `breakglass.informed` `{window, activation, ..., informed}`: who was told of it.
    public static func glassInformed(
        _ context: RecordContext, _ window: WindowMention, informed: [PersonID]
    ) -> Record {
        access(
            .glassInformed, context, window.members, ["informed": .array(informed.map { .string($0.text) })])
    }

    /// `breakglass.reviewed` `{activation, person, group, outcome, note, asserted}`: the context's actor looked at it.
    public static func glassReviewed(
        _ context: RecordContext, activation: String, person: PersonID, group: Group, outcome: String, note: String,
        isAsserted: Bool
    ) -> Record {
        Record(
            .glassReviewed, context,
            [
                "activation": .string(activation), "person": .string(person.text), "group": .string(group.path),
                "outcome": .string(outcome), "note": .string(note), "asserted": .bool(isAsserted),
            ])
    }

    /// `policy.decided` `{question, verdict, reasons, detail}`: what policy said of something that was asked. `verdict` is
    /// `allowed`, `needs-approval` or `denied`; `detail` is an object of the asker's making.
    public static func policyDecided(
        _ context: RecordContext, question: String, verdict: String, reasons: [String], detail: JSONValue
    ) -> Record {
        Record(
            .policyDecided, context,
            [
                "question": .string(question), "verdict": .string(verdict),
                "reasons": .array(reasons.map(JSONValue.string)), "detail": detail,
            ])
    }

    private static func access(
        _ type: RecordType, _ context: RecordContext, _ mention: KeyValuePairs<String, JSONValue?>,
        _ rest: KeyValuePairs<String, JSONValue?>
    ) -> Record {
        var object = JSONObject()
        for (name, value) in mention { object[name] = value }
        for (name, value) in rest { object[name] = value }
        return Record(
            at: context.at, type: type.rawValue, actor: context.actor, subject: context.subject,
            caseID: context.caseID, body: .object(object))
    }
}

import AccessModel
import AuditTrail
import Definitions
import Persistence
import StrictJSON

/// A request, or a break of the glass, with everything that came of it.
public struct AccessTicket: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case request, `extension`
        case breakGlass = "break-glass"
    }

    public let kind: Kind
    public let id: String
    /// Nil for broken glass.
    public let request: AccessRequest?
    /// Agreements to what is asked now.
    public let agreements: [AccessRequest.Agreement]
    /// The window that came of it.
    public let window: AccessWindow?
    /// Nil for a request.
    public let activation: Activation?
    /// What a group is called in targets; nil where the definitions have no such group.
    public let slug: String?
    public let email: String?
    /// Who asked for less or more than the rules let them: what they said.
    public var refusals: [String] = []

    public var person: PersonID? { request?.ask.person ?? activation?.person }
    public var group: Group? { request?.ask.group ?? activation?.group }
    public var reason: String { request?.ask.reason ?? activation?.reason ?? "" }

    /// A request's state, and once it is approved the window's.
    public var state: String {
        if let window, request?.state ?? .approved == .approved { return window.state.rawValue }
        return request?.state.rawValue ?? "unknown"
    }

    public var isDenied: Bool { request?.state == .denied }
    public var isPending: Bool { request?.state == .pending }

    var needs: [ApprovalNeed] { (request?.ruling["needs"]?.array ?? []).compactMap { ApprovalNeed(json: $0) } }

    /// How many approvals it still waits for.
    public var missing: Int {
        let agreed = Set(agreements.map(\.approver))
        return isPending ? needs.reduce(0) { $0 + $1.missing(agreed) } : 0
    }

    /// Whose approval it waits for: each of them could give one.
    public var waitsFor: [PersonID] {
        guard isPending else { return [] }
        let agreed = Set(agreements.map(\.approver))
        let open = needs.filter { $0.missing(agreed) > 0 }
        return Set(open.flatMap(\.people)).subtracting(agreed).sorted()
    }
}

extension AccessTicket {
    /// - Parameters:
    ///   - agreements: Also those of what was asked before.
    ///   - windows: Of the request, the earliest first.
    init(
        _ request: AccessRequest, agreements: [AccessRequest.Agreement], windows: [AccessWindow],
        _ organization: Organization, _ roster: Roster
    ) {
        self.init(
            kind: request.ask.extends == nil ? .request : .extension, id: request.id, request: request,
            agreements: agreements.filter { $0.hash == request.hash }, window: windows.last, activation: nil,
            slug: organization.slug(of: request.ask.group), email: roster[request.ask.person]?.person.email.text)
    }

    init(_ activation: Activation, window: AccessWindow?, _ organization: Organization, _ roster: Roster) {
        self.init(
            kind: .breakGlass, id: activation.id, request: nil, agreements: [], window: window, activation: activation,
            slug: organization.slug(of: activation.group), email: roster[activation.person]?.person.email.text)
    }

    /// Where it stands among others.
    public var place: AccessListing.Place {
        AccessListing.Place(
            at: request?.requestedAt ?? activation?.activatedAt ?? Instant(milliseconds: 0), id: id)
    }

    public var json: JSONValue {
        var object = JSONObject()
        object["id"] = .string(id)
        object["kind"] = .string(kind.rawValue)
        object["state"] = .string(state)
        object["person"] = person.map { .string($0.text) }
        object["email"] = email.map(JSONValue.string) ?? .null
        object["group"] = group.map { .string($0.path) }
        object["notation"] = group.map { .string($0.description) }
        object["slug"] = slug.map(JSONValue.string) ?? .null
        object["reason"] = .string(reason)
        if let request { put(request, into: &object) }
        object["window"] = window?.json ?? .null
        if let activation { put(activation, into: &object) }
        if !refusals.isEmpty { object["refusals"] = .array(refusals.map(JSONValue.string)) }
        return .object(object)
    }

    private func put(_ request: AccessRequest, into object: inout JSONObject) {
        object["request_state"] = .string(request.state.rawValue)
        object["duration"] = .string(request.ask.duration.description)
        object["start"] = request.ask.start.map { .string($0.description) } ?? .null
        object["extends"] = request.ask.extends.map(JSONValue.string) ?? .null
        object["hash"] = .string(request.hash)
        object["requested_at"] = .string(request.requestedAt.description)
        object["requested_by"] = .string(request.requestedBy)
        object["asserted"] = .bool(request.isAsserted)
        object["expires_at"] = .string(request.expiresAt.description)
        object["needs"] = .array(needs.map(\.json))
        object["risk"] = request.ruling["risk"] ?? 0
        object["warnings"] = request.ruling["warnings"] ?? .array([])
        object["approvals"] = .array(
            agreements.map { ["by": .string($0.approver.text), "at": .string($0.at.description)] })
        object["missing"] = .integer(Int64(missing))
        object["waits_for"] = .array(waitsFor.map { .string($0.text) })
        object["decided_at"] = request.decidedAt.map { .string($0.description) } ?? .null
        object["decided_by"] = request.decidedBy.map(JSONValue.string) ?? .null
        object["decision"] = request.decision.map(JSONValue.string) ?? .null
    }

    private func put(_ activation: Activation, into object: inout JSONObject) {
        object["activated_at"] = .string(activation.activatedAt.description)
        object["activated_by"] = .string(activation.activatedBy)
        object["asserted"] = .bool(activation.isAsserted)
        object["informed"] = .array(activation.informed.map { .string($0.text) })
        object["review_by"] = .string(activation.reviewBy.description)
        object["review"] =
            activation.review.map { review in
                [
                    "by": .string(review.by.text), "at": .string(review.at.description),
                    "outcome": .string(review.outcome.rawValue), "note": .string(review.note),
                ]
            } ?? .null
    }
}

extension AccessWindow {
    /// `{"id", "request", "activation", "person", "group", "reason", "from", "until", "state", "approved_by", ...}`.
    public var json: JSONValue {
        func time(_ moment: Instant?) -> JSONValue { moment.map { .string($0.description) } ?? .null }
        return [
            "id": .string(id), "root": .string(root), "request": request.map(JSONValue.string) ?? .null,
            "activation": isEmergency ? .string(id) : .null, "person": .string(person.text),
            "group": .string(group.path), "reason": .string(reason), "from": time(from), "until": time(until),
            "end": time(end), "state": .string(state.rawValue),
            "approved_by": .array(approvedBy.map { .string($0.text) }), "opened_at": time(openedAt),
            "released_at": time(endedAt), "lost_at": time(lostAt), "closed_at": time(closedAt),
            "targets": .array(Set(places.map(\.target)).sorted().map { .string($0.text) }),
        ]
    }

    var mention: WindowMention {
        WindowMention(
            id: id, request: request, person: person, group: group, from: from, until: until,
            isEmergency: isEmergency)
    }
}

extension AccessRequest {
    var mention: RequestMention { RequestMention(id: id, hash: hash, person: ask.person, group: ask.group) }
}

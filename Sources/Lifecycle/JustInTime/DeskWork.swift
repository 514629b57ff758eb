import AccessModel
import AuditTrail
import Definitions
import Persistence
import StrictJSON

/// One transaction at the desk: what it reads, decides and writes.
struct DeskWork {
    /// A refusal is an outcome and not an error, so that what was recorded on the way stands.
    enum Outcome<Value: Sendable>: Sendable {
        case done(Value)
        case refused(LifecycleError)

        /// The same refusal of something else.
        func refusal<Other>() -> Outcome<Other> {
            switch self {
            case .refused(let error): .refused(error)
            case .done: .refused(.denied("access", "it cannot be done"))
            }
        }
    }

    let session: any SQLSession
    let world: AccessWorld
    let context: LifecycleContext
    let rules: AccessRules
    var records: [Record] = []

    init(session: any SQLSession, world: AccessWorld, context: LifecycleContext, rules: AccessRules) {
        self.session = session
        self.world = world
        self.context = context
        self.rules = rules
    }

    var now: Instant { context.now }
    var requests: RequestStore { RequestStore(session) }
    var windows: WindowStore { WindowStore(session) }
    var activations: ActivationStore { ActivationStore(session) }

    // MARK: Finding

    /// Who acts. Asking and agreeing are a person's doing.
    func actingPerson(_ operation: String) throws(LifecycleError) -> PersonID {
        guard let person = context.person else {
            throw LifecycleError(
                code: .invalid, operation: operation,
                message: "`\(context.actor)` is no person whom HR knows; say who you are with --as PERSON")
        }
        return person
    }

    /// A group as it is typed.
    ///
    /// - Parameter tenants: Whose groups the person may see; nil for all.
    func group(
        _ text: String, for person: PersonID, seeing tenants: Set<Slug>?
    ) throws(LifecycleError) -> Group {
        let found = GroupPattern(text).groups(in: world.organization).filter { group in
            tenants?.contains(group.tenant) ?? true || world.eligibility.isEligible(person, for: group)
                || world.organization.mayBreakGlass(person, group, world.roster)
        }
        guard let group = found.first, found.count == 1 else {
            throw LifecycleError(
                code: .unknown, operation: "find the group",
                message: found.isEmpty
                    ? "there is no group `\(text)` with windows; write payments/live/contributor, "
                        + "Group(\"payments\", \"live\", \"contributor\") or its slug"
                    : "`\(text)` means \(found.count) groups; name one")
        }
        return group
    }

    /// What is pending and not overdue; an overdue one expires here and now.
    mutating func pending(_ id: String, _ operation: String) throws -> Outcome<AccessRequest> {
        guard let request = try requests.request(id) else {
            throw LifecycleError(
                code: .unknown, operation: operation, message: "there is no request `\(id)`; see `tenure access list`")
        }
        guard request.state == .pending else {
            let by = request.decidedBy.map { " by \($0)" } ?? ""
            return .refused(.denied(operation, "it was \(request.state.rawValue) already\(by)"))
        }
        guard now < request.expiresAt else {
            _ = try expire(request)
            return .refused(.denied(operation, "it expired at \(request.expiresAt); ask anew"))
        }
        return .done(request)
    }

    /// The window of an id, or of a request's id; of those that prolong one another the one that ends last.
    func lastWindow(_ id: String) throws -> AccessWindow {
        let named = try windows.window(id) ?? windows.windows(ofRequest: id).last
        guard let named else {
            throw LifecycleError(
                code: .unknown, operation: "find the window",
                message: "there is no window `\(id)`, and no request of that id has one; see `tenure access list`")
        }
        let all = try windows.windows(root: named.root)
        return all.filter { !$0.isOver(at: now) }.max { $0.end < $1.end } ?? named
    }

    /// A minute's grace, because whoever types a time is not quicker than the clock.
    func check(start: Instant?) throws(LifecycleError) {
        guard let start, start < now - .minutes(1) else { return }
        throw LifecycleError(
            code: .invalid, operation: "request access",
            message: "`\(start)` is past, it is \(now) now; leave --start out to begin at once")
    }

    /// Whether somebody has a say in a group's windows: who may approve them.
    func mayDecide(on group: Group, _ person: PersonID, except requester: PersonID?) -> Bool {
        guard world.isActive(person), requester.map({ world.same($0) != world.same(person) }) ?? true else {
            return false
        }
        return world.eligibility.approvers(for: group, requester: nil, needed: .max).contains(person)
    }

    /// Whether it is one of those whose approval a request needs.
    func isAsked(_ person: PersonID, about request: AccessRequest) throws -> Bool {
        guard world.isActive(person) else { return false }
        return try ruling(of: request).needs.contains { $0.people.contains(world.same(person)) }
    }

    func ruling(of request: AccessRequest) throws -> AccessRuling {
        rules.rule(on: try question(.request, request.id, request.ask), in: world)
    }

    /// With what the person has beside it.
    func question(
        _ kind: AccessQuestion.Kind, _ id: String, _ ask: AccessRequest.Ask
    ) throws -> AccessQuestion {
        let beside = try windows.unsettled(of: [ask.person]).filter { !$0.isOver(at: now) }
        return AccessQuestion(kind: kind, id: id, ask: ask, beside: beside.map(\.grant))
    }

    // MARK: Telling

    func ticket(_ request: AccessRequest) throws -> AccessTicket {
        AccessTicket(
            request, agreements: try requests.agreements(of: request.id),
            windows: try windows.windows(ofRequest: request.id), world.organization, world.roster)
    }

    /// As it is now.
    func ticket(_ id: String) throws -> AccessTicket {
        guard let request = try requests.request(id) else {
            throw LifecycleError(code: .corrupt, operation: "read \(id)", message: "it is gone")
        }
        return try ticket(request)
    }

    func ticket(_ activation: Activation) throws -> AccessTicket {
        AccessTicket(activation, window: try windows.window(activation.id), world.organization, world.roster)
    }

    mutating func record(_ ruling: AccessRuling, _ question: AccessQuestion, _ kind: String) {
        let detail: JSONValue = [
            "request": .string(question.id), "hash": .string(question.ask.hash), "ask": question.ask.json,
            "needs": .array(ruling.needs.map(\.json)), "maximum": .string(ruling.maximum.description),
            "decision": ruling.detail,
        ]
        records.append(
            .policyDecided(
                context.record(about: question.ask.person.text), question: kind, verdict: ruling.verdict,
                reasons: ruling.denials, detail: detail))
    }

    func notify(_ kind: Notice.Kind, _ ticket: AccessTicket, to people: [PersonID]) throws {
        guard let person = ticket.person else { return }
        let hash = ticket.request.map { ":\($0.hash.prefix(12))" } ?? ""
        try context.notices.put(
            Notice(kind, at: now, person: person, to: people, subject: ticket.id + hash, body: ticket.json),
            in: session)
    }
}

import AccessModel
import AuditTrail
import Persistence
import StrictJSON

extension DeskWork {
    // MARK: Asking

    /// Writes a request down with what the rules say of it.
    mutating func file(_ ask: AccessRequest.Ask) throws -> AccessTicket {
        let id = "req-\(context.newID())"
        let question = try self.question(.request, id, ask)
        let ruling = try withEnd(of: ask, rules.rule(on: question, in: world))
        let request = AccessRequest(
            id: id, ask: ask, requestedAt: now, requestedBy: context.actor,
            isAsserted: context.isAsserted, expiresAt: expiry(of: ask, ruling), ruling: ruling.json)
        try requests.insert(request)
        records.append(
            .accessRequested(
                context.record(about: ask.person.text), request.mention, ask: ask.json,
                isAsserted: context.isAsserted, expires: request.expiresAt))
        record(ruling, question, "request")
        return try judge(request, ruling, told: .requested)
    }

    /// A request that was just asked, or asked anew: denied, decided, or waiting.
    private mutating func judge(
        _ request: AccessRequest, _ ruling: AccessRuling, told kind: Notice.Kind
    ) throws -> AccessTicket {
        guard !ruling.isDenied else {
            _ = try end(request, .denied, ruling.denials.joined(separator: "; "), by: "tenure")
            var ticket = try ticket(request.id)
            ticket.refusals = ruling.denials
            return ticket
        }
        guard ruling.needs.isEmpty else {
            let ticket = try ticket(request.id)
            try notify(kind, ticket, to: ticket.waitsFor)
            return ticket
        }
        guard case .done(let ticket) = try grant(request, ruling, approvedBy: []) else { return try ticket(request.id) }
        return ticket
    }

    /// Until when approvals are waited for. What was to be over by then is not worth approving.
    private func expiry(of ask: AccessRequest.Ask, _ ruling: AccessRuling) -> Instant {
        let patience = now + (ruling.within ?? AccessRules.patience)
        return min(patience, ask.start.map { $0 + ask.duration } ?? patience)
    }

    /// An extension is weighed by what is ahead of its person then: never more than one whole window.
    private func withEnd(of ask: AccessRequest.Ask, _ ruling: AccessRuling) throws -> AccessRuling {
        guard let root = ask.extends else { return ruling }
        var ruling = ruling
        let base = try windows.windows(root: root).filter { !$0.isOver(at: now) }.max { $0.end < $1.end }
        guard let base else {
            ruling.denials.append("the window is over; ask anew")
            return ruling
        }
        let ahead = base.end + ask.duration - max(now, base.from)
        if ahead > ruling.maximum, ask.duration <= ruling.maximum {
            let left = ruling.maximum.milliseconds - (base.end - max(now, base.from)).milliseconds
            let most = Span(milliseconds: max(0, left / 60_000 * 60_000))
            ruling.denials.append(
                "it would end \(ahead) from now, and \(ruling.maximum) is the most that \(ask.group.path) allows; "
                    + "now it can be extended by \(most)")
        }
        return ruling
    }

    /// Makes a pending request ask for something else.
    mutating func replace(_ request: AccessRequest, with ask: AccessRequest.Ask) throws -> Outcome<AccessTicket> {
        guard ask.hash != request.hash else { return .done(try ticket(request)) }
        let question = try self.question(.request, request.id, ask)
        let ruling = try withEnd(of: ask, rules.rule(on: question, in: world))
        let expires = expiry(of: ask, ruling)
        guard try requests.edit(request.id, hash: request.hash, to: ask, expiresAt: expires, ruling: ruling.json) else {
            return .refused(.stale("edit \(request.id)", "somebody decided on it or changed it in between"))
        }
        let edited = AccessRequest(
            id: request.id, ask: ask, requestedAt: request.requestedAt, requestedBy: request.requestedBy,
            isAsserted: request.isAsserted, expiresAt: expires, ruling: ruling.json)
        records.append(
            .accessEdited(
                context.record(about: ask.person.text), edited.mention, ask: ask.json, oldHash: request.hash,
                expires: expires))
        record(ruling, question, "request")
        return .done(try judge(edited, ruling, told: .edited))
    }

    // MARK: Ending

    /// Ends a pending request without a window.
    mutating func end(
        _ request: AccessRequest, _ state: AccessRequest.State, _ reason: String, by actor: String? = nil
    ) throws -> Outcome<AccessTicket> {
        let actor = actor ?? context.actor
        guard try requests.decide(request.id, hash: request.hash, state, at: now, by: actor, because: reason) else {
            return .refused(.stale("decide \(request.id)", "somebody else decided on it, or changed it, in between"))
        }
        let types: [AccessRequest.State: (RecordType, Notice.Kind)] = [
            .denied: (.accessDenied, .denied), .withdrawn: (.accessWithdrawn, .withdrawn),
            .expired: (.accessExpired, .expired),
        ]
        let ticket = try ticket(request.id)
        guard let (type, kind) = types[state] else { return .done(ticket) }
        let about = request.ask.person.text
        let record = actor == context.actor ? context.record(about: about) : context.ownRecord(about: about)
        records.append(.accessRefused(type, record, request.mention, reason: reason))
        try notify(kind, ticket, to: state == .withdrawn ? [] : [request.ask.person])
        return .done(ticket)
    }

    mutating func expire(_ request: AccessRequest) throws -> Outcome<AccessTicket> {
        try end(request, .expired, "nobody decided on it by \(request.expiresAt)", by: "tenure")
    }

    mutating func expireOverdue() throws -> [AccessTicket] {
        var expired: [AccessTicket] = []
        for request in try requests.overdue(at: now) {
            if case .done(let ticket) = try expire(request) { expired.append(ticket) }
        }
        return expired
    }

    // MARK: Agreeing

    /// Takes an approval in. Who asks and who approves are looked at as they are now, not as they were then.
    mutating func agree(to request: AccessRequest, by approver: PersonID) throws -> Outcome<AccessTicket> {
        let operation = "approve \(request.id)"
        let ruling = try withEnd(of: request.ask, try self.ruling(of: request))
        guard !ruling.isDenied else {
            record(ruling, try self.question(.request, request.id, request.ask), "request")
            _ = try end(request, .denied, ruling.denials.joined(separator: "; "), by: "tenure")
            return .refused(.denied(operation, ruling.denials.joined(separator: "; ")))
        }
        let question = try self.question(.approval(approver), request.id, request.ask)
        let own = rules.rule(on: question, in: world)
        record(own, question, "approval")
        guard !own.isDenied else { return .refused(.denied(operation, own.denials.joined(separator: "; "))) }
        let human = world.same(approver)
        guard try requests.agree(request.id, hash: request.hash, approver: human, at: now) else {
            return .refused(.denied(operation, "\(approver) approved it before; another person has to"))
        }
        let agreed = Set(
            try requests.agreements(of: request.id).filter { $0.hash == request.hash }.map { world.same($0.approver) })
        let missing = ruling.needs.reduce(0) { $0 + $1.missing(agreed) }
        records.append(
            .accessApproved(
                context.record(about: request.ask.person.text), request.mention, isAsserted: context.isAsserted,
                missing: missing))
        guard missing == 0 else { return .done(try ticket(request.id)) }
        let counted = Set(ruling.needs.flatMap(\.people)).intersection(agreed)
        return try grant(request, ruling, approvedBy: counted.sorted())
    }
}

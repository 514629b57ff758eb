import AccessModel
import AuditTrail
import Definitions
import Persistence

extension AccessDesk {
    /// Opens a window at once for somebody whom the platform's file names, without anybody's agreement. Others are told,
    /// and one of them reviews it afterwards.
    ///
    /// - Parameters:
    ///   - duration: Nil: the longest that the file allows, one hour unless it says otherwise.
    ///   - tenants: Whose groups they may see; nil for all. See ``Draft``.
    /// - Throws: ``LifecycleError`` `denied`; the denial is on record.
    public func breakGlass(
        _ text: String, reason: String, duration: Span?, seeing tenants: Set<Slug>? = nil
    ) async throws -> AccessTicket {
        try await work { work in
            let person = try work.actingPerson("break the glass")
            let group = try work.group(text, for: person, seeing: tenants)
            let rule = work.world.organization.platform.breakGlass
            let ask = AccessRequest.Ask(
                person: person, group: group, reason: AccessDesk.plain(reason),
                duration: duration ?? rule?.maximumDuration ?? .hours(1))
            let id = "bg-\(work.context.newID())"
            let question = try work.question(.breakGlass, id, ask)
            var ruling = work.rules.rule(on: question, in: work.world)
            // Another id of the same human is no way around it.
            for earlier in try work.activations.overdueReviews(of: work.world.roster.ids(of: person), at: work.now) {
                ruling.denials.append(
                    "\(earlier.id) was to be reviewed by \(earlier.reviewBy) and was not; somebody else reviews it "
                        + "first: `tenure access review \(earlier.id)`")
            }
            work.record(ruling, question, "break-glass")
            guard !ruling.isDenied else {
                return .refused(.denied("break the glass", ruling.denials.joined(separator: "; ")))
            }
            return .done(try work.activate(id, ask, reviewWithin: rule?.reviewWithin ?? .hours(24)))
        }
    }

    /// What a second person says of it afterwards, once.
    public func review(
        _ id: String, outcome: Activation.Outcome, note: String
    ) async throws -> AccessTicket {
        try await work { work in
            let operation = "review \(id)"
            guard var activation = try work.activations.activation(id) else {
                throw LifecycleError(
                    code: .unknown, operation: operation,
                    message: "there is no activation `\(id)`; see `tenure access list`")
            }
            let reviewer = try work.actingPerson(operation)
            guard work.world.same(reviewer) != work.world.same(activation.person) else {
                return .refused(.denied(operation, "\(reviewer) broke the glass; somebody else reviews it"))
            }
            guard work.world.isActive(reviewer) else {
                return .refused(.denied(operation, "\(reviewer) is not active"))
            }
            let note = AccessDesk.plain(note)
            guard !note.isEmpty else {
                return .refused(.denied(operation, "a review says what was found; give it with --note"))
            }
            let review = Activation.Review(by: reviewer, at: work.now, outcome: outcome, note: note)
            guard try work.activations.review(id, review) else {
                return .refused(.denied(operation, "it was reviewed by \(activation.review?.by.text ?? "?") already"))
            }
            activation.review = review
            work.records.append(
                .glassReviewed(
                    work.context.record(about: activation.person.text, caseID: id), activation: id,
                    person: activation.person, group: activation.group, outcome: outcome.rawValue, note: note,
                    isAsserted: work.context.isAsserted))
            let ticket = try work.ticket(activation)
            try work.notify(.glassReviewed, ticket, to: activation.informed + [activation.person])
            return .done(ticket)
        }
    }
}

extension DeskWork {
    fileprivate mutating func activate(
        _ id: String, _ ask: AccessRequest.Ask, reviewWithin: Span
    ) throws -> AccessTicket {
        let window = AccessWindow(
            id: id, request: nil, person: ask.person, group: ask.group, reason: ask.reason, approvedBy: [],
            isEmergency: true, askedAt: now, recordedAt: now, from: now, until: now + ask.duration)
        try add(window)
        let activation = Activation(
            id: id, person: ask.person, group: ask.group, reason: ask.reason, activatedAt: now,
            activatedBy: context.actor, isAsserted: context.isAsserted, informed: informed(of: ask),
            reviewBy: now + reviewWithin)
        try activations.insert(activation)
        let record = context.record(about: ask.person.text, caseID: id)
        records.append(
            .glassBroken(
                record, window.mention, reason: ask.reason, isAsserted: context.isAsserted,
                reviewBy: activation.reviewBy))
        records.append(.glassInformed(record, window.mention, informed: activation.informed))
        let ticket = try ticket(activation)
        try notify(.glassBroken, ticket, to: activation.informed)
        return ticket
    }

    /// All others who may break the glass, and all who approve the group's windows: a second person, whoever is awake.
    private func informed(of ask: AccessRequest.Ask) -> [PersonID] {
        world.distinct(
            world.organization.glassBreakers(world.roster)
                + world.eligibility.approvers(for: ask.group, requester: ask.person, needed: .max),
            without: ask.person)
    }
}

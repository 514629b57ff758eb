import AccessModel
import AuditTrail
import Persistence

extension DeskWork {
    /// Decides a request for its person: the window is written down, and opens at its start.
    mutating func grant(
        _ request: AccessRequest, _ ruling: AccessRuling, approvedBy: [PersonID]
    ) throws -> Outcome<AccessTicket> {
        let window: AccessWindow
        switch try draftWindow(request, approvedBy: approvedBy) {
        case .refused(let error):
            _ = try end(request, .denied, error.message, by: "tenure")
            return .refused(error)
        case .done(let drafted): window = drafted
        }
        let because = approvedBy.isEmpty ? "nobody has to agree" : "approved"
        guard
            try requests.decide(
                request.id, hash: request.hash, .approved, at: now, by: context.actor, because: because)
        else {
            return .refused(
                .stale("approve \(request.id)", "somebody else decided on it, or changed it, in between"))
        }
        try add(window)
        let record = context.record(about: window.person.text)
        records.append(
            request.ask.extends.map { root in
                .accessExtended(
                    record, window.mention, extends: root, approvedBy: approvedBy, reason: window.reason)
            } ?? .accessGranted(record, window.mention, approvedBy: approvedBy, reason: window.reason))
        let ticket = try ticket(request.id)
        try notify(.granted, ticket, to: [window.person] + approvedBy)
        return .done(ticket)
    }

    private func draftWindow(
        _ request: AccessRequest, approvedBy: [PersonID]
    ) throws -> Outcome<AccessWindow> {
        let ask = request.ask
        var from = max(context.vouched, ask.start ?? context.vouched)
        var until = (ask.start ?? now) + ask.duration
        var root: String?
        if let extended = ask.extends {
            let base = try windows.windows(root: extended).filter { !$0.isOver(at: now) }.max { $0.end < $1.end }
            guard let base else { return .refused(.denied("extend \(extended)", "the window is over; ask anew")) }
            // It begins while the other still stands, so that there is no moment between them.
            from = max(context.vouched, base.from)
            until = base.end + ask.duration
            root = base.root
        }
        guard from < until else {
            return .refused(.denied("approve \(request.id)", "the time that was asked for is over since \(until)"))
        }
        return .done(
            AccessWindow(
                id: "win-\(context.newID())", root: root, request: request.id, person: ask.person, group: ask.group,
                reason: ask.reason, approvedBy: approvedBy, askedAt: request.requestedAt, recordedAt: now, from: from,
                until: until))
    }

    /// Whoever has looked at the world before this has to look again.
    func add(_ window: AccessWindow) throws {
        try windows.insert(window)
        try SettingsStore(session).advanceGeneration()
    }

    /// Gives a window back, with all that prolong it.
    mutating func release(_ window: AccessWindow) throws -> AccessTicket {
        for ended in try windows.end(root: window.root, at: now) {
            records.append(
                .accessWindow(.accessReleased, context.record(about: ended.person.text), ended.mention))
        }
        try SettingsStore(session).advanceGeneration()
        let ticket: AccessTicket
        if let request = window.request {
            ticket = try self.ticket(request)
        } else if let activation = try activations.activation(window.id) {
            ticket = try self.ticket(activation)
        } else {
            throw LifecycleError(code: .corrupt, operation: "release \(window.id)", message: "nothing explains it")
        }
        try notify(.released, ticket, to: [window.person])
        return ticket
    }
}

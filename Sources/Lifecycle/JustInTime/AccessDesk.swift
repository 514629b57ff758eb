import AccessModel
import AuditTrail
import Definitions
import Persistence

/// Where access is asked for, agreed to, refused and given back.
///
/// Every call is one serialisable transaction with its records: of those who race for one request, one wins and the
/// others are told. What a window opens and closes in the targets is the reconciler's work; see
/// ``Reconciler/sweep(_:patience:)``.
public struct AccessDesk: Sendable {
    let context: LifecycleContext
    let definitions: DefinitionSet
    let rules: AccessRules
    private let agents: any PolicyAgents

    /// - Parameters:
    ///   - definitions: Those in force.
    ///   - agents: Asked where policies want that.
    public init(
        context: LifecycleContext, definitions: DefinitionSet, agents: any PolicyAgents = NoPolicyAgents()
    ) {
        self.context = context
        self.definitions = definitions
        self.agents = agents
        rules = AccessRules(definitions)
    }

    // MARK: Asking

    /// What somebody asks for.
    public struct Draft: Sendable {
        /// As it is typed.
        public var group: String
        /// Tenants whose groups they may see; nil for all. Of others they hear of those that they may have, and as of
        /// nothing of the rest.
        public var tenants: Set<Slug>?
        public var reason: String
        /// Nil: the longest that the rule allows.
        public var duration: Span?
        /// Nil: as soon as it is approved.
        public var start: Instant?

        public init(
            group: String, reason: String, duration: Span? = nil, start: Instant? = nil,
            seeing tenants: Set<Slug>? = nil
        ) {
            self.group = group
            self.tenants = tenants
            self.reason = reason
            self.duration = duration
            self.start = start
        }
    }

    /// Asks for a window. What the rules deny is on record as a denied request; what nobody need agree to is approved
    /// at once.
    ///
    /// - Throws: ``LifecycleError`` `unknown` for a group that is not there, `invalid` for who or when.
    public func request(_ draft: Draft) async throws -> AccessTicket {
        try await work { work in
            let person = try work.actingPerson("request access")
            let group = try work.group(draft.group, for: person, seeing: draft.tenants)
            let maximum = work.world.organization.jitRule(for: group)?.maximumDuration ?? .zero
            try work.check(start: draft.start)
            let ask = AccessRequest.Ask(
                person: person, group: group, reason: AccessDesk.plain(draft.reason),
                duration: draft.duration ?? maximum, start: draft.start)
            return .done(try work.file(ask))
        }
    }

    /// Asks for more time in a window that is not over: the same group and person, until its end and `duration` more.
    /// Approved, it prolongs the window without a gap.
    public func extend(_ id: String, by duration: Span, reason: String?) async throws -> AccessTicket {
        try await work { work in
            let person = try work.actingPerson("extend \(id)")
            let window = try work.lastWindow(id)
            guard window.person == person else {
                return .refused(
                    .denied("extend \(id)", "it is \(window.person)'s window; nobody else asks for more of it"))
            }
            guard !window.isOver(at: work.now) else {
                return .refused(.denied("extend \(id)", "it is over since \(window.lostAt ?? window.end); ask anew"))
            }
            guard !window.isEmergency else {
                return .refused(.denied("extend \(id)", "broken glass is not extended; ask for a window"))
            }
            let ask = AccessRequest.Ask(
                person: person, group: window.group, reason: AccessDesk.plain(reason ?? window.reason),
                duration: duration, extends: window.root)
            return .done(try work.file(ask))
        }
    }

    /// What an edit changes; what is nil stays.
    public struct Edit: Sendable {
        public var reason: String?
        public var duration: Span?
        public var start: Instant?
        /// Hashes, one of which it has to bear now; nil for whatever it is.
        public var seen: Set<String>?

        public init(
            reason: String? = nil, duration: Span? = nil, start: Instant? = nil, seen: Set<String>? = nil
        ) {
            self.reason = reason
            self.duration = duration
            self.start = start
            self.seen = seen
        }
    }

    /// Asks for something else by a request that is pending. Approvals of what it asked before are void.
    public func edit(_ id: String, _ edit: Edit) async throws -> AccessTicket {
        try await work { work in
            if let seen = edit.seen, let hash = try work.requests.request(id)?.hash, !seen.contains(hash) {
                return .refused(.changed("edit \(id)", "the request is not as it was when you saw it"))
            }
            let request = try work.pending(id, "edit \(id)")
            guard case .done(let request) = request else { return request.refusal() }
            guard try work.actingPerson("edit \(id)") == request.ask.person else {
                return .refused(.denied("edit \(id)", "only \(request.ask.person), who asked, changes it"))
            }
            try work.check(start: edit.start)
            var ask = request.ask
            if let reason = edit.reason { ask.reason = AccessDesk.plain(reason) }
            ask.duration = edit.duration ?? ask.duration
            ask.start = edit.start ?? ask.start
            return try work.replace(request, with: ask)
        }
    }

    /// Takes a pending request back.
    public func withdraw(_ id: String) async throws -> AccessTicket {
        try await work { work in
            let request = try work.pending(id, "withdraw \(id)")
            guard case .done(let request) = request else { return request.refusal() }
            guard try work.actingPerson("withdraw \(id)") == request.ask.person else {
                return .refused(
                    .denied("withdraw \(id)", "only \(request.ask.person), who asked, withdraws it; others deny it"))
            }
            return try work.end(request, .withdrawn, "withdrawn by \(context.actor)")
        }
    }

    // MARK: Agreeing

    /// Agrees to what is asked now. The last approval that was needed decides the window.
    ///
    /// - Parameter hash: What the approver has seen; nil for whatever is asked now.
    public func approve(_ id: String, hash: String? = nil) async throws -> AccessTicket {
        try await work { work in
            let request = try work.pending(id, "approve \(id)")
            guard case .done(let request) = request else { return request.refusal() }
            let approver = try work.actingPerson("approve \(id)")
            guard hash ?? request.hash == request.hash else {
                return .refused(
                    .stale("approve \(id)", "it was edited since; look at it again: it is \(request.hash) now"))
            }
            return try work.agree(to: request, by: approver)
        }
    }

    /// Refuses a pending request: one refusal is enough.
    public func deny(_ id: String, reason: String) async throws -> AccessTicket {
        try await work { work in
            let request = try work.pending(id, "deny \(id)")
            guard case .done(let request) = request else { return request.refusal() }
            let approver = try work.actingPerson("deny \(id)")
            let mayDeny = work.mayDecide(on: request.ask.group, approver, except: request.ask.person)
            guard try mayDeny || work.isAsked(approver, about: request) else {
                return .refused(.denied("deny \(id)", "\(approver) may not decide on \(request.ask.group.path)"))
            }
            return try work.end(request, .denied, AccessDesk.plain(reason))
        }
    }

    // MARK: Giving back

    /// Ends a window, and all that prolong it, at once. Whoever holds it, may approve it, or runs this installation
    /// does: taking access away is never made hard.
    public func release(_ id: String) async throws -> AccessTicket {
        try await work { work in
            let window = try work.lastWindow(id)
            if let person = work.context.person, person != window.person {
                guard work.mayDecide(on: window.group, person, except: nil) else {
                    return .refused(
                        .denied(
                            "release \(id)",
                            "\(person) neither holds it nor may approve windows on \(window.group.path)"))
                }
            }
            guard !window.isOver(at: work.now) else {
                return .refused(.denied("release \(id)", "it is over since \(window.lostAt ?? window.end)"))
            }
            return .done(try work.release(window))
        }
    }

    // MARK: Time

    /// Requests whose time is over: nobody can approve them any more.
    @discardableResult
    public func expire() async throws -> [AccessTicket] {
        let isDue = try await context.database.read { [now = context.now] session in
            try !RequestStore(session).overdue(at: now).isEmpty
        }
        guard isDue else { return [] }
        return try await work { work in .done(try work.expireOverdue()) }
    }

    // MARK: The transaction

    /// Control characters and line ends become spaces: a reason stands in tables, mails and records.
    package static func plain(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        let words = String(String.UnicodeScalarView(scalars)).split(separator: " ", omittingEmptySubsequences: true)
        return words.joined(separator: " ")
    }

    func work<Value: Sendable>(
        _ body: @escaping @Sendable (inout DeskWork) throws -> DeskWork.Outcome<Value>
    ) async throws -> Value {
        let tape = IDTape(context.newID)
        var inquiry = AgentInquiry()
        var outcome = try await attempt(tape, inquiry, body)
        // An answer may lead to the next question: what was approved is looked at once more.
        for _ in 0..<4 where inquiry.isOpen {
            inquiry = await inquiry.asked(of: agents)
            outcome = try await attempt(tape, inquiry, body)
        }
        switch outcome {
        case .done(let value): return value
        case .refused(let error): throw error
        case nil:
            throw LifecycleError.stale("access", "what policy agents were asked has changed meanwhile; do it again")
        }
    }

    /// Nil, and nothing was written, where an agent has to be asked first.
    private func attempt<Value: Sendable>(
        _ tape: IDTape, _ inquiry: AgentInquiry,
        _ body: @escaping @Sendable (inout DeskWork) throws -> DeskWork.Outcome<Value>
    ) async throws -> DeskWork.Outcome<Value>? {
        let (context, definitions, rules) = (context.drawing(from: tape), definitions, rules.hearing(inquiry))
        do {
            return try await context.database.transact { session, records in
                tape.rewind()
                var work = DeskWork(
                    session: session, world: try AccessWorld(definitions, at: context, session), context: context,
                    rules: rules)
                let outcome = try body(&work)
                guard !inquiry.isOpen else { throw UnheardAgents() }
                records += work.records
                return outcome
            }
        } catch is UnheardAgents {
            return nil
        }
    }
}

/// Undoes a transaction that lacks an agent's answer.
private struct UnheardAgents: Error {}

extension LifecycleError {
    static func denied(_ operation: String, _ message: String) -> LifecycleError {
        LifecycleError(code: .denied, operation: operation, message: message)
    }

    static func changed(_ operation: String, _ message: String) -> LifecycleError {
        LifecycleError(code: .changed, operation: operation, message: message)
    }

    static func stale(_ operation: String, _ message: String) -> LifecycleError {
        LifecycleError(code: .stale, operation: operation, message: message)
    }
}

import AccessModel
import AuditTrail
import Persistence
import StrictJSON

/// Where other people decide about what a guard or a policy held.
public struct HoldDesk: Sendable {
    private let context: LifecycleContext
    private let definitions: DefinitionSet?

    /// - Parameter definitions: Those in force, which say who may agree; nil before the first apply.
    public init(context: LifecycleContext, definitions: DefinitionSet?) {
        self.context = context
        self.definitions = definitions
    }

    /// Oldest first; those that wait, or all.
    public func list(all: Bool = false) async throws -> [HoldTicket] {
        try await context.database.read { [self] session in
            let holds = try HoldStore(session).holds(all ? nil : .open)
            let world = holds.contains(where: Self.asks) ? try world(session) : nil
            return holds.map { HoldTicket($0, world) }
        }
    }

    public func show(_ id: String) async throws -> HoldTicket {
        try await context.database.read { [self] session in
            guard let hold = try HoldStore(session).hold(id) else { throw unknown(id) }
            return HoldTicket(hold, Self.asks(hold) ? try world(session) : nil)
        }
    }

    /// Lets what was held go on, as far as it still stands: people are taken in at once, a plan's changes are
    /// released for the next apply, which plans anew.
    ///
    /// Whoever opened a hold cannot approve it; a feed that is not whole cannot be approved by anybody. What a policy
    /// holds is released by the last of those whom it asks; whoever agrees before is written down.
    public func approve(_ id: String) async throws -> HoldTicket {
        try await decide(id) { hold, session, records in
            if hold.kind == PeopleHold.brokenFeed {
                throw denied(
                    "approve \(id)", "a feed that is not provably whole cannot be released; import one that is")
            }
            guard Self.asks(hold) else {
                let hold = try settle(hold, .approved, session, &records)
                try PeopleHold.release(hold, context, session, &records)
                return HoldTicket(hold, nil)
            }
            return try agree(hold, session, &records)
        }
    }

    /// Drops it; of what a policy holds, whoever may agree to it.
    public func reject(_ id: String) async throws -> HoldTicket {
        try await decide(id) { hold, session, records in
            let world = Self.asks(hold) ? try world(session) : nil
            if let world {
                let person = try actingPerson("reject \(id)")
                let ticket = HoldTicket(hold, world)
                let own = world.same(person)
                guard ticket.needs.contains(where: { $0.open.contains(own) || $0.agreed.contains(own) }) else {
                    throw denied("reject \(id)", "\(person) is not asked; see `tenure hold show \(id)`")
                }
            }
            return HoldTicket(try settle(hold, .rejected, session, &records), world)
        }
    }

    // MARK: One by one

    /// One of those whom a policy asks; once nobody is missing, it is released.
    private func agree(
        _ hold: HoldStore.Hold, _ session: any SQLSession, _ records: inout [Record]
    ) throws -> HoldTicket {
        let operation = "approve \(hold.id)"
        let person = try actingPerson(operation)
        guard var plan = PlanHold(hold.body), let world = try world(session) else {
            throw LifecycleError(
                code: .corrupt, operation: operation, message: "it is not one that Tenure wrote")
        }
        let before = HoldTicket(hold, world)
        if let until = before.until, until <= context.now {
            throw denied(operation, "it was waited for until \(until); the next apply asks anew")
        }
        let own = world.same(person)
        if before.needs.contains(where: { $0.agreed.contains(own) }) {
            throw denied(operation, "\(person) agreed already; \(before.missing) more are asked")
        }
        guard before.needs.contains(where: { $0.open.contains(own) }) else {
            throw denied(
                operation,
                "\(person) is not asked, caused it, or would gain by it; see `tenure hold show \(hold.id)`")
        }
        plan.agreements.append(PlanHold.Agreement(person: person, at: context.now))
        try HoldStore(session).write(plan.body, of: hold.id)
        let after = HoldTicket(hold.with(plan.body), world)
        records.append(
            .holdAgreed(
                context.record(), hold: hold.id, isAsserted: context.isAsserted, missing: after.missing))
        guard after.missing == 0 else { return after }
        return HoldTicket(try settle(hold.with(plan.body), .approved, session, &records), world)
    }

    private func settle(
        _ hold: HoldStore.Hold, _ state: HoldStore.Hold.State, _ session: any SQLSession, _ records: inout [Record]
    ) throws -> HoldStore.Hold {
        switch try HoldStore(session).decide(hold.id, state, at: context.now, by: context.actor) {
        case .decided(let hold):
            records.append(
                state == .approved
                    ? .holdApproved(context.record(), hold: hold.id) : .holdRejected(context.record(), hold: hold.id))
            return hold
        case .unknown: throw unknown(hold.id)
        case .already(let hold): throw denied("decide \(hold.id)", "it was \(hold.state.rawValue) already")
        case .sameActor:
            throw denied(
                "decide \(hold.id)", "it needs a second person; `\(context.actor)` is who caused it (use --as)")
        }
    }

    private func decide(
        _ id: String,
        _ body: @escaping @Sendable (HoldStore.Hold, any SQLSession, inout [Record]) throws -> HoldTicket
    ) async throws -> HoldTicket {
        try await context.database.transact { [self] session, records in
            guard let hold = try HoldStore(session).hold(id) else { throw unknown(id) }
            guard hold.state == .open else {
                throw denied("decide \(id)", "it was \(hold.state.rawValue) already")
            }
            try checkActor(hold, session)
            return try body(hold, session, &records)
        }
    }

    /// A second person is somebody who is here, and not who caused it under another id.
    private func checkActor(_ hold: HoldStore.Hold, _ session: any SQLSession) throws {
        guard let person = context.person else { return }
        let archive = PeopleArchive(session)
        let roster =
            try definitions.map { try archive.roster(at: context.now, in: $0) } ?? archive.roster(at: context.now)
        guard roster[person]?.isActive == true else {
            throw denied("decide \(hold.id)", "\(person) is not active")
        }
        guard let opener = PersonID(hold.openedBy), roster.same(opener) == roster.same(person) else { return }
        throw denied("decide \(hold.id)", "it needs a second person; \(person) is who caused it")
    }

    // MARK: Parts

    private static func asks(_ hold: HoldStore.Hold) -> Bool {
        hold.kind == PlanHold.kind && hold.body["needs"]?.array?.isEmpty == false
    }

    private func world(_ session: any SQLSession) throws -> AccessWorld? {
        try definitions.map { try AccessWorld($0, at: context, session) }
    }

    private func actingPerson(_ operation: String) throws(LifecycleError) -> PersonID {
        guard let person = context.person else {
            throw denied(operation, "a policy asks people; say who you are with --as PERSON")
        }
        return person
    }

    private func denied(_ operation: String, _ message: String) -> LifecycleError {
        LifecycleError(code: .denied, operation: operation, message: message)
    }

    private func unknown(_ id: String) -> LifecycleError {
        LifecycleError(
            code: .unknown, operation: "find the hold", message: "there is no hold `\(id)`; see `tenure hold list`")
    }
}

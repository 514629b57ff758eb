import AccessModel
import AuditTrail
import Persistence

/// Where a second person decides about what a guard held.
public struct HoldDesk: Sendable {
    private let context: LifecycleContext

    public init(context: LifecycleContext) { self.context = context }

    /// Oldest first; those that wait, or all.
    public func list(all: Bool = false) async throws -> [HoldStore.Hold] {
        try await context.database.read { session in try HoldStore(session).holds(all ? nil : .open) }
    }

    public func show(_ id: String) async throws -> HoldStore.Hold {
        guard let hold = try await context.database.read({ session in try HoldStore(session).hold(id) }) else {
            throw unknown(id)
        }
        return hold
    }

    /// Lets what was held go on, as far as it still stands: people are taken in at once, a plan's changes are
    /// released for the next apply, which plans anew.
    ///
    /// Whoever opened a hold cannot approve it; a feed that is not whole cannot be approved by anybody.
    public func approve(_ id: String) async throws -> HoldStore.Hold {
        let hold = try await show(id)
        guard hold.kind != PeopleHold.brokenFeed else {
            throw LifecycleError(
                code: .denied, operation: "approve \(id)",
                message: "a feed that is not provably whole cannot be released; import one that is")
        }
        return try await decide(id, .approved)
    }

    public func reject(_ id: String) async throws -> HoldStore.Hold { try await decide(id, .rejected) }

    private func decide(_ id: String, _ state: HoldStore.Hold.State) async throws -> HoldStore.Hold {
        let context = context
        let decision = try await context.database.transact { session, records in
            let decision = try HoldStore(session).decide(id, state, at: context.now, by: context.actor)
            guard case .decided(let hold) = decision else { return decision }
            records.append(
                state == .approved
                    ? .holdApproved(context.record(), hold: id) : .holdRejected(context.record(), hold: id))
            if state == .approved { try PeopleHold.release(hold, context, session, &records) }
            return decision
        }
        switch decision {
        case .decided(let hold): return hold
        case .unknown: throw unknown(id)
        case .already(let hold):
            throw LifecycleError(
                code: .denied, operation: "decide \(id)", message: "it was \(hold.state.rawValue) already")
        case .sameActor:
            throw LifecycleError(
                code: .denied, operation: "decide \(id)",
                message: "it needs a second person; `\(context.actor)` is who caused it (use --as)")
        }
    }

    private func unknown(_ id: String) -> LifecycleError {
        LifecycleError(
            code: .unknown, operation: "find the hold", message: "there is no hold `\(id)`; see `tenure hold list`")
    }
}

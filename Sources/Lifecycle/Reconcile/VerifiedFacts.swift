import AccessModel
import Persistence
import WorkflowEngine

/// What follows from a change that was read back: who holds what, what is Tenure's own, who is disabled since when.
/// It is written in the transaction that marks the change as verified.
enum VerifiedFacts {
    static let record: VerificationObserver = { changes, session in
        for (target, changes) in Dictionary(grouping: changes, by: \.change.target) {
            try keepHoldings(changes, in: target, session)
            for verified in changes { try keepOwnership(verified, in: target, session) }
        }
    }

    private static func keepHoldings(_ changes: [VerifiedChange], in target: Slug, _ session: any SQLSession) throws {
        let store = HoldingStore(session)
        for (at, changes) in Dictionary(grouping: changes, by: \.at) {
            let gone = changes.filter { $0.change.operation == .remove }.map(\.change.fact.key)
            let held = changes.filter { $0.change.operation != .remove }
            // An account that was a stranger's is known under its owner from now on.
            let taken = held.compactMap { verified -> String? in
                guard let before = verified.change.before, before.key != verified.change.fact.key else { return nil }
                return before.key
            }
            try store.close(gone + taken, in: target, at: at)
            try store.observe(
                held.map { SeenFact($0.change.fact, causes: $0.change.causes) }, in: target, scope: .nothing, at: at)
        }
    }

    private static func keepOwnership(_ verified: VerifiedChange, in target: Slug, _ session: any SQLSession) throws {
        let store = OwnershipStore(session)
        let isGone = verified.change.operation == .remove
        switch verified.change.fact {
        case .group(let group):
            try isGone ? store.disown(.group, [group.slug], in: target) : store.own(.group, [group.slug], in: target)
        case .roleAssignment, .federatedTrust:
            let key = verified.change.fact.key
            try isGone ? store.disown(.fact, [key], in: target) : store.own(.fact, [key], in: target)
        case .account(let account):
            guard let person = account.identity.person else { return }
            if !isGone, account.state == .disabled {
                try store.setDisabled(person, in: target, since: verified.at)
            } else {
                try store.clearDisabled(person, in: target)
            }
        case .membership, .eligibility, .credential, .session: break
        }
    }
}

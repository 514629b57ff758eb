import AccessModel

/// A change on its way into a plan.
struct ChangeDraft {
    /// The target's number.
    let target: Int
    let operation: Change.Operation
    let lane: Change.Lane
    let fact: Fact
    var before: Fact?
    let stage: Int
    /// Order within a stage.
    let rank: Int
    let risk: Int
    /// The identity's number; nil for a group as a whole, or a stranger.
    var identity: UInt32?
    var causes: [Cause] = []
    /// For a removal: what kind of thing no longer is desired. Nil where the causes are known from the start.
    var loss: Loss?
    var isCounted = false
    var isHeld = false
    var after: [String] = []

    enum Loss: Equatable {
        case account
        case membership
        /// A group, or something of a group that is no longer desired.
        case ofGroup
        /// Of an identity that nobody knows.
        case ofStranger
    }

    func id(in target: Slug) -> String { "\(target) \(operation.rawValue) \(fact.key)" }

    var isStandingAdd: Bool {
        guard operation == .add, case .membership = fact else { return false }
        return causes.contains { cause in
            if case .grant = cause { false } else { true }
        }
    }
}

/// How much harm a change can do: the weight of the role, four times that in a live tier.
struct RiskScale {
    private let liveTiers: Set<Slug>

    init(liveTiers: Set<Slug>) { self.liveTiers = liveTiers }

    /// Accounts count 1, disabled ones 2, deleted ones 5; baseline groups 1; an empty group as a reader's.
    func risk(of fact: Fact, _ operation: Change.Operation) -> Int {
        switch fact {
        case .account(let account):
            return operation == .remove ? 5 : account.state == .disabled ? 2 : 1
        case .group where operation == .add: return 1
        default:
            guard let group = fact.notation else { return 1 }
            return group.role.weight * (liveTiers.contains(group.tier) ? 4 : 1)
        }
    }
}

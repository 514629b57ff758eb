import AccessModel

/// What one call asks to be opened, all of it or nothing.
struct OpeningRequest: Sendable {
    let openings: [CaseOpening]
    /// Those changes of the approved plan that the openings speak of.
    private let approved: [String: Change]
    let planHash: String
    let actor: String

    init(_ openings: [CaseOpening], approved: [Change], planHash: String, actor: String) {
        self.openings = openings
        self.planHash = planHash
        self.actor = actor
        self.approved = Dictionary(approved.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Why it is refused; nil when it is not.
    func problem(known: Set<String>) -> WorkflowError? {
        var known = known
        for opening in openings {
            if let problem = problem(opening, isKnown: !known.insert(opening.id).inserted) { return problem }
        }
        return nil
    }

    private func problem(_ opening: CaseOpening, isKnown: Bool) -> WorkflowError? {
        func refusal(_ code: WorkflowError.Code, _ message: String) -> WorkflowError {
            WorkflowError(code: code, operation: "open case `\(opening.id)`", message: message)
        }
        guard opening.hasValidID else {
            return refusal(
                .invalid, "an id is letters, digits and `.-_:`, at most 128, and begins with a letter or a digit")
        }
        guard !isKnown else { return refusal(.exists, "a case of this id was opened before") }
        for change in opening.changes {
            guard let judged = approved[change.id], judged.fact == change.fact, judged.before == change.before else {
                return refusal(.notApproved, "the approved plan does not hold `\(change.id)`")
            }
        }
        return nil
    }
}

/// A case that is being opened.
struct OpeningDraft {
    let opening: CaseOpening
    let planHash: String
    let actor: String
    let leftOut: [OpenedCase.LeftOut]
    /// What becomes its steps.
    var changes: [Change]

    init(_ opening: CaseOpening, of request: OpeningRequest, reportOnly: Set<Slug>) {
        var leftOut: [OpenedCase.LeftOut] = []
        var changes: [Change] = []
        for change in opening.changes {
            if reportOnly.contains(change.target) {
                leftOut.append(OpenedCase.LeftOut(change: change, reason: .reportMode))
            } else if change.isHeld {
                leftOut.append(OpenedCase.LeftOut(change: change, reason: .held))
            } else {
                changes.append(change)
            }
        }
        self.opening = opening
        planHash = request.planHash
        actor = request.actor
        self.leftOut = leftOut
        self.changes = changes
    }
}

/// Cases that have nothing to do with each other: whichever is opened first, the same comes of them. They are written
/// together.
struct OpeningRound {
    private(set) var drafts: [OpeningDraft] = []
    private var facts: Set<FactPlace> = []
    private var changes: Set<String> = []
    private var predecessors: Set<String> = []
    private var identities: Set<IdentityID> = []
    private var leavers: Set<IdentityID> = []

    /// The drafts in rounds; what one of them contradicts, waits for or ends is in an earlier one.
    static func rounds(of drafts: [OpeningDraft]) -> [OpeningRound] {
        var rounds: [OpeningRound] = []
        var round = OpeningRound()
        for draft in drafts where !round.take(draft) {
            rounds.append(round)
            round = OpeningRound()
            _ = round.take(draft)
        }
        return round.drafts.isEmpty ? rounds : rounds + [round]
    }

    /// False where the draft has to do with one that is in it.
    private mutating func take(_ draft: OpeningDraft) -> Bool {
        let facts = draft.changes.map(FactPlace.init)
        let ids = draft.changes.map(\.id)
        let after = draft.changes.flatMap(\.after)
        let identities = Set(draft.changes.compactMap(\.identity))
        let leaver = draft.opening.kind == .leaver ? draft.opening.identity : nil
        guard
            self.facts.isDisjoint(with: facts), changes.isDisjoint(with: after), predecessors.isDisjoint(with: ids),
            leavers.isDisjoint(with: identities), leaver.map({ !self.identities.contains($0) }) ?? true
        else { return false }
        drafts.append(draft)
        self.facts.formUnion(facts)
        changes.formUnion(ids)
        predecessors.formUnion(after)
        self.identities.formUnion(identities)
        if let leaver { leavers.insert(leaver) }
        return true
    }
}

/// Where a fact is: what two steps must not change at once.
struct FactPlace: Hashable {
    let target: String
    let key: String

    init(_ change: Change) {
        target = change.target.text
        key = change.fact.key
    }

    init(target: String, key: String) {
        self.target = target
        self.key = key
    }
}

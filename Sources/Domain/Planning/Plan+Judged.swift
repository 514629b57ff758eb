import AccessModel

extension Plan {
    /// The same plan with what policy says of its changes: which wait for a second person, and how much harm each can
    /// do. Both lists are in the order of ``changes``. The hash is another only if what is held is.
    public func judged(held: [Bool], risks: [Int]) -> Plan {
        var changes = changes
        var isSame = true
        for number in changes.indices where number < held.count && number < risks.count {
            if changes[number].isHeld != held[number] {
                changes[number].isHeld = held[number]
                isSame = false
            }
            if changes[number].risk != risks[number] { changes[number] = changes[number].weighing(risks[number]) }
        }
        var blast = blastRadius
        blast.score = changes.reduce(0) { $0 + $1.risk }
        return Plan(
            hash: isSame ? hash : PlanHash.hash(of: changes, definitionsRevision: definitionsRevision),
            changes: changes, blastRadius: blast, definitionsRevision: definitionsRevision, plannedAt: plannedAt,
            notes: notes, reportedOnly: reportedOnly)
    }
}

extension PlanningOutcome {
    /// The same outcome with another view of its plan.
    public func with(_ plan: Plan) -> PlanningOutcome {
        PlanningOutcome(plan: plan, upkeep: upkeep, nextChange: nextChange)
    }
}

extension Change {
    fileprivate func weighing(_ risk: Int) -> Change {
        Change(
            target: target, operation: operation, lane: lane, fact: fact, before: before, causes: causes, risk: risk,
            stage: stage, after: after, isCounted: isCounted, isHeld: isHeld)
    }
}

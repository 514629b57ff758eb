import AccessModel
import ConnectorKit

extension SimulatedTarget {
    /// What goes wrong with a change.
    public enum Fault: Hashable, Sendable {
        case fail(ConnectorError.Code, retryAfter: Span? = nil)
        /// It is applied, and nobody hears of it.
        case loseReply
        /// It never arrives.
        case loseRequest
        /// So much time passes, and no answer comes.
        case hang(Span)
        /// It says yes and does nothing.
        case lie
        /// It asks others to do it, who do so with ``SimulatedTarget/takeUp()``.
        case propose
    }

    struct Rule {
        let matches: @Sendable (Change) -> Bool
        let fault: Fault
        /// How often it still strikes; nil for always.
        var rest: Int?
    }

    /// What goes wrong with a look.
    public enum ObservationFault: Sendable {
        case fail(ConnectorError.Code)
        /// It sees nothing and says that it may have missed something.
        case partial
    }

    /// Faults strike in the order in which they were set, one a call.
    public func inject(
        _ fault: Fault, times: Int? = nil, where matches: @escaping @Sendable (Change) -> Bool = { _ in true }
    ) {
        rules.append(Rule(matches: matches, fault: fault, rest: times))
    }

    /// The next looks go wrong so.
    public func injectObservation(_ fault: ObservationFault, times: Int = 1) {
        observationFaults += Array(repeating: fault, count: times)
    }

    public func heal() {
        rules = []
        observationFaults = []
    }

    func nextFault(for change: Change) -> Fault? {
        guard let index = rules.firstIndex(where: { $0.rest != 0 && $0.matches(change) }) else { return nil }
        if let rest = rules[index].rest { rules[index].rest = rest - 1 }
        return rules[index].fault
    }

    public func observe(_ scope: ObservationScope) throws(ConnectorError) -> Observation {
        noteObservation(scope)
        switch observationFaults.isEmpty ? nil : observationFaults.removeFirst() {
        case nil:
            var observation = Observation(facts: held.filter { Self.isIn(scope, $0) }, completeness: .complete)
            for change in proposals where Self.isIn(scope, change.fact) {
                observation.facts.removeAll { $0.key == change.fact.key }
                observation.remnants.append(change.fact)
                observation.underway.append(
                    ChangeUnderway(
                        factKey: change.fact.key, isRemoval: change.operation == .remove,
                        waitsFor: "pull request 7 to be merged", lookAgainAfter: .minutes(1)))
            }
            return observation
        case .partial: return Observation(facts: [], completeness: .partial(reason: "a page was cut off"))
        case .fail(let code):
            throw ConnectorError(code: code, operation: "observe", message: "injected \(code.rawValue)")
        }
    }

    private static func isIn(_ scope: ObservationScope, _ fact: Fact) -> Bool {
        guard case .only(let identities, let names, let groups) = scope else { return true }
        if let identity = fact.identity, identities.contains(identity) { return true }
        if case .account(let account) = fact, names.contains(account.name) { return true }
        return fact.groupSlug.map { groups.contains($0) } ?? false
    }
}

import AccessModel
import ConnectorKit

/// What reading a target back says of changes. Pure.
struct ReadBack {
    enum Finding: Hashable {
        case holds
        case missing
        /// Others were asked to make it so, and have not yet.
        case underway(ChangeUnderway)
        /// The observation does not prove either.
        case unknown(String)
    }

    private let facts: [String: Fact]
    private let remnants: Set<String>
    private let underway: [ChangeUnderway]
    private let partial: String?

    init(_ observation: Observation) {
        facts = Dictionary(observation.facts.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        remnants = Set(observation.remnants.map(\.key))
        underway = observation.underway
        if case .partial(let reason) = observation.completeness { partial = reason } else { partial = nil }
    }

    func finding(of change: Change) -> Finding {
        let finding = plainFinding(of: change)
        guard finding == .missing, !underway.isEmpty else { return finding }
        let key = change.fact.key
        let asked = underway.first { $0.factKey == key && $0.isRemoval == (change.operation == .remove) }
        return asked.map(Finding.underway) ?? .missing
    }

    private func plainFinding(of change: Change) -> Finding {
        let seen = facts[change.fact.key]
        switch change.operation {
        case .add, .update:
            if let seen { return seen.satisfies(change.fact) ? .holds : .missing }
            return partial.map(Finding.unknown) ?? .missing
        case .remove:
            if seen != nil || remnants.contains(change.fact.key) { return .missing }
            return partial.map(Finding.unknown) ?? .holds
        }
    }

    /// What has to be looked at, and no more.
    static func scope(of changes: some Sequence<Change>) -> ObservationScope {
        var identities: Set<IdentityID> = []
        var names: Set<String> = []
        var groups: Set<String> = []
        for change in changes {
            for fact in [change.fact, change.before].compactMap(\.self) {
                switch fact {
                case .account(let account):
                    identities.insert(account.identity)
                    names.insert(account.name)
                case .membership(let membership):
                    identities.insert(membership.identity)
                    names.insert(membership.account)
                case .group, .roleAssignment, .federatedTrust: groups.formUnion(fact.groupSlug.map { [$0] } ?? [])
                case .eligibility, .credential, .session: identities.formUnion(fact.identity.map { [$0] } ?? [])
                }
            }
        }
        return .only(identities: identities, accountNames: names, groups: groups)
    }
}

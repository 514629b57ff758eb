import AccessModel
import ConnectorKit

extension KubernetesCluster {
    /// What holds in the cluster, what the repository says of it, and what waits for whom.
    ///
    /// Held is what both show and nobody proposes to change; gone is what neither has. Everything between is a remnant, so
    /// that what is wanted of it is completed and what is not is taken out of the repository too, before somebody merges it.
    func withProposals(
        _ seen: Observation, _ scope: ObservationScope, _ desk: ProposalDesk
    ) async throws(ConnectorError) -> Observation {
        var groups: Set<String>?
        if case .only(_, _, let named) = scope {
            guard !named.isEmpty else { return seen }
            groups = named
        }
        let operation = "read what is proposed"
        do throws(ConnectorError) {
            let sight = try await desk.sight(operation)
            let listed = try await client.listAll(.namespaces, operation: operation)
            let namespaces = try listed.map { object throws(ConnectorError) in
                try NamespaceFinder.namespace(object, operation)
            }
            let merged = try await survey(sight.merged, namespaces, operation)
            let wanted = sight.isCurrent ? try await survey(sight.wanted, namespaces, operation) : merged
            var view = ProposalView(sight, lookAgainAfter: desk.lookAgainAfter)
            view.combine(cluster: seen, merged: merged, wanted: wanted, of: groups)
            return view.observation
        } catch {
            // The cluster can still be seen; what is on its way to it cannot.
            var partial = seen
            partial.findings.append("the repository cannot be read: \(error.description)")
            if partial.completeness == .complete { partial.completeness = .partial(reason: error.description) }
            return partial
        }
    }

    /// What manifests come to, as if the cluster held them.
    private func survey(
        _ set: ManifestSet, _ namespaces: [Namespace], _ operation: String
    ) async throws(ConnectorError) -> Observation {
        var snapshot = ClusterSnapshot()
        var all = namespaces
        let known = Set(namespaces.map(\.name))
        for manifest in set.manifests {
            switch manifest.key.kind {
            case "RoleBinding", "ClusterRoleBinding": snapshot.bindings += [Binding(manifest.asRead)].compactMap(\.self)
            case "ServiceAccount": snapshot.accounts += [OperatorAccount(manifest.asRead)].compactMap(\.self)
            case "Namespace" where !known.contains(manifest.key.name):
                all += [Namespace(manifest.asRead)].compactMap(\.self)
            default: break
            }
        }
        snapshot.namespaces = all
        var survey = ClusterSurvey(self, snapshot, isPatient: false, isProven: false, operation)
        return try await survey.observation()
    }
}

/// Puts together what a cluster, what is merged and what is wanted show of each fact.
struct ProposalView {
    private enum Presence {
        case whole, part, none
    }

    /// One place where facts are looked for.
    private struct Place {
        private let whole: [String: Fact]
        private let part: [String: Fact]

        init(_ observation: Observation) {
            whole = Dictionary(observation.facts.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
            part = Dictionary(observation.remnants.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        }

        var keys: Set<String> { Set(whole.keys).union(part.keys) }
        subscript(key: String) -> Presence { whole[key] != nil ? .whole : part[key] != nil ? .part : .none }
        func fact(_ key: String) -> Fact? { whole[key] ?? part[key] }
    }

    private let sight: ProposalSight
    private let lookAgainAfter: Span
    private(set) var observation = Observation(facts: [], completeness: .complete)

    init(_ sight: ProposalSight, lookAgainAfter: Span) {
        self.sight = sight
        self.lookAgainAfter = lookAgainAfter
    }

    /// - Parameter groups: Of which alone; nil for all of them.
    mutating func combine(cluster: Observation, merged: Observation, wanted: Observation, of groups: Set<String>?) {
        observation = cluster
        observation.facts = []
        observation.remnants = []
        observation.findings += sight.findings + merged.findings.map { "in the repository: \($0)" }
        let places = (cluster: Place(cluster), merged: Place(merged), wanted: Place(wanted))
        let keys = places.cluster.keys.union(places.merged.keys).union(places.wanted.keys)
        for key in keys.sorted() {
            guard let fact = places.cluster.fact(key) ?? places.wanted.fact(key) ?? places.merged.fact(key) else {
                continue
            }
            if let groups, !groups.contains(fact.groupSlug ?? "") { continue }
            let (inCluster, isMerged, isWanted) = (places.cluster[key], places.merged[key], places.wanted[key])
            let isHeld = inCluster == .whole && isMerged == .whole && isWanted == .whole
            // Who was put in by hand holds what he holds, whatever the repository says of him.
            let isStranger = fact.groupSlug?.hasPrefix(KubernetesCluster.foreign) ?? false
            if isHeld || isStranger && inCluster == .whole {
                observation.facts.append(fact)
            } else {
                observation.remnants.append(fact)
            }
            if isWanted == .whole, !isHeld { note(key, isRemoval: false, isMerged: isMerged == .whole) }
            if isWanted == .none { note(key, isRemoval: true, isMerged: isMerged == .none) }
        }
    }

    private mutating func note(_ key: String, isRemoval: Bool, isMerged: Bool) {
        let request = sight.openRequest.map { "\(sight.title($0)) to be merged" }
        let cluster = "the cluster to be brought up to \(sight.place) at \(sight.base.short)"
        observation.underway.append(
            ChangeUnderway(
                factKey: key, isRemoval: isRemoval, waitsFor: isMerged ? cluster : request ?? cluster,
                lookAgainAfter: lookAgainAfter))
    }
}

import AccessModel
import ConnectorKit

extension KubernetesCluster {
    public func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        let seen = try await observeCluster(scope)
        guard let desk else { return seen }
        return try await withProposals(seen, scope, desk)
    }

    private func observeCluster(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        switch scope {
        case .everything:
            let operation = "observe everything"
            let snapshot = try await readEverything(operation)
            var survey = ClusterSurvey(self, snapshot, isPatient: false, operation)
            var observation = try await survey.observation()
            observation.findings += ClusterFindings(snapshot, settings).texts
            observation.findings = Set(observation.findings).sorted()
            return observation
        case .only(_, _, let groups):
            guard !groups.isEmpty else { return Observation(facts: [], completeness: .complete) }
            return try await observe(groups)
        }
    }

    private func observe(_ groups: Set<String>) async throws(ConnectorError) -> Observation {
        let operation = "observe \(groups.count) group\(groups.count == 1 ? "" : "s")"
        let strangers = groups.contains { $0.hasPrefix(Self.foreign) }
        // Who was put into a binding by hand may be in any of them.
        var snapshot = try await read(of: strangers ? nil : groups.sorted(), operation)
        let own = groups.filter { !$0.hasPrefix(Self.foreign) }
        snapshot.add(try await readUnlabelled(of: own, operation), of: own)
        var survey = ClusterSurvey(self, snapshot, isPatient: true, operation)
        var observation = try await survey.observation()
        observation.facts.removeAll { fact in !groups.contains(fact.groupSlug ?? "") }
        observation.remnants.removeAll { fact in !groups.contains(fact.groupSlug ?? "") }
        return observation
    }
}

import AccessModel
import Definitions

/// Secrets of workloads, in a target that keeps them.
extension TargetDiffer {
    /// Where there is none, one is made; one that nears the end of its time to live becomes another, the earlier one
    /// staying good until the next time. So nobody who fetches it again within that time is ever refused, and none that
    /// is in use gets older than it may.
    ///
    /// A narrowed plan does not look for them.
    mutating func keepSecrets() {
        guard layout.abilities.keepsWorkloadSecrets else { return }
        renewAfterMoves()
        guard state.scope == nil, state.tenants == nil else { return }
        for number in layout.secrets {
            let workload = state.index.organization.workloads[number]
            guard !workload.isOver(at: state.input.now), let timeToLive = workload.secretTimeToLive else { continue }
            let causes = state.causes([CauseID(.workload, UInt32(number))])
            let seen = observed.workloadCredentials[workload.identity] ?? []
            if seen.isEmpty {
                make(for: workload, causes)
            } else {
                for index in seen { renew(observation.facts[index], within: timeToLive, causes) }
            }
        }
    }

    /// What somebody knew before a move is another after it.
    private mutating func renewAfterMoves() {
        for index in observed.moversCredentials {
            guard case .credential(let seen) = observation.facts[index], let made = seen.createdAt,
                let number = state.number(of: seen.identity),
                let move = state.input.roster.states[Int(number)].moves.last(where: { $0.effective <= state.input.now }
                ),
                made < move.effective
            else { continue }
            let wanted = Credential(
                identity: seen.identity, id: seen.id, createdAt: move.effective, lastUsedAt: nil)
            draft(
                .update, .grant, .credential(wanted), before: .credential(seen), stage: 1, identity: number,
                causes: [move.cause])
        }
    }

    private mutating func make(for workload: Workload, _ causes: [Cause]) {
        guard observation.isComplete else {
            waiting += 1
            return
        }
        let secret = Credential(
            identity: workload.identity, id: workload.secretName, createdAt: nil, lastUsedAt: nil)
        draft(
            .add, .grant, .credential(secret), stage: 1, identity: state.number(of: workload.identity), causes: causes)
    }

    private mutating func renew(_ fact: Fact, within timeToLive: Span, _ causes: [Cause]) {
        guard case .credential(let seen) = fact, let made = seen.createdAt else { return }
        let due = made + Span(milliseconds: timeToLive.milliseconds / 4 * 3)
        guard due <= state.input.now else {
            nextChange = min(nextChange ?? due, due)
            return
        }
        let wanted = Credential(identity: seen.identity, id: seen.id, createdAt: due, lastUsedAt: nil)
        draft(
            .update, .grant, .credential(wanted), before: fact, stage: 1, identity: state.number(of: seen.identity),
            causes: causes)
    }
}

extension Workload {
    /// What a target calls the secret that it keeps for it.
    var secretName: String { identity.description }
}

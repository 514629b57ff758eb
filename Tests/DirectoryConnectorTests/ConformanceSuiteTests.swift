import AccessModel
import ConnectorKit
import DirectoryConnector
import TestSupport
import Testing

/// The suite itself: a connector with a defect does not pass.
@Suite struct ConformanceSuiteTests {
    @Test(arguments: FaultyDirectory.Defect.allCases)
    func aDefectIsFound(_ defect: FaultyDirectory.Defect) async throws {
        let world = try DirectoryWorld { FaultyDirectory(inner: try LocalDirectory($0), defect: defect) }
        defer { world.remove() }
        let report = try await ConnectorConformance.run(makeConnector: world.connector, world: world)
        #expect(report.failures.contains { $0.check.contains(defect.rawValue) }, "\(report)")
    }
}

/// A directory that does one thing wrong.
struct FaultyDirectory: Connector {
    /// Each bears words of the check that must find it.
    enum Defect: String, CaseIterable, Sendable {
        case forgetsRemovals = "removing the absent succeeds"
        case failsOnTheAbsent = "a member is added and removed"
        case losesThePage = "a listing of more than one page"
        case tellsTheSecret = "no secret came out"
        case renamesByRemaking = "a new address keeps memberships"
        case adoptsStrangers = "an account of others is reported as foreign"
        case widensTheScope = "narrowed and full scope agree"
        case skipsWhatItCannotHold = "changes of kinds that the target cannot hold"
        case swallowsBrokenTargets = "a target that cannot be used says so"
    }

    let inner: LocalDirectory
    let defect: Defect

    var abilities: TargetAbilities { inner.abilities }

    func check() async throws(ConnectorError) -> TargetHealth {
        defect == .swallowsBrokenTargets ? TargetHealth(description: "fine") : try await inner.check()
    }

    func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        var observation: Observation
        do throws(ConnectorError) {
            observation = try await inner.observe(scope)
        } catch {
            guard defect == .swallowsBrokenTargets else { throw error }
            return Observation(facts: [], completeness: .complete)
        }
        if defect == .losesThePage { observation.facts = Array(observation.facts.prefix(40)) }
        if defect == .widensTheScope, case .only(let identities, _, _) = scope, identities.count == 1 {
            observation.facts = try await inner.observe(.everything).facts.filter { $0.kind == .account }
        }
        if defect == .adoptsStrangers { observation.facts = observation.facts.map(adopted) }
        return observation
    }

    private func adopted(_ fact: Fact) -> Fact {
        guard case .account(var account) = fact, case .foreign = account.identity, let id = PersonID("e-1") else {
            return fact
        }
        account = Account(identity: .person(id), name: account.name, state: account.state)
        return .account(account)
    }

    func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
        switch (defect, change.operation) {
        case (.forgetsRemovals, .remove):
            return Receipt(effect: .applied, requestID: nil, at: Instant(milliseconds: 0))
        case (.tellsTheSecret, .add):
            _ = try await inner.apply(change, context: context)
            return Receipt(
                effect: .applied, requestID: nil, at: Instant(milliseconds: 0), note: "canary-credential-31337")
        case (.renamesByRemaking, .update):
            let bare = change.before.map { change.remade(.remove, $0) }
            if let bare { _ = try await inner.apply(bare, context: context) }
            return try await inner.apply(change.remade(.add, change.fact), context: context)
        case (.skipsWhatItCannotHold, _) where !abilities.kinds.contains(change.fact.kind):
            return Receipt(effect: .alreadyHeld, requestID: nil, at: Instant(milliseconds: 0))
        default: break
        }
        let receipt = try await inner.apply(change, context: context)
        guard defect == .failsOnTheAbsent, change.operation == .remove, receipt.effect == .alreadyHeld else {
            return receipt
        }
        throw ConnectorError(code: .missingDependency, operation: change.id, message: "404")
    }
}

extension Change {
    fileprivate func remade(_ operation: Operation, _ fact: Fact) -> Change {
        Change(target: target, operation: operation, lane: lane, fact: fact, causes: causes, risk: risk, stage: stage)
    }
}

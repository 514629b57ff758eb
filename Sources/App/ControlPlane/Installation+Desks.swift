import AccessModel
import Crypto
import Definitions
import Foundation
import Lifecycle
import Persistence
import Planning
import WorkflowEngine

extension Installation {
    /// Where HR's word comes in, judged by the definitions in force.
    public func people() async throws -> PeopleDesk {
        let definitions = try await definitionsInForce()
        let organization = definitions?.organization
        let cores = organization?.platform.sectors.filter(\.isCore).map(\.name) ?? []
        let tenants = (organization?.tenants.map(\.name) ?? []) + cores
        return PeopleDesk(context: context, definitions: definitions, tenants: tenants) { bytes in
            SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }

    public func holds() async throws -> HoldDesk {
        HoldDesk(context: context, definitions: try await definitionsInForce())
    }

    /// Everybody whom HR ever named, as of a time; as of now, where none is given.
    public func roster(at asked: Instant?) async throws -> Roster {
        let moment = asked ?? now
        if asked == nil, let definitions = try await definitionsInForce() {
            let world = try await present.world(definitions, abilities(definitions), at: moment, in: database)
            if try await database.readBriefly({ try world.stands(at: moment, $0) }) { return world.roster }
        }
        return try await people().roster(at: moment)
    }

    /// Who had what at a time, and why; now, where none is given.
    public func history(at asked: Instant?) async throws -> AccessHistory {
        let moment = asked ?? now
        let definitions = try await definitions(at: moment)
        let known = abilities(definitions)
        guard asked == nil, let definitions else {
            return AccessHistory(context: context, definitions: definitions, abilities: known, at: moment)
        }
        return AccessHistory(
            context: context, definitions: definitions, abilities: known, at: moment,
            present: try await present.world(definitions, known, at: moment, in: database))
    }

    private func abilities(_ definitions: DefinitionSet?) -> [Slug: TargetAbilities] {
        let abilities = (definitions?.organization.targets ?? []).compactMap { target in
            ConnectorRegistry.abilities[target.connector].map { (target.name, $0) }
        }
        return Dictionary(abilities, uniquingKeysWith: { first, _ in first })
    }

    /// The engine, on the targets of the definitions in force.
    func workflow() async throws -> Workflow {
        let directory = try await database.read { session in try SettingsStore(session).value(.directory) } ?? "."
        let reconciler = reconciler(for: directory)
        let targets = try await definitionsInForce().map { reconciler.connect($0.organization) } ?? []
        return reconciler.workflow(for: targets)
    }

    public func cases(_ filter: CaseFilter, person: String?) async throws -> [CaseSummary] {
        var filter = filter
        filter.identity = try await find(person).map { .person($0) }
        return try await workflow().cases(filter)
    }

    public func showCase(_ id: String) async throws -> CaseReport {
        guard let report = try await workflow().show(id) else { throw InstallationError.noCase(id) }
        return report
    }

    /// Tries what is stalled or waits again, now.
    public func retryCase(_ id: String, patience: Span) async throws -> CaseReport {
        let workflow = try await workflow()
        try await asWorker(workflow) {
            try await workflow.retry(id, actor: context.actor)
            _ = try await workflow.runUntilQuiescent(budget: patience)
        }
        return try await showCase(id)
    }

    public func skipStep(_ id: String, _ step: Int, reason: String) async throws {
        let workflow = try await workflow()
        try await asWorker(workflow) {
            try await workflow.skip(StepReference(caseID: id, sequence: step), reason: reason, actor: context.actor)
        }
    }

    public func cancelCase(_ id: String, undoing: Bool, reason: String) async throws -> Workflow.Cancellation {
        let workflow = try await workflow()
        return try await asWorker(workflow) {
            let cancellation = try await workflow.cancel(
                id, compensating: undoing, reason: reason, actor: context.actor)
            _ = try await workflow.runUntilQuiescent(budget: .seconds(30))
            return cancellation
        }
    }
}

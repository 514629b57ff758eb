import AccessModel
import ConnectorKit
import Definitions
import DirectoryConnector
import Lifecycle
import Persistence
import TestSupport
import Testing
import WorkflowEngine

/// Somebody looked at the world, and was paused before deciding.
@Suite struct StaleSurveyTests {
    private static func event(_ id: String, _ type: String, _ person: String) -> [UInt8] {
        Array(
            """
            {"specversion": "1.0", "id": "\(id)", "source": "hr", "type": "io.tenure.identity.\(type)",
             "time": "2026-11-01T09:00:00Z", "subject": "e-ana", "data": {"person": \(person)}}
            """.utf8)
    }

    private func withAna(
        _ body: (Reconciler, PeopleDesk, DefinitionSet, TemporaryFolder) async throws -> Void
    ) async throws {
        try await withAnaAndState { reconciler, desk, definitions, folder, _ in
            try await body(reconciler, desk, definitions, folder)
        }
    }

    private func withAnaAndState(
        _ body: (Reconciler, PeopleDesk, DefinitionSet, TemporaryFolder, any Database) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        try await withTemporaryDatabase { database in
            var builder = OrganizationBuilder()
            builder.rule("everyone", accounts: ["corp"], groups: ["everyone"])
            let context = LifecycleContext(database: database, actor: "local:eva", now: Sample.now) {
                String((0..<12).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement() ?? "a" })
            }
            let desk = PeopleDesk(
                context: context, definitions: DefinitionSet(organization: builder.organization, files: [])
            ) { bytes in
                "\(bytes.count)"
            }
            _ = try await desk.accept(
                Self.event(
                    "1", "joined",
                    """
                    {"email": "ana@mountainlab.io", "given_name": "Ana", "family_name": "Ruiz", "type": "employee",
                     "start_date": "2026-11-01"}
                    """))
            let reconciler = Reconciler(
                context: context, connect: { Self.connect($0, to: folder.path("corp")) }, clock: StillClock())
            let definitions = DefinitionSet(organization: builder.organization, files: [])
            try await body(reconciler, desk, definitions, folder, database)
        }
    }

    private static func connect(_ organization: Organization, to path: String) -> [ConnectedTarget] {
        organization.targets.map { target in
            let connector: Result<any Connector, ConnectorError>
            do throws(ConnectorError) {
                connector = .success(
                    try ConnectorFactory.directory.make(
                        ConnectorConfiguration(
                            target: target.name, settings: ["path": .string(path)], credential: nil,
                            baseDirectory: "/", organization: organization.platform.organization,
                            clock: { Sample.now })))
            } catch {
                connector = .failure(error)
            }
            return ConnectedTarget(definition: target, abilities: Sample.directory, connector: connector)
        }
    }

    @Test func nothingIsDecidedOnWhatSomebodyElseHasChanged() async throws {
        try await withAna { reconciler, desk, definitions, folder in
            let early = try await reconciler.survey(definitions, previous: nil)
            #expect(!early.plan.changes.isEmpty)
            _ = try await desk.accept(Self.event("2", "left", #"{"status": "left"}"#))
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await reconciler.carryOut(early, patience: .zero) { _ in }
            }
            #expect(error?.code == .stale)
            #expect(try await DirectoryEditor(path: folder.path("corp")).facts().isEmpty)
        }
    }

    /// Where HR never falls silent nothing would ever be decided: it is then as if the news had come a moment later.
    @Test func newsMayComeWhileOneDecidesButNoDecision() async throws {
        try await withAna { reconciler, desk, definitions, folder in
            let early = try await reconciler.survey(definitions, previous: nil)
            let other = try await reconciler.survey(definitions, previous: nil)
            _ = try await desk.accept(Self.event("2", "left", #"{"status": "left"}"#))
            let outcome = try await reconciler.carryOut(early, patience: .zero, despite: true) { _ in }
            #expect(!outcome.cases.isEmpty)
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await reconciler.carryOut(other, patience: .zero, despite: true) { _ in }
            }
            #expect(error?.code == .stale)
            // The next look takes back what the news took away.
            let late = try await reconciler.survey(definitions, previous: nil)
            _ = try await reconciler.carryOut(late, patience: .zero) { _ in }
            let facts = try await DirectoryEditor(path: folder.path("corp")).facts()
            #expect(!facts.contains { if case .membership = $0 { true } else { false } })
        }
    }

    /// It was on its way when the targets were looked at, and has arrived since.
    @Test func whatArrivesBetweenLookingAndDecidingIsNotDecidedOnceMore() async throws {
        try await withAnaAndState { reconciler, _, definitions, folder, database in
            let first = try await reconciler.survey(definitions, previous: nil)
            let targets = Self.connect(definitions.organization, to: folder.path("corp"))
            let workflow = reconciler.workflow(for: targets)
            let older = CaseOpening(
                id: "older", kind: .joiner, identity: nil, causedAt: Sample.now, changes: first.plan.changes)
            _ = try await workflow.open([older], plan: first.judgement.approved, actor: "local:eva")
            let second = try await reconciler.survey(definitions, previous: nil)
            #expect(second.plan.changes.map(\.id) == first.plan.changes.map(\.id))
            #expect(try await workflow.runUntilQuiescent(budget: .minutes(1)).isFinished)
            let outcome = try await reconciler.carryOut(second, patience: .zero) { _ in }
            #expect(outcome.cases.isEmpty)
            // The older look found nothing there; what was read back since stands.
            let held = try await database.read { session in
                try HoldingStore(session).holdings(HoldingStore.Filter()).map { ($0.fact.key, $0.until == nil) }
            }
            #expect(Set(held.map(\.0)) == Set(first.plan.changes.map(\.fact.key)))
            #expect(held.allSatisfy { $0.1 })
        }
    }

    @Test func ofTwoWhoLookedAtTheSameWorldOneDecides() async throws {
        try await withAna { reconciler, _, definitions, _ in
            let first = try await reconciler.survey(definitions, previous: nil)
            let second = try await reconciler.survey(definitions, previous: nil)
            let outcome = try await reconciler.carryOut(first, patience: .zero) { _ in }
            #expect(outcome.isComplete && !outcome.cases.isEmpty)
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await reconciler.carryOut(second, patience: .zero) { _ in }
            }
            #expect(error?.code == .stale)
        }
    }
}

/// Nothing here waits.
private struct StillClock: WorkflowClock {
    func now() -> Instant { Sample.now }
    func sleep(until moment: Instant) async throws {}
    func expire(at moment: Instant) async throws { try await Task.sleep(for: .seconds(600)) }
}

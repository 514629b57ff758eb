import AccessModel
import AuditTrail
import Lifecycle
import Persistence
import TestSupport
import Testing

@testable import ControlPlane

@Suite("HR's desk in a server") struct IntakeDesksTests {
    @Test func itIsKeptWhileTheDefinitionsAre() async throws {
        let folder = try TemporaryFolder()
        let installation = try await Installation.open(
            StateFolder(database: folder.path("state/tenure.db")), as: nil, creating: true)
        let desks = IntakeDesks(installation)
        let first = try await desks.desk()
        #expect(first.context.actor == "webhook:hr")
        let event = IntakeWorld.event("joined", "ev-1", "e-1").canonicalBytes
        #expect(try await first.accept(event).outcome == .accepted)
        // Time goes on, and nothing that was relied upon is later than what is next.
        let second = try await desks.desk()
        #expect(second.context.now >= first.context.now && second.definitions?.organization == nil)
        let records = try await installation.records(AuditLog.Filter())
        #expect(records.contains { $0.record.actor == "webhook:hr" })

        // Once others are in force, they are read.
        let revision = "revision-\(first.context.newID())"
        try await installation.database.write { session in
            try DefinitionStore(session).apply(
                revision, files: Self.files, at: second.context.now, actor: "e-1")
        }
        #expect(try await desks.desk().definitions?.organization.revision == revision)
        try await installation.close()
    }

    private static let files = [
        DefinitionStore.File(
            path: "platform.yaml",
            content: Array(
                """
                organization: mountainlab
                domains: [mountainlab.io]
                sectors:
                  - {name: platform, core: true}
                tiers:
                  - {name: sandbox}
                regions:
                  - {name: eu01}
                """.utf8))
    ]
}

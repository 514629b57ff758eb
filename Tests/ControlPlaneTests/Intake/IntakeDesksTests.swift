import AccessModel
import AuditTrail
import HTTPTypes
import Lifecycle
import Notices
import Persistence
import TestSupport
import Testing
import WebServer

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

    @Test func routesAreAsTheyAreConfigured() async throws {
        let folder = try TemporaryFolder()
        let installation = try await Installation.open(
            StateFolder(database: folder.path("state/tenure.db")), as: nil, creating: true)
        let none = ServerConfiguration.read(file: nil, environment: [:])
        #expect(try installation.intakeRoutes(none, environment: [:], heard: { _ in }).isEmpty)
        let environment = ["HR": IntakeWorld.secret, "TENURE_HR_SECRETS": "env:HR"]
        let configuration = ServerConfiguration.read(file: nil, environment: environment)
        let heard = HeardNews()
        let routes = try installation.intakeRoutes(configuration, environment: environment) { heard.add($0) }
        let table = RouteTable([RouteTable.Branch(routes)])
        let body = IntakeWorld.event("joined", "ev-1", "e-1").canonicalBytes
        let timestamp = InstallationClock.wall().milliseconds / 1_000
        let signature = try WebhookSignature(secret: SecretText(IntakeWorld.secret), of: Sample.slug("hr"))
            .sign(id: "wh-1", timestamp: timestamp, body: body)
        var headers: HTTPFields = [.contentType: "application/cloudevents+json"]
        for (name, value) in [
            ("webhook-id", "wh-1"), ("webhook-timestamp", "\(timestamp)"), ("webhook-signature", signature),
        ] {
            headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        let answer = await table.respond(
            to: WebRequest(
                method: .post, path: ["hooks", "hr"], headers: headers, body: body, correlation: "r",
                peer: WebPeer(address: "192.0.2.1", isLoopback: false)))
        #expect(answer.status == .accepted && heard.all == [.people([Sample.id("e-1")])])
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

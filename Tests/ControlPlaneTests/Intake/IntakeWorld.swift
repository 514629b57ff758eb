import AccessModel
import ConnectorKit
import Definitions
import Foundation
import HTTPTypes
import Lifecycle
import Notices
import Persistence
import StrictJSON
import Synchronization
import TestSupport
import Testing
import WebServer

@testable import ControlPlane

/// HR's webhooks on a database, without a network.
struct IntakeWorld: Sendable {
    static let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    let database: any Database
    let clock: SimulatedClock
    let table: RouteTable
    let heard = HeardNews()
    private let signature: WebhookSignature

    static func with(
        guards: Guards = Guards(), settings: IntakeRoutes.Settings = IntakeRoutes.Settings(),
        _ body: (IntakeWorld) async throws -> Void
    ) async throws {
        try await withTemporaryDatabase { database in
            try await body(try IntakeWorld(database, guards, settings))
        }
    }

    init(_ database: any Database, _ guards: Guards, _ settings: IntakeRoutes.Settings) throws {
        self.database = database
        let clock = SimulatedClock(Sample.now)
        let heard = heard
        self.clock = clock
        var builder = OrganizationBuilder()
        builder.organization.platform.guards = guards
        let definitions = DefinitionSet(organization: builder.organization, files: [])
        signature = try WebhookSignature(secret: SecretText(Self.secret), of: Sample.slug("hr"))
        let other = try WebhookSignature(
            secret: SecretText("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), of: Sample.slug("hr"))
        let routes = IntakeRoutes(
            verifier: WebhookVerifier([other, signature]), settings: settings, database: database,
            now: { clock.now() },
            desk: {
                PeopleDesk(
                    context: LifecycleContext(
                        database: database, actor: "webhook:hr", now: clock.now(), newID: { Self.newID() }),
                    definitions: definitions, digest: { Self.digest($0) })
            }, heard: { heard.add($0) })
        table = RouteTable([RouteTable.Branch(routes.routes)])
    }

    private static func newID() -> String { UUID().uuidString.lowercased() }

    private static func digest(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        return "\(hash)-\(bytes.count)"
    }

    // MARK: Asking

    /// What is sent beside the body.
    struct Envelope {
        var id = "wh-\(UUID().uuidString)"
        var type = "application/cloudevents+json"
        var path = ["hooks", "hr"]
        var headers: [String: String] = [:]
        /// How long ago it was signed.
        var age = Span.zero
        /// Another signature than the right one.
        var signature: String?
    }

    func post(_ body: [UInt8], _ envelope: Envelope = Envelope()) async -> WebResponse {
        let timestamp = (clock.now() - envelope.age).milliseconds / 1_000
        var fields = envelope.headers
        fields["content-type"] = envelope.type
        fields["webhook-id"] = envelope.id
        fields["webhook-timestamp"] = "\(timestamp)"
        fields["webhook-signature"] =
            envelope.signature ?? signature.sign(id: envelope.id, timestamp: timestamp, body: body)
        var headers = HTTPFields()
        for (name, value) in fields {
            guard let name = HTTPField.Name(name) else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        return await table.respond(
            to: WebRequest(
                method: .post, path: envelope.path, headers: headers, body: body, correlation: "req-1",
                peer: WebPeer(address: "192.0.2.1", isLoopback: false)),
            unexpected: { Issue.record("unexpected: \($0)") })
    }

    func post(_ event: JSONValue, _ envelope: Envelope = Envelope()) async -> WebResponse {
        await post(event.canonicalBytes, envelope)
    }

    // MARK: Looking

    func events() async throws -> [String] {
        try await database.read { try PeopleStore($0).events() }.map(\.id).sorted()
    }

    func roster(at moment: Instant? = nil) async throws -> [PersonState] {
        let now = moment ?? clock.now()
        return try await database.read { try PeopleArchive($0).roster(at: now) }.states
    }

    static func event(
        _ type: String, _ id: String, _ person: String, _ attributes: JSONObject = JSONObject(),
        effective: Instant? = nil
    ) -> JSONValue {
        var attributes = attributes
        if type == "joined" {
            attributes["email"] = .string("\(person)@mountainlab.io")
            attributes["given_name"] = "A"
            attributes["family_name"] = "B"
            attributes["type"] = "employee"
        }
        let time = effective ?? Sample.now
        return [
            "specversion": "1.0", "id": .string(id), "source": "hr/test", "type": .string("io.tenure.identity.\(type)"),
            "time": .string(time.description), "subject": .string(person), "data": ["person": .object(attributes)],
        ]
    }
}

/// Of whom something new was heard.
final class HeardNews: Sendable {
    private let list = Mutex<[IntakeRoutes.News]>([])

    var all: [IntakeRoutes.News] { list.withLock { $0 } }

    func add(_ news: IntakeRoutes.News) { list.withLock { $0.append(news) } }
}

extension WebResponse {
    var bytes: [UInt8] { if case .bytes(let bytes) = body { bytes } else { [] } }

    var json: JSONValue {
        do {
            return try JSONParser.parse(bytes)
        } catch {
            return .string("no JSON: \(error)")
        }
    }

    /// Where something is wrong, and what.
    var faults: [String] {
        (json["errors"]?.array ?? []).map { "\($0["at"]?.string ?? "") \($0["message"]?.string ?? "")" }
    }
}

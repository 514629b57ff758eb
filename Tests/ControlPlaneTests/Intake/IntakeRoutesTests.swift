import AccessModel
import Definitions
import HTTPTypes
import Persistence
import StrictJSON
import TestSupport
import Testing
import WebServer

@testable import ControlPlane

@Suite("HR's webhooks") struct IntakeRoutesTests {
    private static let joined = IntakeWorld.event("joined", "ev-1", "e-1")

    // MARK: Outcomes

    @Test func anEventIsTakenInOnce() async throws {
        try await IntakeWorld.with { world async throws in
            var envelope = IntakeWorld.Envelope(id: "wh-1")
            let first = await world.post(Self.joined, envelope)
            #expect(first.status == .accepted && first.json["outcome"] == "accepted")
            #expect(first.json["person"] == "e-1" && first.json["repeated"]?.bool != true)
            // The same webhook again, signed anew: what came of it the first time.
            envelope.age = .minutes(1)
            let second = await world.post(Self.joined, envelope)
            #expect(second.status == .ok && second.json["outcome"] == "accepted")
            #expect(second.json["repeated"] == .bool(true))
            // The same event under another webhook.
            let third = await world.post(Self.joined)
            #expect(third.status == .ok && third.json["outcome"] == "repeated")
            #expect(try await world.events() == ["ev-1"])
            // Only what is new wakes anybody.
            #expect(world.heard.all == [.people([Sample.id("e-1")])])
        }
    }

    @Test func otherContentUnderAKnownIDIsAConflict() async throws {
        try await IntakeWorld.with { world async throws in
            _ = await world.post(Self.joined, IntakeWorld.Envelope(id: "wh-1"))
            let reused = await world.post(
                IntakeWorld.event("joined", "ev-2", "e-2"), IntakeWorld.Envelope(id: "wh-1"))
            #expect(reused.status == .conflict && reused.json["code"] == "webhook-id-reused")
            let event = await world.post(IntakeWorld.event("joined", "ev-1", "e-2"))
            #expect(event.status == .conflict && event.json["code"] == "event-id-reused")
            #expect(try await world.events() == ["ev-1"])
        }
    }

    @Test func aLeaverTooManyIsHeld() async throws {
        var guards = Guards()
        guards.maximumLeaversPerHour = 1
        try await IntakeWorld.with(guards: guards) { world async throws in
            for number in 1...3 { _ = await world.post(IntakeWorld.event("joined", "j-\(number)", "e-\(number)")) }
            #expect(await world.post(IntakeWorld.event("left", "l-1", "e-1")).json["outcome"] == "accepted")
            let envelope = IntakeWorld.Envelope(id: "wh-held")
            let held = await world.post(IntakeWorld.event("left", "l-2", "e-2"), envelope)
            #expect(held.status == .accepted && held.json["outcome"] == "held" && held.json["held"] == .bool(true))
            let again = await world.post(IntakeWorld.event("left", "l-2", "e-2"), envelope)
            #expect(again.status == .ok && again.json["hold"] == held.json["hold"])
            #expect(try await world.database.read { try HoldStore($0).holds(.open) }.count == 1)
        }
    }

    @Test func aWrongEventIsRefusedWithItsPlaces() async throws {
        try await IntakeWorld.with { world async throws in
            let broken = await world.post(Array("{\"specversion\": \"1.0\",\n  \"id\": }".utf8))
            #expect(broken.status == .badRequest && broken.faults.first?.contains("2:9:") == true)
            let text = """
                {"specversion": "1.0", "id": "x", "source": "hr", "type": "io.tenure.identity.moved",
                 "time": "2026-11-21T09:00:00Z", "subject": "e-1",
                 "data": {"person": {"titel": "CTO"}}}
                """
            let envelope = IntakeWorld.Envelope(id: "wh-1")
            let wrong = await world.post(Array(text.utf8), envelope)
            #expect(wrong.status == .unprocessableContent)
            let fault = try #require(wrong.faults.first { $0.contains("titel") })
            #expect(fault.hasPrefix("/data/person/titel 3:") && fault.contains("unknown-member"))
            // Nothing is remembered of what was refused: corrected, it may come under the same id.
            #expect(await world.post(Self.joined, envelope).status == .accepted)
        }
    }

    @Test func anAddressOfSomebodyElseIsRefusedWithItsPlace() async throws {
        try await IntakeWorld.with { world async throws in
            _ = await world.post(Self.joined)
            let event = IntakeWorld.event(
                "moved", "ev-2", "e-2", JSONObject([.init(name: "email", value: "E-1@mountainlab.io")]))
            let refused = await world.post(event)
            #expect(refused.status == .unprocessableContent)
            #expect(refused.faults.contains { $0.hasPrefix("/data/person/email 1:") && $0.contains("shared-address") })
            #expect(try await world.events() == ["ev-1"])
        }
    }

    // MARK: Who sends

    @Test func nobodyElseIsBelieved() async throws {
        try await IntakeWorld.with { world async throws in
            for envelope in [
                IntakeWorld.Envelope(signature: "v1,AAAA"), IntakeWorld.Envelope(signature: ""),
                IntakeWorld.Envelope(age: .minutes(6)), IntakeWorld.Envelope(age: .minutes(-6)),
            ] {
                let response = await world.post(Self.joined, envelope)
                #expect(response.status == .unauthorized && response.json["code"] == "webhook-not-believed")
            }
            #expect(try await world.events().isEmpty)
        }
    }

    /// What is remembered is bounded by time, not by how much came.
    @Test func oldWebhooksAreForgotten() async throws {
        var settings = IntakeRoutes.Settings()
        settings.memory = .hours(1)
        try await IntakeWorld.with(settings: settings) { world async throws in
            func count() async throws -> Int64 {
                try await world.database.read {
                    try $0.query("SELECT count(*) FROM webhook_receipts").first?.integer(0) ?? 0
                }
            }
            for number in 0..<150 { _ = await world.post(Self.joined, .init(id: "old-\(number)")) }
            #expect(try await count() == 150)
            try await world.clock.sleep(until: world.clock.now() + .hours(2))
            for number in 0..<150 { _ = await world.post(Self.joined, .init(id: "new-\(number)")) }
            #expect(try await count() == 150)
            // Forgotten, it is taken for new, and changes nothing all the same.
            let again = await world.post(Self.joined, .init(id: "old-0"))
            #expect(again.json["outcome"] == "repeated" && again.json["repeated"]?.bool != true)
        }
    }

    @Test func aDatabaseThatIsAwayIsForTheSenderToTryAgain() async throws {
        try await IntakeWorld.with { world async throws in
            let away = try IntakeWorld(AwayDatabase(), Guards(), IntakeRoutes.Settings())
            let response = await away.post(Self.joined)
            #expect(response.status == .serviceUnavailable && response.headers[.retryAfter] == "5")
            #expect(away.heard.all.isEmpty)
        }
    }

    // MARK: Modes

    @Test func binaryMode() async throws {
        try await IntakeWorld.with { world async throws in
            var envelope = IntakeWorld.Envelope(type: "application/json; charset=utf-8")
            envelope.headers = [
                "ce-specversion": "1.0", "ce-id": "b-1", "ce-source": "hr/%74est", "ce-subject": "\"e-1\"",
                "ce-type": "io.tenure.identity.joined", "ce-time": "2026-11-21T09:00:00Z", "ce-traceparent": "00-1",
            ]
            let body = Array(
                """
                {"person": {"email": "e-1@mountainlab.io", "given_name": "A",
                  "family_name": "B", "type": "employee"}}
                """.utf8)
            let accepted = await world.post(body, envelope)
            #expect(accepted.status == .accepted && accepted.json["source"] == "hr/test")
            // The same event in structured mode is the same event.
            let structured = IntakeWorld.Envelope()
            let event: JSONValue = [
                "specversion": "1.0", "id": "b-1", "source": "hr/test", "subject": "e-1",
                "type": "io.tenure.identity.joined", "time": "2026-11-21T09:00:00Z",
                "data": try JSONParser.parse(body),
            ]
            #expect(await world.post(event, structured).json["outcome"] == "repeated")
            // Wrong places are told in the body, or by the header's name.
            envelope.id = "wh-2"
            envelope.headers["ce-id"] = "b-2"
            envelope.headers["ce-time"] = "yesterday"
            let wrong = await world.post(Array("{\"person\":\n {\"emial\": \"x\"}}".utf8), envelope)
            #expect(wrong.faults.contains { $0.hasPrefix("ce-time ") })
            #expect(wrong.faults.contains { $0.hasPrefix("/person/emial 2:") })
        }
    }

    @Test func aBodyCannotSetAttributesInBinaryMode() async throws {
        try await IntakeWorld.with { world async throws in
            var envelope = IntakeWorld.Envelope(type: "application/json")
            envelope.headers = ["ce-specversion": "1.0", "ce-id": "b-1", "ce-source": "hr", "ce-subject": "e-1"]
            let smuggled = await world.post(Array("{}, \"type\": \"io.tenure.identity.left\"".utf8), envelope)
            #expect(smuggled.status == .badRequest)
            envelope.headers["ce-datacontenttype"] = "application/json"
            #expect(await world.post(Array("{}".utf8), envelope).status == .badRequest)
            // Other headers under the same webhook are other content.
            envelope = IntakeWorld.Envelope(id: "wh-1", type: "application/json")
            envelope.headers = [
                "ce-specversion": "1.0", "ce-id": "b-1", "ce-source": "hr", "ce-subject": "e-1",
                "ce-type": "io.tenure.identity.suspended", "ce-time": "2026-11-21T09:00:00Z",
            ]
            #expect(await world.post([], envelope).status == .accepted)
            envelope.headers["ce-type"] = "io.tenure.identity.left"
            #expect(await world.post([], envelope).status == .conflict)
        }
    }

    @Test func binaryModeCanBeSwitchedOff() async throws {
        var settings = IntakeRoutes.Settings()
        settings.takesBinary = false
        try await IntakeWorld.with(settings: settings) { world async throws in
            var envelope = IntakeWorld.Envelope(type: "application/json")
            envelope.headers = ["ce-specversion": "1.0"]
            #expect(await world.post(Array("{}".utf8), envelope).status == .unsupportedMediaType)
        }
    }

    @Test func aBatchIsTakenEventByEvent() async throws {
        try await IntakeWorld.with { world async throws in
            let envelope = IntakeWorld.Envelope(id: "wh-1", type: "application/cloudevents-batch+json")
            let good = IntakeWorld.event("joined", "ev-1", "e-1").compactText
            let other = IntakeWorld.event("joined", "ev-2", "e-2").compactText
            let wrong = "{\"id\": \"x, ] [ \\\" \",\n    \"nonsense_\": 1}"
            let mixed = await world.post(Array(" [\(good),\n  \(wrong) , \(other)]".utf8), envelope)
            #expect(mixed.status == .unprocessableContent)
            #expect(mixed.faults.contains { $0.hasPrefix("/1/nonsense_ 3:") })
            #expect(!mixed.faults.contains { $0.hasPrefix("/0") || $0.hasPrefix("/2") })
            #expect(try await world.events() == ["ev-1", "ev-2"])
            // Corrected, it comes again under the same id.
            let corrected = IntakeWorld.event("joined", "ev-3", "e-3").compactText
            let whole = await world.post(Array("[\(good),\(corrected),\(other)]".utf8), envelope)
            #expect(whole.status == .accepted)
            let outcomes = whole.json["events"]?.array?.compactMap { $0["outcome"]?.string }
            #expect(outcomes == ["repeated", "accepted", "repeated"])
            #expect(await world.post(Array("[\(good),\(corrected),\(other)]".utf8), envelope).status == .ok)
            #expect(await world.post(Array("[]".utf8), .init(type: envelope.type)).status == .ok)
            #expect(await world.post(Array("{}".utf8), .init(type: envelope.type)).status == .badRequest)
            let nested = await world.post(Array("[[\(good)]]".utf8), .init(type: envelope.type))
            #expect(nested.status == .unprocessableContent)
        }
    }

    @Test func otherTypesAreRefused() async throws {
        try await IntakeWorld.with { world async throws in
            for type in ["text/xml", "application/json", "application/cloudevents+xml"] {
                #expect(await world.post(Self.joined, .init(type: type)).status == .unsupportedMediaType)
            }
        }
    }

    // MARK: Snapshots

    @Test func aSnapshotIsTakenInOnce() async throws {
        try await IntakeWorld.with { world async throws in
            var envelope = IntakeWorld.Envelope(id: "wh-s", type: "text/csv", path: ["hooks", "hr", "snapshot"])
            let header =
                "id,email,given_name,family_name,type,status,department,title,manager_id,location,start_date,end_date,aliases"
            let feed = "\(header)\ne-1,a@mountainlab.io,A,B,employee,active,,,,,,,\n#count,1,2026-11-21T06:00:00Z\n"
            let first = await world.post(Array(feed.utf8), envelope)
            #expect(first.status == .ok && first.json["joined"] == .integer(1))
            let second = await world.post(Array(feed.utf8), envelope)
            #expect(second.status == .ok && second.json["joined"] == .integer(1))
            #expect(second.json["repeated"] == .bool(true))
            #expect(try await world.database.read { try PeopleStore($0).snapshots() }.count == 1)
            // A feed that is cut off removes nobody, and is told where it is wrong.
            envelope.id = "wh-t"
            let cut = await world.post(Array("\(header)\n#count,1,2026-11-21T07:00:00Z\n".utf8), envelope)
            #expect(cut.status == .unprocessableContent && cut.json["code"] == "feed-not-whole")
            #expect(try await world.roster().map(\.isActive) == [true])
            envelope.type = "application/cloudevents+json"
            #expect(await world.post(Array(feed.utf8), envelope).status == .unsupportedMediaType)
        }
    }
}

/// A database that cannot be reached.
private struct AwayDatabase: Database {
    let dialect = SQLDialect.sqlite

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value { throw Self.error }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value { throw Self.error }

    func close() async {}

    private static let error = PersistenceError(code: .unavailable, operation: "write", message: "it is away")
}

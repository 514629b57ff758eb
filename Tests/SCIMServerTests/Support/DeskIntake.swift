import AccessModel
import AuditTrail
import Definitions
import Lifecycle
import Persistence
import StrictJSON
import TestSupport

@testable import SCIMServer

/// Gives what is pushed to the people's desk, in the same transaction.
struct DeskIntake: SCIMPeopleIntake {
    let database: any Database

    func accept(
        _ changes: [SCIMPersonChange], client: SCIMClient, in session: any SQLSession, records: inout [Record]
    ) throws {
        for change in changes {
            let context = LifecycleContext(database: database, actor: client.actor, now: change.at) {
                "id-\(change.at.milliseconds)"
            }
            let desk = PeopleDesk(context: context, definitions: nil) { bytes in
                TokenDigest(token: String(decoding: bytes, as: UTF8.self)).hex
            }
            for event in try SCIMPersonMapping(client: client).events(of: change, in: session) {
                let bytes = Array(event.compactText.utf8)
                do {
                    _ = try desk.accept(try desk.read(bytes), bytes: bytes, in: session, records: &records)
                } catch let error as HREventError {
                    throw SCIMError(
                        .badRequest, .invalidValue, error.problems.map(\.code).joined(separator: ", "))
                }
            }
        }
    }
}

extension SCIMWorld {
    /// A world whose clients are heard by the people's desk.
    static func withDesk(
        _ place: SCIMDatabase, identity: SCIMClient.PersonIdentity = .id, _ body: (SCIMWorld) async throws -> Void
    ) async throws {
        try await place.withDatabase { database in
            try await body(
                try await SCIMWorld(database, identity: identity, delivering: DeskIntake(database: database)))
        }
    }

    /// A person as Tenure knows them.
    func person(_ id: String) async throws -> PersonState? {
        let now = clock.now()
        guard let id = PersonID(id) else { return nil }
        return try await database.read { session in try PeopleArchive(session).roster(at: now)[id] }
    }

    /// What HR says by its own feed.
    func hear(_ kind: HREvent.Kind, _ subject: String, email: String) async throws {
        let now = clock.now()
        var person: JSONValue = ["email": .string(email), "given_name": "Holly", "family_name": "Reed"]
        if kind != .moved {
            person = [
                "email": .string(email), "given_name": "Holly", "family_name": "Reed", "type": "employee",
                "status": "active",
            ]
        }
        let event: JSONValue = [
            "specversion": "1.0", "id": .string("hr-\(subject)-\(now.milliseconds)"), "source": "hr/main",
            "type": .string("io.tenure.identity.\(kind.rawValue)"), "time": .string(now.description),
            "subject": .string(subject), "datacontenttype": "application/json",
            "data": ["person": person],
        ]
        let context = LifecycleContext(database: database, actor: "webhook:hr", now: now) { "id-\(now.milliseconds)" }
        let desk = PeopleDesk(context: context, definitions: nil) { bytes in
            TokenDigest(token: String(decoding: bytes, as: UTF8.self)).hex
        }
        _ = try await desk.accept(Array(event.compactText.utf8))
    }

    func change(_ id: String, _ operations: JSONValue...) async -> Answer {
        let body: JSONValue = [
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": .array(operations),
        ]
        return await send(.patch, "/Users/\(id)", body)
    }
}

import Foundation
import HTTPTypes
import StrictJSON
import TestSupport
import Testing

@testable import API

/// What is no JSON, at everything that takes JSON: refused, and nothing is changed by it.
@Suite struct InvalidBodyTests {
    /// A path of things that are there.
    static func path(_ operation: API.Operation, request: String) -> String {
        operation.pattern.description.replacing("{request}", with: request).replacing("{person}", with: APIPlace.nora)
            .replacing("{case}", with: "none").replacing("{hold}", with: "none").replacing("{seq}", with: "0")
            .replacing("{step}", with: "1").replacing("{group}", with: "payments-live-contributors")
    }

    /// A request that waits for approval.
    static func pending(_ place: ServerPlace) async throws -> Answer {
        let made = await place.ask(
            ServerPlace.Ask(
                .post, "/api/v1/requests", bearer: try place.token(APIPlace.ana),
                ["group": "payments/live/contributor", "reason": "PAY-1 a broken batch", "wait": "0s"]))
        #expect(made.status == 201, "\(made.json)")
        return made
    }

    @Test func everyOperationOfTheAPI() async throws {
        guard let documents = try HostileTexts.invalidJSON() else { return }
        #expect(documents.count >= 188)
        try await ServerPlace.with { place in
            let id = try await Self.pending(place).json["id"]?.string ?? ""
            let marta = try place.token(APIPlace.marta)
            let operations = TenureAPI(place.installation, version: "", authenticate: { _ in nil }).operations
                .filter { $0.body != nil }
            #expect(operations.count > 12)
            for operation in operations {
                // A feed that cannot be read is held, and somebody is told: that is its refusal.
                let held: Set<String> =
                    operation.id == "importPeople" ? ["holds", "audit_leaves", "audit_tree", "outbox", "notices"] : []
                let before = try await place.standing(but: held)
                for document in documents {
                    var ask = ServerPlace.Ask(operation.method, Self.path(operation, request: id), bearer: marta)
                    ask.body = document.bytes
                    if operation.id == "importPeople" { ask.query = [.init("format", "json")] }
                    if document.bytes.isEmpty, operation.body?.isOptional == true { continue }
                    let answer = await place.ask(ask)
                    #expect((400...499).contains(answer.status), "\(operation.id) \(document): \(answer.status)")
                    #expect(answer.isClear, "\(operation.id) \(document): \(answer.json)")
                }
                #expect(try await place.standing(but: held) == before, "\(operation.id)")
            }
        }
    }

    @Test func everyRouteOfSCIM() async throws {
        guard let documents = try HostileTexts.invalidJSON() else { return }
        try await ServerPlace.with { place in
            let before = try await place.standing()
            let routes: [(HTTPRequest.Method, String)] = [
                (.post, "Users"), (.post, "Groups"), (.put, "Users/none"), (.put, "Groups/none"),
                (.patch, "Users/none"), (.patch, "Groups/none"), (.post, "Bulk"), (.post, ".search"),
                (.post, "Users/.search"), (.post, "Groups/.search"),
            ]
            for (method, path) in routes {
                for document in documents {
                    var ask = ServerPlace.Ask(method, "/scim/v2/" + path, bearer: place.scimToken)
                    ask.body = document.bytes
                    ask.type = "application/scim+json"
                    let answer = await place.ask(ask)
                    #expect((400...499).contains(answer.status), "\(path) \(document): \(answer.status)")
                    #expect(answer.isClear, "\(path) \(document): \(answer.json)")
                }
            }
            #expect(try await place.standing(but: ["scim_clients"]) == before.filter { $0.key != "scim_clients" })
        }
    }

    @Test func hrsWebhooks() async throws {
        guard let documents = try HostileTexts.invalidJSON() else { return }
        try await ServerPlace.with { place in
            let feeds: Set<String> = ["holds", "audit_leaves", "audit_tree", "outbox", "notices"]
            for (path, type, held) in [
                ("/hooks/hr", "application/cloudevents+json", []),
                ("/hooks/hr", "application/cloudevents-batch+json", []),
                ("/hooks/hr/snapshot", "application/json", feeds),
            ] as [(String, String, Set<String>)] {
                let before = try await place.standing(but: held)
                for document in documents {
                    let answer = await place.ask(try place.webhook(path, document.bytes, type: type))
                    #expect((400...499).contains(answer.status), "\(path) \(document): \(answer.status)")
                    #expect(answer.isClear, "\(path) \(document): \(answer.json)")
                }
                #expect(try await place.standing(but: held) == before, "\(path) \(type)")
            }
        }
    }

    /// A form is no JSON; what is no form is refused as the protocol has it.
    @Test func forms() async throws {
        guard let documents = try HostileTexts.invalidJSON(), let texts = try HostileTexts.naughtyStrings() else {
            return
        }
        try await ServerPlace.with { place in
            let noted: Set<String> = ["audit_leaves", "audit_tree"]
            let before = try await place.standing(but: noted)
            var bodies = documents.map(\.bytes)
            for text in texts {
                let escaped = text.utf8.map { String(format: "%%%02X", $0) }.joined()
                for name in ["grant_type", "subject_token", "subject_token_type", "scope", "audience", "actor_token"] {
                    bodies.append(
                        Array(
                            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&\(name)=\(escaped)"
                                .utf8))
                }
            }
            for body in bodies {
                var ask = ServerPlace.Ask(.post, "/oauth/token")
                ask.body = body
                ask.type = "application/x-www-form-urlencoded"
                let answer = await place.ask(ask)
                if body.isEmpty { continue }
                #expect(
                    [400, 413].contains(answer.status) && answer.isClear,
                    "\(String(decoding: body.prefix(200), as: UTF8.self)): \(answer.status)"
                )
            }
            #expect(try await place.standing(but: noted) == before)
        }
    }
}

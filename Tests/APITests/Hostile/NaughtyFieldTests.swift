import Foundation
import HTTPTypes
import StrictJSON
import TestSupport
import Testing
import WebServer

@testable import API

/// Texts that have broken others, in every field, every query and every path of the API: taken as they are, or refused
/// in so many words.
@Suite struct NaughtyFieldTests {
    /// Of every operation of the API, in an order of their own.
    private static let parts = 6

    private func operations(_ place: ServerPlace, _ part: Int) -> [API.Operation] {
        TenureAPI(place.installation, version: "", authenticate: { _ in nil }).operations.enumerated()
            .filter { $0.offset % Self.parts == part }.map(\.element)
    }

    /// Bodies that are good but for the field that is tried.
    private func body(_ operation: API.Operation, hash: String) -> JSONObject {
        let good: [String: JSONValue] = [
            "requestAccess": ["group": "payments/live/contributor", "reason": "PAY-2", "duration": "1h", "wait": "0s"],
            "editRequest": ["reason": "PAY-3"], "extendRequest": ["duration": "1h"],
            "approveRequest": ["hash": .string(hash)],
            "denyRequest": ["reason": "no"],
            "breakGlass": ["group": "payments/live/admin", "reason": "PAY-4", "wait": "0s"],
            "reviewBreakGlass": ["outcome": "justified", "note": "seen"], "confirmPerson": ["tenant": "payments"],
            "skipStep": ["reason": "gone"], "cancelCase": ["reason": "gone"],
            // Nothing is to be changed by what is tried at it.
            "reconcile": ["dry_run": true],
        ]
        return good[operation.id]?.object ?? JSONObject()
    }

    @Test(arguments: 0..<parts) func inEveryFieldOfABody(_ part: Int) async throws {
        guard let texts = try HostileTexts.naughtyStrings() else { return }
        #expect(texts.count >= 515)
        try await ServerPlace.with { place in
            let made = try await InvalidBodyTests.pending(place)
            let (id, hash) = (made.json["id"]?.string ?? "", made.json["hash"]?.string ?? "")
            let marta = try place.token(APIPlace.marta)
            var field = part * 5
            for operation in operations(place, part) {
                guard case .object(let properties)? = operation.body?.schema else { continue }
                for property in properties {
                    field += 1
                    for text in try HostileTexts.naughtyStrings(at: field) ?? [] {
                        var object = body(operation, hash: hash)
                        object[property.name] = .string(text)
                        let path = InvalidBodyTests.path(operation, request: id)
                        let answer = await place.ask(
                            ServerPlace.Ask(operation.method, path, bearer: marta, .object(object)))
                        let shown = "\(operation.id).\(property.name) \(text.debugDescription): \(answer.status)"
                        #expect(answer.status < 500 && answer.isClear, "\(shown)")
                    }
                }
            }
        }
    }

    @Test(arguments: 0..<parts) func inEveryQueryAndPath(_ part: Int) async throws {
        guard try HostileTexts.naughtyStrings() != nil else { return }
        try await ServerPlace.with { place in
            let id = try await InvalidBodyTests.pending(place).json["id"]?.string ?? ""
            let marta = try place.token(APIPlace.marta)
            let before = try await place.standing()
            for (number, operation) in operations(place, part).enumerated() {
                let path = InvalidBodyTests.path(operation, request: id)
                for text in try HostileTexts.naughtyStrings(at: part * 5 + number) ?? [] {
                    if operation.method == .get {
                        for name in operation.query.map(\.name) + ["none"] {
                            var ask = ServerPlace.Ask(.get, path, bearer: marta)
                            ask.query = [WebQuery.Item(name, text)]
                            let answer = await place.ask(ask)
                            let shown = "\(operation.id)?\(name)=\(text.debugDescription): \(answer.status)"
                            #expect(answer.status < 500 && answer.isClear, "\(shown)")
                        }
                    }
                    for name in operation.pattern.names {
                        var ask = ServerPlace.Ask(operation.method, "", bearer: marta)
                        let pattern = operation.pattern.description.split(separator: "/").map(String.init)
                        ask.path = zip(pattern, path.split(separator: "/").map(String.init)).map { pair in
                            pair.0 == "{\(name)}" ? text : pair.1
                        }
                        ask.body = Array(JSONValue.object(body(operation, hash: "x")).compactText.utf8)
                        if operation.body == nil { ask.body = [] }
                        let answer = await place.ask(ask)
                        let shown = "\(operation.id) {\(name)} \(text.debugDescription): \(answer.status)"
                        #expect(answer.status < 500 && answer.isClear, "\(shown)")
                    }
                }
            }
            // A checkpoint is signed for whoever asks for a proof.
            let ignored: Set<String> = ["audit_checkpoints", "idempotency_keys"]
            #expect(try await place.standing(but: ignored) == before.filter { !ignored.contains($0.key) })
        }
    }

    /// Numbers at their ends.
    @Test func numbersAtTheirEnds() async throws {
        try await ServerPlace.with { place in
            let marta = try place.token(APIPlace.marta)
            for number in [
                "9223372036854775807", "9223372036854775806", "-9223372036854775808", "-1", "0", "2147483648",
            ] {
                for path in ["/api/v1/audit/records/\(number)/proof", "/api/v1/cases/none/steps/\(number)/skip"] {
                    let isProof = path.hasSuffix("proof")
                    let answer = await place.ask(
                        ServerPlace.Ask(isProof ? .get : .post, path, bearer: marta, isProof ? nil : ["reason": "x"]))
                    #expect(answer.status == (isProof && number == "0" ? 200 : 404), "\(path): \(answer.json)")
                }
                for name in ["from", "limit"] {
                    var ask = ServerPlace.Ask(.get, "/api/v1/audit/records", bearer: marta)
                    ask.query = [WebQuery.Item(name, number)]
                    #expect([200, 400].contains(await place.ask(ask).status), "\(name)=\(number)")
                }
                for name in ["startIndex", "count"] {
                    var ask = ServerPlace.Ask(.get, "/scim/v2/Users", bearer: place.scimToken)
                    ask.query = [WebQuery.Item(name, number)]
                    #expect([200, 400].contains(await place.ask(ask).status), "\(name)=\(number)")
                }
                var page = ServerPlace.Ask(.get, "/api/v1/people", bearer: marta)
                page.query = [WebQuery.Item("cursor", "\(number)c61")]
                #expect([200, 400].contains(await place.ask(page).status))
            }
            for time in [
                "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "2026-11-21T08:00:00Z",
            ] {
                for (path, names) in [
                    ("/api/v1/people", ["at"]), ("/api/v1/people/e-0001", ["at"]),
                    ("/api/v1/people/e-0001/access", ["at"]),
                    ("/api/v1/groups/payments-live-readers/members", ["at"]), ("/api/v1/reports/slis", ["from", "to"]),
                    ("/api/v1/audit/records", ["since", "until"]),
                ] {
                    for name in names {
                        var ask = ServerPlace.Ask(.get, path, bearer: marta)
                        ask.query = [WebQuery.Item(name, time)]
                        let status = await place.ask(ask).status
                        #expect([200, 400, 404, 422].contains(status), "\(path)?\(name)=\(time): \(status)")
                    }
                }
            }
        }
    }
}

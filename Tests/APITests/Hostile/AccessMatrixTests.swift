import HTTPTypes
import StrictJSON
import TestSupport
import Testing
import WebServer

@testable import API

/// Everybody at everything, in every state: nobody is let in whom ``AccessMatrix`` does not name.
@Suite struct AccessMatrixTests {
    @Test func everyOperationHasADoor() async throws {
        try await APIPlace.with { place in
            let operations = TenureAPI(place.installation, version: "", authenticate: { _ in nil }).operations
            #expect(Set(operations.map(\.id)) == Set(AccessMatrix.doors.keys))
        }
    }

    /// A refusal that comes before anything was looked at.
    private func isTurnedAway(_ answer: Answer) -> Bool {
        answer.status == 401
            || (answer.status == 403 && answer.json["detail"]?.string?.hasPrefix("this is for") == true)
    }

    @Test func everyDoorIsShutToWhomItIsNotFor() async throws {
        try await ServerPlace.with { place in
            let world = try await MatrixWorld(place)
            let before = try await place.standing(but: ["audit_checkpoints"])
            let operations = TenureAPI(place.installation, version: "", authenticate: { _ in nil }).operations
            for operation in operations {
                let path = InvalidBodyTests.path(operation, request: "none")
                let allowed = AccessMatrix.doors[operation.id] ?? []
                for asking in Asking.allCases {
                    let answer = await world.ask(asking, operation.method, path)
                    let shown = "\(operation.id) by \(asking): \(answer.status) \(answer.json.compactText.prefix(200))"
                    if allowed.contains(asking) {
                        // These change something where they are let in; others have their own tests.
                        #expect(!isTurnedAway(answer), "\(shown)")
                    } else if Asking.unknown.contains(asking) {
                        #expect(answer.status == 401 && answer.headers[.wwwAuthenticate] != nil, "\(shown)")
                    } else {
                        #expect(answer.status == 403 && isTurnedAway(answer), "\(shown)")
                    }
                }
            }
            // Checking and reconciling are done by whoever may; they change nothing where nothing is to be done.
            let after = try await place.standing(but: ["audit_checkpoints"])
            for table in ["access_requests", "access_windows", "holds", "people_rows", "people_events", "sessions"] {
                #expect(after[table] == before[table], "\(table)")
            }
        }
    }

    @Test func whatIsNotToBeSeenIsNotThere() async throws {
        try await ServerPlace.with { place in
            let world = try await MatrixWorld(place)
            for thing in world.things {
                for path in thing.reads {
                    for asking in Asking.allCases {
                        let answer = await world.ask(asking, .get, path.replacing("ID", with: thing.id))
                        let shown =
                            "\(thing.name) by \(asking): \(answer.status) \(answer.json.compactText.prefix(200))"
                        if Asking.unknown.contains(asking) {
                            #expect(answer.status == 401, "\(shown)")
                        } else if thing.seenBy.contains(asking) {
                            #expect(answer.status == 200, "\(shown)")
                        } else {
                            let none = await world.ask(asking, .get, path.replacing("ID", with: thing.absent))
                            #expect(answer.status == 404 && none.status == 404, "\(shown)")
                            #expect(text(answer, thing.id) == text(none, thing.absent), "\(shown)")
                        }
                    }
                }
            }
        }
    }

    /// An answer without the name of what was asked for.
    private func text(_ answer: Answer, _ id: String) -> String { answer.json.compactText.replacing(id, with: "ID") }

    @Test func whatIsNotOnesOwnIsNotChanged() async throws {
        try await ServerPlace.with { place in
            let world = try await MatrixWorld(place)
            // That somebody was refused is on record.
            let records: Set<String> = ["audit_leaves", "audit_tree"]
            let before = try await place.standing(but: records)
            for thing in world.things {
                for deed in thing.deeds {
                    for asking in Asking.allCases where !deed.by.contains(asking) {
                        let answer = await world.ask(
                            asking, .post, deed.path.replacing("ID", with: thing.id), deed.body)
                        let shown =
                            "\(thing.name) \(deed.path) by \(asking): \(answer.status) \(answer.json.compactText.prefix(200))"
                        #expect((400...499).contains(answer.status) && answer.isClear, "\(shown)")
                        guard !Asking.unknown.contains(asking), !thing.seenBy.contains(asking), !isTurnedAway(answer)
                        else { continue }
                        let none = await world.ask(
                            asking, .post, deed.path.replacing("ID", with: thing.absent), deed.body)
                        #expect(text(answer, thing.id) == text(none, thing.absent), "\(shown)")
                    }
                }
            }
            let changed = try await place.standing(but: records).filter { before[$0.key] != $0.value }
            #expect(changed.isEmpty, "\(changed)")
        }
    }

    /// A filter says no more about somebody than asking for them does.
    @Test func aFilterTellsNothing() async throws {
        try await ServerPlace.with { place in
            let world = try await MatrixWorld(place)
            for path in ["/api/v1/requests", "/api/v1/cases"] {
                for asking in [Asking.plain, .readerA, .adminB, .pipelineA] {
                    func filtered(_ person: String) async throws -> Answer {
                        var ask = ServerPlace.Ask(.get, path, bearer: try world.token(asking))
                        ask.query = [WebQuery.Item("person", person)]
                        return await place.ask(ask)
                    }
                    for there in ["ana@mountainlab.io", APIPlace.ana] {
                        let (one, none) = (try await filtered(there), try await filtered("nobody@mountainlab.io"))
                        #expect(one.status == none.status, "\(path) \(asking): \(one.status) \(none.status)")
                        #expect(text(one, there) == text(none, "nobody@mountainlab.io"), "\(path) \(asking)")
                    }
                }
            }
        }
    }

    /// What is handed out by signing in and by HR's and SCIM's routes is for those who bring what they ask for.
    @Test func theOtherRoutes() async throws {
        try await ServerPlace.with { place in
            let world = try await MatrixWorld(place)
            let before = try await place.standing()
            for asking in Asking.allCases {
                for path in ["/hooks/hr", "/hooks/hr/snapshot"] {
                    #expect(await world.ask(asking, .post, path, [:]).status == 401, "\(path) \(asking)")
                }
                for (method, path) in [
                    (HTTPRequest.Method.get, "Users"), (.post, "Users"), (.get, "Groups"), (.post, "Bulk"),
                    (.get, "Users/x"),
                    (.put, "Users/x"), (.patch, "Users/x"), (.delete, "Users/x"), (.post, ".search"), (.get, ""),
                ] {
                    let answer = await world.ask(asking, method, "/scim/v2/" + path)
                    // What has no body is refused before anybody asks whose it is.
                    let isShut = answer.status == 401 || (answer.status == 415 && asking != .scimClient)
                    #expect(isShut == (asking != .scimClient), "\(path) \(asking): \(answer.status)")
                }
            }
            let changed = try await place.standing().filter { before[$0.key] != $0.value }
            #expect(changed.isEmpty, "\(changed)")
        }
    }
}

import AccessModel
import HTTPTypes
import StrictJSON
import Testing
import WebServer

@testable import API

@Suite struct RequestsTests {
    private static let ask: JSONValue = [
        "group": "payments/live/contributor", "reason": "PAY-1 a broken batch", "wait": "0s",
    ]

    @Test func aRequestIsApprovedByWhatWasSeenAndChangedByWhatWasSeen() async throws {
        try await APIPlace.with { place in
            let made = await place.ask(.post, "/api/v1/requests", as: APIPlace.ana, Self.ask)
            let id = made.json["id"]?.string ?? ""
            let first = made.headers[.eTag] ?? ""
            #expect(made.headers[.location] == "/api/v1/requests/\(id)")
            let edited = await place.ask(
                .patch, "/api/v1/requests/\(id)", as: APIPlace.ana, ["reason": "PAY-2 another"],
                headers: [.ifMatch: first])
            #expect(edited.status == 200, "\(edited.json.compactText)")
            let stale = await place.ask(
                .patch, "/api/v1/requests/\(id)", as: APIPlace.ana, ["reason": "PAY-3"], headers: [.ifMatch: first])
            #expect(stale.status == 412)
            let old = await place.ask(
                .post, "/api/v1/requests/\(id)/approve", as: APIPlace.nora, ["hash": made.json["hash"] ?? ""])
            #expect(old.status == 409 || old.status == 403)
            let approved = await place.ask(
                .post, "/api/v1/requests/\(id)/approve", as: APIPlace.nora,
                ["hash": edited.json["hash"] ?? "", "wait": "0s"])
            #expect(approved.status == 200, "\(approved.json.compactText)")
            let shown = await place.ask(.get, "/api/v1/requests/\(id)", as: APIPlace.ana)
            #expect(shown.json["asserted"]?.bool == false)
        }
    }

    @Test func ofManyEditsOfWhatWasSeenOneCounts() async throws {
        try await APIPlace.with { place in
            let made = await place.ask(.post, "/api/v1/requests", as: APIPlace.ana, Self.ask)
            let path = "/api/v1/requests/\(made.json["id"]?.string ?? "")"
            let seen = made.headers[.eTag] ?? ""
            let statuses = await withTaskGroup(of: Int.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        await place.ask(
                            .patch, path, as: APIPlace.ana, ["reason": .string("PAY-2 edit \(number)")],
                            headers: [.ifMatch: seen]
                        ).status
                    }
                }
                return await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1 && statuses.count { $0 == 412 } == 15, "\(statuses)")
        }
    }

    @Test func ifMatchIsAList() async throws {
        try await APIPlace.with { place in
            let made = await place.ask(.post, "/api/v1/requests", as: APIPlace.ana, Self.ask)
            let path = "/api/v1/requests/\(made.json["id"]?.string ?? "")"
            var seen = made.headers[.eTag] ?? ""
            for (header, status) in [
                ("\"x\", \(seen)", 200), ("\"x\",\"y\"", 412), ("W/TAG", 412), ("\"*\"", 412), ("TAG ,\"x\"", 200),
                ("*", 200),
            ] {
                let answer = await place.ask(
                    .patch, path, as: APIPlace.ana, ["reason": .string("PAY-2 \(header)")],
                    headers: [.ifMatch: header.replacing("TAG", with: seen)])
                #expect(answer.status == status, "\(header): \(answer.json.compactText)")
                seen = answer.headers[.eTag] ?? seen
            }
        }
    }

    /// Who may not see a tenant hears of its groups what they hear of a group that is not there.
    @Test func aGroupOfOthersIsNotThere() async throws {
        try await APIPlace.with { place in
            let stranger = "e-0019"
            for path in ["/api/v1/requests", "/api/v1/break-glass"] {
                func ask(_ group: String, as person: String) async -> Answer {
                    await place.ask(.post, path, as: person, ["group": .string(group), "reason": "PAY-1"])
                }
                let nothing = await ask("nope/live/contributor", as: stranger)
                #expect(nothing.status == 404, "\(nothing.json.compactText)")
                for hidden in [
                    "payments/live/contributor", "payments/live/reader", "payments-live-contributors",
                    "Group(\"payments\", \"live\", \"admin\")", "payments/_/_",
                ] {
                    let answer = await ask(hidden, as: stranger)
                    #expect(answer.status == 404, "\(hidden): \(answer.json.compactText)")
                    #expect(
                        answer.json["detail"]?.string
                            == nothing.json["detail"]?.string?.replacing("nope/live/contributor", with: hidden))
                }
                // Who is listed there, though not for it, and who sees everything, hear why not.
                for person in [APIPlace.pedro, APIPlace.diego] {
                    let answer = await ask("payments/live/contributor", as: person)
                    #expect(answer.status == 403, "\(person): \(answer.json.compactText)")
                }
            }
        }
    }

    /// The document says of every text in an answer that it holds no NUL; a refusal repeats what it was sent.
    @Test func aRefusalRepeatsNoControl() async throws {
        try await APIPlace.with { place in
            let answer = await place.ask(.post, "/api/v1/requests", as: APIPlace.ana, ["5\u{0}J\u{1B}": 1])
            #expect(answer.status == 400)
            #expect(answer.json.compactText.contains(#"5\\u{0}J\\u{1b}"#), "\(answer.json.compactText)")
            #expect(!answer.json.compactText.contains(#"\u00"#))
        }
    }

    @Test func theSameKeyIsDoneOnce() async throws {
        try await APIPlace.with { place in
            let key: HTTPFields = [IdempotencyKey.header: "k-1"]
            let first = await place.ask(.post, "/api/v1/requests", as: APIPlace.ana, Self.ask, headers: key)
            let again = await place.ask(.post, "/api/v1/requests", as: APIPlace.ana, Self.ask, headers: key)
            #expect(first.status == 201 && again.status == 201)
            #expect(first.json == again.json)
            let list = await place.ask(.get, "/api/v1/requests", as: APIPlace.ana)
            #expect(list.items.count == 1)
            var other = Self.ask.object ?? JSONObject()
            other["reason"] = "PAY-9"
            let reused = await place.ask(.post, "/api/v1/requests", as: APIPlace.ana, .object(other), headers: key)
            #expect(reused.status == 422 && reused.code == "idempotency-key-reused")
            // A key is its caller's: somebody else's is another.
            let theirs = await place.ask(.post, "/api/v1/requests", as: "e-0002", Self.ask, headers: key)
            #expect(theirs.status == 201 && theirs.json["id"] != first.json["id"])
        }
    }

    @Test func whatIsRefusedCanBeTriedAgainUnderItsKey() async throws {
        try await APIPlace.with { place in
            let key: HTTPFields = [IdempotencyKey.header: "k-1"]
            let refused = await place.ask(
                .post, "/api/v1/requests", as: APIPlace.pedro, Self.ask, headers: key)
            #expect(refused.status == 403, "\(refused.json.compactText)")
            #expect(
                await place.ask(.post, "/api/v1/requests", as: APIPlace.pedro, Self.ask, headers: key).status == 403)
        }
    }

    @Test func aListComesInPages() async throws {
        try await APIPlace.with { place in
            var seen: [String] = []
            var cursor = ""
            repeat {
                let page = await place.ask(.get, "/api/v1/people?limit=7\(cursor)", as: APIPlace.marta)
                #expect(page.status == 200 && page.items.count <= 7)
                seen += page.items.compactMap { $0["id"]?.string }
                cursor = page.json["next"]?.string.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            let all = await place.ask(.get, "/api/v1/people?limit=1000", as: APIPlace.marta)
            #expect(seen == all.items.compactMap { $0["id"]?.string })
            #expect(seen.count == 42 || seen.count > 30)
        }
    }

    /// What one may not see is not in a page, and does not make it shorter either.
    @Test func requestsComeInPagesOfWhatOneMaySee() async throws {
        try await APIPlace.with { place in
            for (number, person) in [APIPlace.ana, "e-0002", APIPlace.ana, "e-0002", APIPlace.ana].enumerated() {
                var ask = Self.ask.object ?? JSONObject()
                ask["reason"] = .string("PAY-\(number + 1)")
                let made = await place.ask(.post, "/api/v1/requests", as: person, .object(ask))
                // What still waits for a peer is that peer's business, too.
                guard person != APIPlace.ana, let id = made.json["id"]?.string else { continue }
                #expect(await place.ask(.post, "/api/v1/requests/\(id)/withdraw", as: person).status == 200)
            }
            for (person, count) in [(APIPlace.ana, 3), (APIPlace.marta, 5)] {
                let all = await place.ask(.get, "/api/v1/requests?all=true", as: person)
                #expect(all.items.count == count && all.json["next"] == .some(.null), "\(all.json.compactText)")
                for limit in 1...count {
                    var seen: [JSONValue] = []
                    var cursor = ""
                    repeat {
                        let page = await place.ask(
                            .get, "/api/v1/requests?all=true&limit=\(limit)\(cursor)", as: person)
                        cursor = page.json["next"]?.string.map { "&cursor=\($0)" } ?? ""
                        #expect(page.items.count == limit || cursor.isEmpty)
                        seen += page.items
                    } while !cursor.isEmpty
                    #expect(seen == all.items, "\(limit)")
                }
            }
        }
    }

    @Test(arguments: [
        "limit=0", "limit=1001", "limit=x", "limit=1&limit=2", "cursor=zz", "unknown=1", "at=yesterday",
    ])
    func aQueryThatIsNotUnderstoodIsRefused(_ query: String) async throws {
        try await APIPlace.with { place in
            let answer = await place.ask(.get, "/api/v1/people?\(query)", as: APIPlace.marta)
            #expect(answer.status == 400, "\(query): \(answer.status)")
        }
    }

    @Test func aBodyThatIsNotAsDocumentedIsRefusedAndChangesNothing() async throws {
        try await APIPlace.with { place in
            let bodies: [JSONValue] = [
                [], "text", 1, .null, [:], ["group": 1, "reason": "x"], ["group": "payments/live/contributor"],
                ["group": "payments/live/contributor", "reason": "x", "duration": "soon"],
                ["group": "payments/live/contributor", "reason": "x", "start": "2026-02-30T00:00:00Z"],
                ["group": "payments/live/contributor", "reason": "x", "more": true],
                ["group": "payments/live/contributor", "reason": "a\u{0}b"],
            ]
            for body in bodies {
                let answer = await place.ask(.post, "/api/v1/requests", as: APIPlace.ana, body)
                #expect(answer.status == 400, "\(body.compactText): \(answer.status)")
            }
            #expect(await place.ask(.get, "/api/v1/requests?all=true", as: APIPlace.marta).items.isEmpty)
        }
    }
}

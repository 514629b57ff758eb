import HTTPTypes
import StrictJSON
import Testing

@testable import API

@Suite struct AuthorizationTests {
    /// A path for each operation, of things that are there.
    private func path(_ operation: Operation, request: String) -> String {
        operation.pattern.description.replacing("{request}", with: request).replacing("{person}", with: APIPlace.nora)
            .replacing("{case}", with: "none").replacing("{hold}", with: "none").replacing("{seq}", with: "0")
            .replacing("{step}", with: "1").replacing("{group}", with: "payments-live-contributors")
    }

    @Test func everyOperationAsksWhoItIs() async throws {
        try await APIPlace.with { place in
            for operation in TenureAPI(place.installation, version: "", authenticate: { _ in nil }).operations {
                let path = path(operation, request: "none")
                let answer = await place.ask(operation.method, path)
                if operation.access == .everyone {
                    #expect(answer.status == 200, "\(operation.id)")
                } else {
                    #expect(answer.status == 401, "\(operation.id): \(answer.status)")
                    #expect(answer.headers[.wwwAuthenticate] != nil)
                }
            }
        }
    }

    @Test func whoHasLeftGetsNothing() async throws {
        try await APIPlace.with { place in
            let event: JSONValue = [
                "specversion": "1.0", "id": "l-1", "source": "hr", "type": "io.tenure.identity.left",
                "time": .string(place.installation.now.description), "subject": .string(APIPlace.nora),
                "data": ["person": ["status": "left"]],
            ]
            #expect(await place.ask(.get, "/api/v1/me", as: APIPlace.nora).status == 200)
            #expect(await place.ask(.post, "/api/v1/events", as: APIPlace.marta, event).status == 200)
            place.time.pass()
            for operation in TenureAPI(place.installation, version: "", authenticate: { _ in nil }).operations
            where operation.access != .everyone {
                let answer = await place.ask(operation.method, path(operation, request: "none"), as: APIPlace.nora)
                #expect(answer.status == 403, "\(operation.id): \(answer.status)")
            }
        }
    }

    /// Every operation for those who have no role in Tenure's own keeping: what is the platform's stays the platform's.
    @Test(arguments: ["e-0019", APIPlace.pedro, APIPlace.nora, "pipeline:payments/live"])
    func whatIsThePlatformsIsThePlatforms(_ caller: String) async throws {
        try await APIPlace.with { place in
            for operation in TenureAPI(place.installation, version: "", authenticate: { _ in nil }).operations
            where operation.access == .platformAdmin || operation.access == .platformMember {
                let answer = await place.ask(operation.method, path(operation, request: "none"), as: caller)
                #expect(answer.status == 403, "\(operation.id): \(answer.status)")
            }
        }
    }

    /// A reader of the platform sees everything and changes nothing.
    @Test func aReaderOfThePlatformChangesNothing() async throws {
        try await APIPlace.with { place in
            for operation in TenureAPI(place.installation, version: "", authenticate: { _ in nil }).operations
            where operation.access == .platformAdmin {
                let answer = await place.ask(operation.method, path(operation, request: "none"), as: APIPlace.diego)
                #expect(answer.status == 403, "\(operation.id): \(answer.status)")
            }
            #expect(await place.ask(.get, "/api/v1/targets", as: APIPlace.diego).items.count == 2)
        }
    }

    @Test func aPipelineNeitherAsksNorAgrees() async throws {
        try await APIPlace.with { place in
            for operation in TenureAPI(place.installation, version: "", authenticate: { _ in nil }).operations
            where operation.access == .person {
                for caller in ["pipeline:payments/live", "pipeline:platform/live"] {
                    let answer = await place.ask(operation.method, path(operation, request: "none"), as: caller)
                    #expect(answer.status == 403, "\(operation.id): \(answer.status)")
                }
            }
        }
    }

    @Test func oneTenantsPeopleDoNotSeeAnothers() async throws {
        try await APIPlace.with { place in
            // Nora answers for payments, Sara for insights; Elena is in neither.
            for (path, expected) in [
                ("/api/v1/people/e-0004", 200), ("/api/v1/people/e-0014", 404), ("/api/v1/people/e-0014/access", 404),
                ("/api/v1/groups/payments-live-contributors/members", 200),
                ("/api/v1/groups/insights-live-contributors/members", 404),
                ("/api/v1/people/e-9999", 404), ("/api/v1/people/e-0008", 200),
            ] {
                #expect(await place.ask(.get, path, as: APIPlace.nora).status == expected, "\(path)")
            }
            let groups = await place.ask(.get, "/api/v1/groups?limit=1000", as: APIPlace.nora).items
            #expect(!groups.isEmpty)
            #expect(groups.allSatisfy { $0["path"]?.string?.hasPrefix("payments/") ?? false })
            let people = await place.ask(.get, "/api/v1/people?limit=1000", as: "e-0019").items
            #expect(people.map { $0["id"]?.string } == ["e-0019"])
            let cases = await place.ask(.get, "/api/v1/cases?limit=1000", as: "e-0019").items
            #expect(cases.allSatisfy { $0["identity"]?.string == "e-0019" })
        }
    }

    @Test func aRequestIsThereForThoseWhomItConcerns() async throws {
        try await APIPlace.with { place in
            let made = await place.ask(
                .post, "/api/v1/requests", as: APIPlace.ana,
                ["group": "payments/live/contributor", "reason": "PAY-1 a broken batch", "wait": "0s"])
            #expect(made.status == 201, "\(made.json.compactText)")
            let id = made.json["id"]?.string ?? ""
            for (caller, status) in [
                (APIPlace.ana, 200), (APIPlace.nora, 200), (APIPlace.diego, 200), ("e-0019", 404), ("e-0014", 404),
                ("pipeline:payments/live", 404),
            ] {
                #expect(await place.ask(.get, "/api/v1/requests/\(id)", as: caller).status == status, "\(caller)")
            }
            for deed in ["approve", "deny", "release", "withdraw"] {
                let body: JSONValue? =
                    ["approve": ["hash": made.json["hash"] ?? ""], "deny": ["reason": "no"]][deed]
                let answer = await place.ask(.post, "/api/v1/requests/\(id)/\(deed)", as: "e-0019", body)
                #expect(answer.status == 404, "\(deed): \(answer.status)")
            }
            // Nobody agrees to what they asked for themselves.
            let own = await place.ask(
                .post, "/api/v1/requests/\(id)/approve", as: APIPlace.ana, ["hash": made.json["hash"] ?? ""])
            #expect(own.status == 403 && own.code == "denied")
        }
    }
}

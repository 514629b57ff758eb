import AccessModel
import ConnectorKit
import SCIMConnector
import StrictJSON
import Synchronization
import TestSupport
import Testing

/// What a service may do wrong, on a double written from RFC 7644.
@Suite struct SCIMFaultTests {
    /// A listing service whose pages the test makes: users `u1`... in the order given.
    static func pages(_ make: @escaping @Sendable (Int, Int) -> (total: Int, users: [String])) throws -> HTTPDouble {
        try HTTPDouble { request in
            let start = request.query("startIndex").flatMap { Int($0) } ?? 1
            let count = request.query("count").flatMap { Int($0) } ?? 100
            let page = request.path.hasSuffix("/Users") ? make(start, count) : (0, [])
            let users: [JSONValue] = page.1.map { ["id": .string($0), "userName": .string("\($0)@mountainlab.io")] }
            let body: JSONValue = [
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": .integer(Int64(page.0)), "startIndex": .integer(Int64(start)),
                "Resources": .array(users),
            ]
            return HTTPDouble.Response(200, body: body.compactText)
        }
    }

    private func observe(_ double: HTTPDouble) async throws -> Observation {
        let connector = try SCIMServiceProvider(
            scimConfiguration(["url": .string(double.url), "page_size": 2]))
        let observation = try await connector.observe(.everything)
        await connector.close()
        return observation
    }

    private static let five = ["u1", "u2", "u3", "u4", "u5"]

    private static func slice(_ start: Int, _ count: Int) -> [String] { Array(five.dropFirst(start - 1).prefix(count)) }

    @Test func wholePagesAreComplete() async throws {
        let double = try Self.pages { (5, Self.slice($0, $1)) }
        defer { double.stop() }
        let seen = try await observe(double)
        #expect(seen.completeness == .complete)
        #expect(seen.facts.count == 5)
    }

    @Test func aServiceWithSmallerPagesThanAskedForIsComplete() async throws {
        let double = try Self.pages { start, _ in (5, Self.slice(start, 1)) }
        defer { double.stop() }
        #expect(try await observe(double).completeness == .complete)
    }

    @Test func aTotalThatGrowsBetweenPagesIsPartial() async throws {
        let double = try Self.pages { start, count in (start == 1 ? 5 : 6, Self.slice(start, count)) }
        defer { double.stop() }
        try await expectPartial(double, "the total went from 5 to 6")
    }

    @Test func aListingThatEndsEarlyIsPartial() async throws {
        let double = try Self.pages { start, count in (5, start > 3 ? [] : Self.slice(start, count)) }
        defer { double.stop() }
        try await expectPartial(double, "4 came, 5 were announced")
    }

    @Test func pagesThatOverlapArePartial() async throws {
        let double = try Self.pages { start, count in (5, Self.slice(max(1, start - 1), count)) }
        defer { double.stop() }
        try await expectPartial(double, "came twice")
    }

    @Test func moreThanWasAnnouncedIsPartial() async throws {
        let double = try Self.pages { _, _ in (0, ["u1"]) }
        defer { double.stop() }
        try await expectPartial(double, "1 came, 0 were announced")
    }

    private func expectPartial(_ double: HTTPDouble, _ words: String) async throws {
        guard case .partial(let reason) = try await observe(double).completeness else {
            Issue.record("called complete")
            return
        }
        #expect(reason.contains(words), "\(reason)")
    }

    @Test func aDisturbedListingIsReadAgain() async throws {
        let rounds = Mutex(0)
        let double = try Self.pages { start, count in
            let round = rounds.withLock { rounds in
                if start == 1 { rounds += 1 }
                return rounds
            }
            return (round == 1 && start > 1 ? 6 : 5, Self.slice(start, count))
        }
        defer { double.stop() }
        #expect(try await observe(double).completeness == .complete)
    }

    @Test func aListingWithoutATotalIsAnError() async throws {
        let double = try HTTPDouble { _ in HTTPDouble.Response(200, body: #"{"Resources": []}"#) }
        defer { double.stop() }
        let error = await #expect(throws: ConnectorError.self) { try await observe(double) }
        #expect(error?.code == .targetFailure)
    }

    // MARK: Changing

    /// One user `u1`, of e-0002; PATCH answers as the test says.
    private static func oneUser(_ patch: @escaping @Sendable (HTTPDouble.Request) -> HTTPDouble.Response) throws
        -> HTTPDouble
    {
        try HTTPDouble { request in
            guard request.method == "GET" else { return patch(request) }
            let user =
                #"{"id":"u1","externalId":"e-0002","userName":"ana@mountainlab.io","active":true,"#
                + #""meta":{"version":"W/\"v7\""}}"#
            let group = #"{"id":"g1","displayName":"shared"}"#
            let resource = request.path.hasSuffix("/Users") ? user : group
            return HTTPDouble.Response(200, body: #"{"totalResults":1,"Resources":[\#(resource)]}"#)
        }
    }

    private func disable(on double: HTTPDouble) async throws -> Receipt {
        let connector = try SCIMServiceProvider(scimConfiguration(["url": .string(double.url)]))
        let ana = try sampleAccount("e-0002", "ana@mountainlab.io")
        var disabled = Account(identity: ana.identity, name: ana.name, state: .disabled)
        disabled.title = nil
        do {
            let receipt = try await connector.update(ana, to: disabled)
            await connector.close()
            return receipt
        } catch {
            await connector.close()
            throw error
        }
    }

    @Test func theVersionThatWasReadGoesAlong() async throws {
        let double = try Self.oneUser { _ in HTTPDouble.Response(204, headers: ["X-Request-Id": "r-17"]) }
        defer { double.stop() }
        #expect(try await disable(on: double).requestID == "r-17")
        let patch = try #require(double.requests.first { $0.method == "PATCH" })
        #expect(patch.headers["if-match"] == #"W/"v7""#)
        #expect(patch.path == "/Users/u1")
        #expect(
            try JSONParser.parse(patch.body)["Operations"] == [["op": "replace", "path": "active", "value": false]])
    }

    static let refusals: [(Int, ConnectorError.Code)] = [
        (412, .conflict), (409, .conflict), (429, .throttled), (503, .throttled), (500, .targetFailure),
        (401, .unauthorized), (403, .forbidden), (400, .invalid), (301, .configuration),
    ]

    @Test(arguments: refusals) func anAnswerHasItsMeaning(_ status: Int, _ code: ConnectorError.Code) async throws {
        let double = try Self.oneUser { _ in
            HTTPDouble.Response(
                status, headers: ["Retry-After": "Fri, 21 Nov 2025 08:01:30 GMT", "Location": "http://127.0.0.1:1/"],
                body: #"{"scimType":"some","detail":"no; \#(SCIMServer.token)"}"#)
        }
        defer { double.stop() }
        let error = await #expect(throws: ConnectorError.self) { try await disable(on: double) }
        #expect(error?.code == code)
        #expect(error?.retryAfter == (code == .throttled ? .seconds(90) : nil))
        #expect(error?.message == "HTTP \(status): some: no; [secret]")
        #expect(error?.operation == "update account e-0002 in saas")
    }

    @Test func removingAMemberAsksForThatMemberAlone() async throws {
        let double = try Self.oneUser { _ in HTTPDouble.Response(400, body: #"{"scimType":"noTarget","detail":"-"}"#) }
        defer { double.stop() }
        let connector = try SCIMServiceProvider(scimConfiguration(["url": .string(double.url)]))
        try await connector.remove(sampleAccount("e-0002", "ana@mountainlab.io").member(of: "shared"))
        await connector.close()
        let patch = try #require(double.requests.first { $0.method == "PATCH" })
        #expect(patch.path == "/Groups/g1")
        #expect(
            try JSONParser.parse(patch.body)["Operations"] == [["op": "remove", "path": #"members[value eq "u1"]"#]])
    }

    /// Somebody else created it between the look and the answer: the other one's creation, the own one's, and whether
    /// the own one has to go.
    static let rivals: [(String?, String?, Bool)] = [
        ("2026-11-21T08:00:00Z", "2026-11-21T08:10:00Z", true), ("2026-11-21T08:10:00Z", "2026-11-21T08:00:00Z", false),
        ("2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z", true), (nil, nil, true),
    ]

    @Test(arguments: rivals) func ofTwoGroupsOfOneNameTheLaterIsTakenBack(
        _ other: String?, _ own: String?, _ goes: Bool
    ) async throws {
        let isCreated = Mutex(false)
        let groups = [("g1", other), ("g2", own)].map { id, created in
            let meta = created.map { #","meta":{"created":"\#($0)"}"# } ?? ""
            return #"{"id":"\#(id)","displayName":"shared"\#(meta)}"#
        }
        let double = try HTTPDouble { request in
            switch request.method {
            case "POST":
                isCreated.withLock { $0 = true }
                return HTTPDouble.Response(201, body: groups[1])
            case "DELETE": return HTTPDouble.Response(204)
            default:
                let found = isCreated.withLock { $0 } ? groups : []
                let resources = found.joined(separator: ",")
                return HTTPDouble.Response(
                    200, body: #"{"totalResults":\#(found.count),"Resources":[\#(resources)]}"#)
            }
        }
        defer { double.stop() }
        let connector = try SCIMServiceProvider(scimConfiguration(["url": .string(double.url)]))
        let receipt = try await connector.add(.group(GroupFact(slug: "shared", notation: nil)))
        await connector.close()
        #expect(receipt.effect == (goes ? .alreadyHeld : .applied))
        #expect(double.requests.filter { $0.method == "DELETE" }.map(\.path) == (goes ? ["/Groups/g2"] : []))
    }

    @Test func aServiceThatRefusesFiltersIsReadWhole() async throws {
        let double = try HTTPDouble { request in
            guard request.query("filter") == nil else {
                return HTTPDouble.Response(400, body: #"{"scimType":"invalidFilter"}"#)
            }
            let users = ["u1", "u2"].map { #"{"id":"\#($0)","externalId":"e-\#($0)","userName":"\#($0)@x.io"}"# }
            let isUsers = request.path.hasSuffix("/Users")
            return HTTPDouble.Response(
                200,
                body:
                    #"{"totalResults":\#(isUsers ? 2 : 0),"Resources":[\#(isUsers ? users.joined(separator: ",") : "")]}"#
            )
        }
        defer { double.stop() }
        let connector = try SCIMServiceProvider(scimConfiguration(["url": .string(double.url)]))
        let identity = try #require(IdentityID("e-u2"))
        let seen = try await connector.observe(.only(identities: [identity], accountNames: [], groups: []))
        await connector.close()
        #expect(seen.facts.map(\.key) == ["account e-u2"])
    }

    @Test func namesCannotBecomeFilterSyntax() async throws {
        let double = try HTTPDouble { _ in HTTPDouble.Response(200, body: #"{"totalResults":0}"#) }
        defer { double.stop() }
        let connector = try SCIMServiceProvider(scimConfiguration(["url": .string(double.url)]))
        let name = #"a" or userName pr or userName eq "\"#
        _ = try await connector.observe(.only(identities: [], accountNames: [name], groups: []))
        await connector.close()
        let filter = try #require(double.requests.compactMap { $0.query("filter") }.first)
        #expect(filter == #"userName eq "a\" or username pr or username eq \"\\""#)
    }

    // MARK: Settings

    static let unusable: [(JSONValue, String)] = [
        (.object(JSONObject()), "the setting `url` is missing"),
        (["url": "ftp://x"], "must begin with `https://`"),
        (["url": "http://scim.example/v2"], "plain `http`"),
        (["url": "https://user:pw@scim.example/v2"], "holds a user"),
        (["url": "https://scim.example/v2?x=1"], "a query"),
        (["url": "https://scim.example/v2", "page_size": 0], "from 1 to 10000"),
        (["url": "https://scim.example/v2", "page_sise": 5], "did you mean `page_size`?"),
        (["url": "https://scim.example/v2", "timeout": 5], "a duration"),
    ]

    @Test(arguments: unusable) func refusesSettings(_ settings: JSONValue, _ message: String) throws {
        let configuration = try scimConfiguration(settings)
        let error = #expect(throws: ConnectorError.self) { try SCIMServiceProvider(configuration) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }
}

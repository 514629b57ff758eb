import HTTPTypes
import StrictJSON
import TestSupport
import Testing

@testable import API

/// Who asks, in the tests of who may do what.
enum Asking: String, CaseIterable, Sendable {
    // Nobody whom the server takes for anybody.
    case nobody, stranger, expired, left, suspended, scimClient
    // People: of no tenant, of payments (A), of insights (B), of the core sectors.
    case plain, readerA, contributorA, adminA, readerB, adminB, platformReader, platformAdmin
    case pipelineA, pipelineB, platformPipeline

    static let unknown: Set<Asking> = [.nobody, .stranger, .expired, .left, .suspended, .scimClient]
    static let pipelines: Set<Asking> = [.pipelineA, .pipelineB, .platformPipeline]
    static let platform: Set<Asking> = [.platformReader, .platformAdmin, .platformPipeline]
    static let everybody = Set(allCases)
    static let known = everybody.subtracting(unknown)
}

/// Who may do what, written down by hand from what the organisation is meant to be: nothing of it is read from the rules
/// that it is held against.
enum AccessMatrix {
    /// Who gets as far as being heard at an operation.
    static let doors: [String: Set<Asking>] = {
        let people = Asking.known.subtracting(Asking.pipelines)
        let admins: Set<Asking> = [.platformAdmin, .platformPipeline]
        let who: [(Set<Asking>, [String])] = [
            (Asking.everybody, ["health", "readiness", "version", "showSignIn"]),
            (
                Asking.known,
                [
                    "me", "showClock", "listRequests", "showRequest", "listPeople", "showPerson", "explainPerson",
                    "listCases", "showCase", "followCase", "listGroups", "listHolders", "showOrganization",
                ]
            ),
            (
                people,
                [
                    "requestAccess", "editRequest", "withdrawRequest", "extendRequest", "releaseRequest",
                    "approveRequest", "denyRequest", "breakGlass", "reviewBreakGlass", "confirmPerson",
                ]
            ),
            (
                Asking.platform,
                [
                    "listHolds", "showHold", "listTargets", "reportServiceLevels", "listRecords", "proveRecord",
                    "showCheckpoint", "plan", "exportLog", "listNotices", "metrics", "showDefinitions",
                ]
            ),
            (
                admins,
                [
                    "approveHold", "rejectHold", "importPeople", "takeEvent", "retryCase", "skipStep", "cancelCase",
                    "checkTargets", "reconcile", "apply", "planForReview", "replayPolicies", "listClients", "addClient",
                    "rotateClient", "revokeClient", "sealGrant", "reconcileGrant", "sendNotices", "testNotices",
                    "acceptCommit",
                ]
            ),
        ]
        return Dictionary(who.flatMap { set, names in names.map { ($0, set) } }) { first, _ in first }
    }()

    /// Something that is there, and who is to know of it.
    struct Thing: Sendable {
        let name: String
        /// In paths; the same of one that is not there.
        let id: String
        let absent: String
        let seenBy: Set<Asking>
        /// What reads it: paths with `ID`.
        let reads: [String]
        /// What changes it: a path with `ID`, a body, and who may.
        var deeds: [Deed] = []
    }

    struct Deed: Sendable {
        let path: String
        let body: JSONValue?
        let by: Set<Asking>
    }
}

/// The example organisation in many states, and everybody who may ask.
struct MatrixWorld {
    let place: ServerPlace
    private let tokens: [Asking: String]
    let things: [AccessMatrix.Thing]

    static let people: [Asking: String] = [
        .expired: APIPlace.marta, .left: "e-0031", .suspended: "e-0030", .plain: "e-0019", .readerA: APIPlace.pedro,
        .contributorA: APIPlace.ana, .adminA: APIPlace.nora, .readerB: "e-0014", .adminB: "e-0012",
        .platformReader: APIPlace.diego, .platformAdmin: APIPlace.marta,
    ]

    init(_ place: ServerPlace) async throws {
        self.place = place
        var tokens: [Asking: String] = [:]
        for (asking, person) in Self.people { tokens[asking] = try place.token(person) }
        tokens[.expired] = try place.expiredToken(APIPlace.marta)
        tokens[.stranger] = String((try place.token(APIPlace.marta)).dropLast(4)) + "AAAA"
        tokens[.scimClient] = place.scimToken
        tokens[.pipelineA] = try await place.pipelineToken("payments", "live")
        tokens[.pipelineB] = try await place.pipelineToken("storefront", "live")
        tokens[.platformPipeline] = try await place.pipelineToken("platform", "live")
        self.tokens = tokens
        let setting = MatrixSetting(place, tokens)
        try await setting.departures()
        things = try await setting.requests() + setting.people() + setting.groups() + setting.cases()
    }

    func token(_ asking: Asking) throws -> String { try #require(tokens[asking]) }

    func ask(_ asking: Asking, _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil) async -> Answer {
        await place.ask(ServerPlace.Ask(method, path, bearer: tokens[asking], body))
    }
}

/// Brings about what the matrix is about.
private struct MatrixSetting {
    let place: ServerPlace
    let tokens: [Asking: String]

    init(_ place: ServerPlace, _ tokens: [Asking: String]) {
        self.place = place
        self.tokens = tokens
    }

    private func make(_ asking: Asking, _ path: String, _ body: JSONValue?, _ status: Int) async -> Answer {
        let answer = await place.ask(ServerPlace.Ask(.post, path, bearer: tokens[asking], body))
        #expect(answer.status == status, "\(path): \(answer.status) \(answer.json.compactText)")
        return answer
    }

    func departures() async throws {
        for (asking, type) in [(Asking.left, "left"), (.suspended, "suspended")] {
            let event: JSONValue = [
                "specversion": "1.0", "id": .string("m-\(type)"), "source": "hr",
                "type": .string("io.tenure.identity.\(type)"), "time": .string(place.installation.now.description),
                "subject": .string(MatrixWorld.people[asking] ?? ""), "data": ["person": ["status": .string(type)]],
            ]
            _ = await make(.platformAdmin, "/api/v1/events", event, 200)
        }
        place.api.time.pass()
    }

    func requests() async throws -> [AccessMatrix.Thing] {
        let live: JSONValue = ["group": "payments/live/contributor", "reason": "PAY-1 a broken batch", "wait": "0s"]
        let sandbox: JSONValue = ["group": "payments/sandbox/contributor", "reason": "PAY-2", "wait": "0s"]
        func id(_ answer: Answer) -> String { answer.json["id"]?.string ?? "" }
        let denied = await make(.contributorA, "/api/v1/requests", live, 201)
        _ = await make(.adminA, "/api/v1/requests/\(id(denied))/deny", ["reason": "no"], 200)
        let withdrawn = await make(.contributorA, "/api/v1/requests", live, 201)
        _ = await make(.contributorA, "/api/v1/requests/\(id(withdrawn))/withdraw", nil, 200)
        let pending = await make(.contributorA, "/api/v1/requests", live, 201)
        let closed = await make(.contributorA, "/api/v1/requests", sandbox, 201)
        _ = await make(.contributorA, "/api/v1/requests/\(id(closed))/release", ["wait": "0s"], 200)
        let open = await make(.contributorA, "/api/v1/requests", sandbox, 201)
        let glass = await make(
            .platformAdmin, "/api/v1/break-glass", ["group": "payments/live/admin", "reason": "INC-1", "wait": "0s"],
            201)
        let concerned = Asking.platform.union([.contributorA, .adminA])
        let hash: JSONValue = ["hash": .string(pending.json["hash"]?.string ?? "")]
        let states: [(String, Answer)] = [
            ("pending", pending), ("denied", denied), ("withdrawn", withdrawn), ("open", open), ("closed", closed),
        ]
        var things: [AccessMatrix.Thing] = []
        for (state, answer) in states {
            // What is over is nobody's to change.
            let deciders: Set<Asking> = state == "pending" ? [.adminA, .platformAdmin] : []
            let owner: Set<Asking> = state == "pending" ? [.contributorA] : []
            let ending: Set<Asking> = state == "open" ? [.contributorA, .adminA, .platformAdmin] : []
            let prolonging: Set<Asking> = state == "open" ? [.contributorA] : []
            let deeds: [(String, JSONValue?, Set<Asking>)] = [
                ("approve", hash, deciders), ("deny", ["reason": "x"], deciders), ("withdraw", JSONValue?.none, owner),
                ("release", ["wait": "0s"], ending), ("extend", ["duration": "1h"], prolonging),
                ("review", ["outcome": "justified", "note": "x"], []),
            ]
            things.append(thing("\(state) request", id(answer), concerned, deeds))
        }
        let deeds: [(String, JSONValue?, Set<Asking>)] = [
            ("release", ["wait": "0s"], [.adminA, .platformAdmin]), ("extend", ["duration": "1h"], []),
            ("approve", hash, []),
        ]
        return things + [thing("broken glass", id(glass), Asking.platform.union([.adminA]), deeds)]
    }

    private func thing(
        _ name: String, _ id: String, _ seen: Set<Asking>, _ deeds: [(String, JSONValue?, Set<Asking>)]
    ) -> AccessMatrix.Thing {
        AccessMatrix.Thing(
            name: name, id: id, absent: "req-aaaaaaaaaaaa", seenBy: seen, reads: ["/api/v1/requests/ID"],
            deeds: deeds.map { AccessMatrix.Deed(path: "/api/v1/requests/ID/\($0.0)", body: $0.1, by: $0.2) })
    }

    func people() -> [AccessMatrix.Thing] {
        func person(_ id: String, _ seen: Set<Asking>, _ vouching: Set<Asking>) -> AccessMatrix.Thing {
            AccessMatrix.Thing(
                name: "person \(id)", id: id, absent: "e-9999", seenBy: seen,
                reads: ["/api/v1/people/ID", "/api/v1/people/ID/access"],
                deeds: [
                    AccessMatrix.Deed(path: "/api/v1/people/ID/confirm", body: ["tenant": "payments"], by: vouching)
                ])
        }
        let payments: Set<Asking> = [.adminA, .platformAdmin]
        return [
            person(APIPlace.pedro, Asking.platform.union([.readerA, .adminA]), payments),
            person(APIPlace.nora, Asking.platform.union([.adminA]), payments),
            person("e-0014", Asking.platform.union([.readerB, .adminB]), payments),
            person("e-0031", Asking.platform, payments), person("e-0019", Asking.platform.union([.plain]), payments),
        ]
    }

    func groups() -> [AccessMatrix.Thing] {
        [
            AccessMatrix.Thing(
                name: "group of A", id: "payments-live-contributors", absent: "nothing-live-contributors",
                seenBy: Asking.platform.union([.readerA, .contributorA, .adminA, .pipelineA]),
                reads: ["/api/v1/groups/ID/members"]),
            AccessMatrix.Thing(
                name: "group of B", id: "insights-live-contributors", absent: "nothing-live-contributors",
                seenBy: Asking.platform.union([.readerB, .adminB]), reads: ["/api/v1/groups/ID/members"]),
            AccessMatrix.Thing(
                name: "group of the core", id: "platform-live-admins", absent: "nothing-live-contributors",
                seenBy: Asking.platform, reads: ["/api/v1/groups/ID/members"]),
        ]
    }

    func cases() async throws -> [AccessMatrix.Thing] {
        var things: [AccessMatrix.Thing] = []
        for (person, seen) in [
            (APIPlace.ana, Asking.platform.union([.contributorA, .adminA])), ("e-0031", Asking.platform),
            ("e-0012", Asking.platform.union([.adminB])),
        ] {
            let list = await place.ask(ServerPlace.Ask(.get, "/api/v1/cases", bearer: tokens[.platformAdmin]))
            let mine = list.items.filter { $0["identity"]?.string?.hasSuffix(person) ?? false }
            guard let id = mine.first?["id"]?.string else { continue }
            things.append(
                AccessMatrix.Thing(
                    name: "case of \(person)", id: id, absent: "case-aaaaaaaaaaaa", seenBy: seen,
                    reads: ["/api/v1/cases/ID"],
                    deeds: [
                        AccessMatrix.Deed(
                            path: "/api/v1/cases/ID/cancel", body: ["reason": "x"],
                            by: [.platformAdmin, .platformPipeline]),
                        AccessMatrix.Deed(
                            path: "/api/v1/cases/ID/retry", body: nil, by: [.platformAdmin, .platformPipeline]),
                    ]))
        }
        #expect(things.count >= 2)
        return things
    }
}

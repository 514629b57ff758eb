import AccessModel
import AuditTrail
import Foundation
import HTTPTypes
import Persistence
import StrictJSON
import Synchronization
import TestSupport
import Testing
import WebServer

@testable import SCIMServer

/// A service on a database of its own, with two clients, asked without a network.
struct SCIMWorld: Sendable {
    let database: any Database
    let service: SCIMService
    let table: RouteTable
    let intake: RecordingIntake
    let clock: TestClock
    let desk: SCIMClientDesk
    /// Of the clients `okta` and `workday`.
    let tokens: [String]

    var token: String { tokens[0] }

    static let url = "https://iam.example.com"
    static let base = url + "/scim/v2"

    init(
        _ database: any Database, identity: SCIMClient.PersonIdentity = .id, url: String = SCIMWorld.url,
        delivering people: (any SCIMPeopleIntake)? = nil
    ) async throws {
        try await Schema.migrate(database, at: Instant(milliseconds: 0))
        self.database = database
        let clock = TestClock()
        let intake = RecordingIntake()
        self.clock = clock
        self.intake = intake
        service = SCIMService(
            database: database, publicURL: url + "/", intake: people ?? intake, clock: { clock.now() },
            newBytes: Self.newBytes)
        table = RouteTable([service.branch])
        desk = SCIMClientDesk(
            database: database, actor: "e-0001", now: clock.now(), newBytes: Self.newBytes)
        var tokens: [String] = []
        for name in ["okta", "workday"] {
            tokens.append(try await desk.add(name, personIdentity: identity).token.reveal())
        }
        self.tokens = tokens
    }

    static let newBytes: @Sendable (Int) -> [UInt8] = { count in
        (0..<count).map { _ in UInt8.random(in: .min ... .max) }
    }

    // MARK: Asking

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let bytes: [UInt8]

        var json: JSONValue {
            do {
                return try JSONParser.parse(bytes)
            } catch {
                return .null
            }
        }
        var id: String { json["id"]?.string ?? "" }
        var kind: String? { json["scimType"]?.string }
        var resources: [JSONValue] { json["Resources"]?.array ?? [] }
        var total: Int64? { json["totalResults"]?.integer }
        var userNames: [String] { resources.compactMap { $0["userName"]?.string } }
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, raw: [UInt8] = [], query: [WebQuery.Item] = [],
        token: String?? = .none, headers: HTTPFields = [:], type: String? = "application/scim+json"
    ) async -> Answer {
        var headers = headers
        if let type { headers[.contentType] = type }
        switch token {
        case .none: headers[.authorization] = "Bearer \(self.token)"
        case .some(let token?): headers[.authorization] = "Bearer \(token)"
        case .some(.none): break
        }
        let segments = ("/scim/v2" + path).split(separator: "/").map(String.init)
        let response = await table.respond(
            to: WebRequest(
                method: method, path: segments, query: WebQuery(query), headers: headers, body: raw,
                correlation: "req-1", peer: WebPeer(address: "127.0.0.1", isLoopback: true))
        ) { error in Issue.record("unforeseen: \(error)") }
        guard case .bytes(let bytes) = response.body else {
            return Answer(status: response.status.code, headers: response.headers, bytes: [])
        }
        return Answer(status: response.status.code, headers: response.headers, bytes: bytes)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue, token: String?? = .none,
        headers: HTTPFields = [:]
    ) async -> Answer {
        await send(method, path, raw: Array(body.compactText.utf8), token: token, headers: headers)
    }

    func get(
        _ path: String, token: String?? = .none, headers: HTTPFields = [:], _ query: KeyValuePairs<String, String> = [:]
    )
        async -> Answer
    {
        await send(
            .get, path, query: query.map { WebQuery.Item($0.key, $0.value) }, token: token, headers: headers,
            type: nil)
    }

    // MARK: Usual things

    static func user(_ name: String, _ more: JSONValue = [:]) -> JSONValue {
        var object = JSONObject()
        object["schemas"] = ["urn:ietf:params:scim:schemas:core:2.0:User"]
        object["userName"] = .string(name)
        for member in more.object?.members ?? [] { object[member.name] = member.value }
        return .object(object)
    }

    static func group(_ name: String, _ members: [String]? = nil) -> JSONValue {
        var object = JSONObject()
        object["schemas"] = ["urn:ietf:params:scim:schemas:core:2.0:Group"]
        object["displayName"] = .string(name)
        if let members { object["members"] = .array(members.map { ["value": .string($0)] }) }
        return .object(object)
    }

    static func patch(_ operations: JSONValue...) -> JSONValue {
        ["schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": .array(operations)]
    }

    /// Makes a user, and expects to.
    func add(_ name: String, _ more: JSONValue = [:], token: String?? = .none) async -> String {
        let answer = await send(.post, "/Users", Self.user(name, more), token: token)
        #expect(answer.status == 201, "\(answer.json)")
        return answer.id
    }

    func addGroup(_ name: String, _ members: [String]? = nil, token: String?? = .none) async -> String {
        let answer = await send(.post, "/Groups", Self.group(name, members), token: token)
        #expect(answer.status == 201, "\(answer.json)")
        return answer.id
    }

    func members(of group: String) async -> Set<String> {
        let answer = await get("/Groups/\(group)")
        return Set((answer.json["members"]?.array ?? []).compactMap { $0["value"]?.string })
    }

    func records() async throws -> [Record] {
        try await database.read { session in try AuditLog(session).entries().map(\.record) }
    }
}

/// Remembers what it was told within transactions that were committed, in the database itself.
struct RecordingIntake: SCIMPeopleIntake {
    private let heard = TestLog()

    var changes: [SCIMPersonChange] { heard.changes }

    func accept(
        _ changes: [SCIMPersonChange], client: SCIMClient, in session: any SQLSession, records: inout [Record]
    ) throws {
        for change in changes {
            if change.after?["title"]?.string == "refused by the intake" {
                throw SCIMError(.badRequest, .invalidValue, "the intake refuses it")
            }
        }
        heard.add(changes)
    }
}

final class TestLog: Sendable {
    private let list = Mutex<[SCIMPersonChange]>([])
    var changes: [SCIMPersonChange] { list.withLock { $0 } }
    func add(_ changes: [SCIMPersonChange]) { list.withLock { $0 += changes } }
}

final class TestClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_800_000_000_000)
    /// A millisecond later each time.
    func now() -> Instant {
        milliseconds.withLock { milliseconds in
            milliseconds += 1
            return Instant(milliseconds: milliseconds)
        }
    }
    func advance(by span: Span) { milliseconds.withLock { $0 += span.milliseconds } }
}

/// Where a test's database is.
enum SCIMDatabase: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite, postgresql

    var testDescription: String { rawValue }

    /// Runs `body` on a new database; passes it over, said aloud, where PostgreSQL is not installed.
    func withWorld(
        identity: SCIMClient.PersonIdentity = .id, _ body: (SCIMWorld) async throws -> Void
    ) async throws {
        try await withDatabase { try await body(try await SCIMWorld($0, identity: identity)) }
    }

    /// The same with a database in which nothing is yet.
    func withDatabase(_ body: (any Database) async throws -> Void) async throws {
        switch self {
        case .sqlite:
            let folder = try TemporaryFolder()
            try await Self.run(try await SQLiteDatabase.open(folder.path("tenure.db")), body)
        case .postgresql:
            guard let server = try PostgreSQLServer.shared() else { return }
            let place = try PostgreSQLTestDatabase(on: server)
            try await Self.run(try await PostgreSQLDatabase.open(place.address), body)
        }
    }

    private static func run(_ database: any Database, _ body: (any Database) async throws -> Void) async throws {
        do {
            try await body(database)
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }
}

func withWorld(
    identity: SCIMClient.PersonIdentity = .id, _ body: (SCIMWorld) async throws -> Void
) async throws {
    try await (TestStorage.isOnServer ? SCIMDatabase.postgresql : .sqlite).withWorld(identity: identity, body)
}

import AccessModel
import AuditTrail
import HTTPTypes
import Persistence
import StrictJSON
import WebServer

/// The SCIM 2.0 service provider (RFC 7643, 7644, 9865): what identity providers and HR suites push people and groups to.
///
/// A write is one transaction: the resource, its record, and what the intake makes of it are on disk when it is answered,
/// or none of them is. A client sees and changes what it made and nothing else.
public struct SCIMService: Sendable {
    static let mediaType = "application/scim+json"
    static let bodyTypes: Set<String> = ["application/scim+json", "application/json"]
    /// Bytes that a body may have.
    public static let bodyLimit = 4 << 20
    /// Where all of it is below.
    static let root = "/scim/v2"

    let database: any Database
    let intake: any SCIMPeopleIntake
    let clock: @Sendable () -> Instant
    let newBytes: @Sendable (Int) -> [UInt8]
    let bodyLimit: Int
    let syntax: SearchSyntax
    let view: ResourceView
    private let admission = Admission()

    /// - Parameters:
    ///   - publicURL: Where clients reach the server, without a path: `https://iam.example.com`. All addresses begin with it.
    ///   - bodyLimit: Bytes that a body may have, as clients are told.
    ///   - newBytes: As many random bytes as asked for, that nobody can guess: ids are made of them.
    public init(
        database: any Database, publicURL: String, intake: any SCIMPeopleIntake,
        bodyLimit: Int = SCIMService.bodyLimit, clock: @escaping @Sendable () -> Instant,
        newBytes: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.bodyLimit = bodyLimit
        self.database = database
        self.intake = intake
        self.clock = clock
        self.newBytes = newBytes
        syntax = SearchSyntax(dialect: database.dialect)
        var url = publicURL
        while url.hasSuffix("/") { url.removeLast() }
        view = ResourceView(base: url + Self.root)
    }

    /// For the table of routes; what is refused there is said in SCIM's way.
    public var branch: RouteTable.Branch { RouteTable.Branch(routes, render: Self.render) }

    public var routes: [Route] { resourceRoutes + listRoutes + discoveryRoutes + [bulkRoute] }

    /// A problem of the table of routes as an error of SCIM's.
    @Sendable public static func render(_ problem: Problem, _ request: WebRequest) -> WebResponse {
        SCIMError(problem).response
    }

    // MARK: Transactions

    /// Reads as the client whose token a request bears.
    ///
    /// - Parameter isBrief: Whether a few rows are read, by their keys.
    func read<Value: Sendable>(
        _ request: WebRequest, isBrief: Bool = false,
        _ body: @escaping @Sendable (ResourceStore, TokenDigest) throws -> Value
    ) async throws -> Value {
        let digest = try Self.digest(of: request)
        let syntax = syntax
        let reading = { @Sendable (session: any SQLSession) -> Answer<Value> in
            guard let client = try ClientStore(session).client(bearing: digest) else { throw SCIMError.unauthorized }
            let store = ResourceStore(session, client: client.name.text, syntax)
            return Answer(client: client, value: try body(store, digest))
        }
        let answer: Answer<Value>
        do {
            answer = isBrief ? try await database.readBriefly(reading) : try await database.read(reading)
        } catch let error as SCIMError where error.status == .unauthorized {
            admission.forget(digest)
            throw error
        }
        try await touch(answer.client)
        return answer.value
    }

    /// Refuses strangers: they get neither as far as the one who writes, nor does anybody listen to a body of theirs.
    private func admit(_ request: WebRequest) async throws {
        let digest = try Self.digest(of: request)
        let now = clock()
        guard !admission.knows(digest, at: now) else { return }
        try await authenticate(request)
        admission.remember(digest, at: now)
    }

    /// Refuses a request without a token that is known.
    func authenticate(_ request: WebRequest) async throws {
        _ = try await read(request, isBrief: true) { _, _ in true }
    }

    /// Writes as the client whose token a request bears, in one transaction with its records. The token is looked at within
    /// it: one that was revoked meanwhile writes nothing.
    func write<Value: Sendable>(
        _ request: WebRequest, _ body: @escaping @Sendable (inout WriteScope) throws -> Value
    ) async throws -> Value {
        try await admit(request)
        let digest = try Self.digest(of: request)
        let (now, syntax, intake) = (clock(), syntax, intake)
        do {
            return try await database.transact { session, records in
                let clients = ClientStore(session)
                guard let client = try clients.client(bearing: digest) else { throw SCIMError.unauthorized }
                if Self.isUnused(client, at: now) { try clients.touch(client.name, at: now) }
                var scope = WriteScope(
                    session: session, client: client,
                    store: ResourceStore(session, client: client.name.text, syntax), intake: intake, now: now)
                let value = try body(&scope)
                records += scope.records
                return value
            }
        } catch let error as SCIMError {
            if error.status == .unauthorized { admission.forget(digest) }
            throw error
        }
    }

    private struct Answer<Value: Sendable>: Sendable {
        let client: SCIMClient
        let value: Value
    }

    /// When a client was last seen is kept to within five minutes: a read is not to cost a write.
    private func touch(_ client: SCIMClient) async throws {
        let now = clock()
        guard Self.isUnused(client, at: now) else { return }
        try await database.write { session in try ClientStore(session).touch(client.name, at: now) }
    }

    private static func isUnused(_ client: SCIMClient, at now: Instant) -> Bool {
        client.lastUsedAt.map { $0 + Span.minutes(5) < now } ?? true
    }

    private static func digest(of request: WebRequest) throws(SCIMError) -> TokenDigest {
        guard let header = request.headers[.authorization] else { throw .unauthorized }
        let parts = header.split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].utf8.count <= 512 else {
            throw .unauthorized
        }
        return TokenDigest(token: String(parts[1]))
    }

    // MARK: Routes

    /// A route whose errors are said in SCIM's way. No body is read of whoever bears no token.
    func route(
        _ method: HTTPRequest.Method, _ path: String, bodyLimit: Int? = nil,
        _ handler: @escaping Route.Handler
    ) -> Route {
        Route(
            method, RoutePattern(Self.root + path), bodyLimit: bodyLimit ?? self.bodyLimit,
            gate: { request in
                do {
                    try await admit(request)
                    return nil
                } catch {
                    return try Self.refusal(for: error)
                }
            },
            { request in
                do {
                    return try await handler(request)
                } catch {
                    return try Self.refusal(for: error)
                }
            })
    }

    /// Throws what it has no words for.
    private static func refusal(for error: any Error) throws -> WebResponse {
        switch error {
        case let error as SCIMError: return error.response
        case let error as PersistenceError where error.isPassing:
            var busy = SCIMError(.serviceUnavailable, nil, "the database cannot be reached now; try again")
            busy.headers = [.retryAfter: "5"]
            return busy.response
        default: throw error
        }
    }

    static func answer(
        _ object: JSONValue, _ status: HTTPResponse.Status = .ok
    ) -> WebResponse {
        .json(object, status, type: mediaType)
    }

    static func body(of request: WebRequest) throws(Problem) -> JSONValue { try request.json(bodyTypes) }

    static let idDigits = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
    static let idLength = 26

    /// Letters and digits in lower case, 130 random bits of them.
    func newID(_ kind: ResourceKind) -> String {
        let digits = newBytes(Self.idLength).map { Self.idDigits[Int($0 & 31)] }
        return kind.idPrefix + String(decoding: digits, as: UTF8.self)
    }
}

extension PersistenceError {
    /// Whether it may be over in a moment.
    fileprivate var isPassing: Bool { code == .unavailable || code == .busy }
}

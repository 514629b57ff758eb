import AccessModel
import ControlPlane
import HTTPTypes
import Lifecycle
import StrictJSON
import WebServer

/// The REST API, version 1: everything that the command line does, over HTTP.
///
/// Each operation is one value, from which its route, its check and its place in the OpenAPI document are made.
public struct TenureAPI: Sendable {
    /// Says who asks: nil where the request bears no credential. Throws a ``Problem`` for one that is refused.
    public typealias Authentication = @Sendable (WebRequest) async throws -> Caller?

    private let installation: Installation
    private let authenticate: Authentication
    /// Who may do what; nil before the first apply. Whether it still stands is looked at once for all who ask, and everybody's
    /// lists are read where it does not.
    private let books: Recent<AuthorityBook?>
    private let recent: Recent<Installation>
    private let document: JSONValue
    let operations: [Operation]

    /// The provider that people sign in with, for command lines that ask.
    public struct Provider: Sendable {
        public let issuer: String
        /// What a command line is called there.
        public let clientID: String

        public init(issuer: String, clientID: String) {
            self.issuer = issuer
            self.clientID = clientID
        }
    }

    /// - Parameter steady: By which what was read is taken for new for a second; nil for the machine's.
    public init(
        _ installation: Installation, version: String, provider: Provider? = nil, steady: SteadyClock? = nil,
        authenticate: @escaping Authentication
    ) {
        let steady = steady ?? SteadyClock { .now }
        self.installation = installation
        self.authenticate = authenticate
        books = Recent(by: steady) { last in try await installation.authorityBook(last ?? nil) }
        recent = Recent(by: steady) { _ in try await installation.acting(as: installation.context.actor) }
        operations =
            Self.systemOperations(version, provider) + Self.accessOperations + Self.peopleOperations
            + Self.caseOperations
            + Self.holdOperations + Self.answerOperations + Self.auditOperations + Self.changeOperations
            + Self.clientOperations + Self.noticeOperations + Self.sealedOperations
            + Self.definitionOperations + Self.metricsOperations()
        document = OpenAPIDocument(operations: operations, schemas: Self.schemas, version: version).json
    }

    public var routes: [Route] {
        let document = document
        return [Route(.get, "/openapi.json") { _ in .json(document) }]
            + operations.map { operation in
                Route(
                    operation.method, operation.pattern, name: operation.id, bodyLimit: operation.body?.limit ?? 0,
                    gate: gate(operation)
                ) { request in try await answer(request, operation) }
            }
    }

    /// Before much is read of anybody, it is looked whether they may send it. What is short is read at once: to look twice
    /// would cost more.
    private func gate(_ operation: Operation) -> Route.Gate? {
        guard operation.access != .everyone, (operation.body?.limit ?? 0) > Route.defaultBodyLimit else { return nil }
        return { request in
            do {
                _ = try await authorize(request, operation)
                return nil
            } catch {
                throw Problem(error) ?? error
            }
        }
    }

    /// Whether a process lives, is ready, and which release it is: for one that answers nothing else.
    static func health(_ installation: Installation, version: String) -> [Route] {
        systemOperations(version).filter { $0.access == .everyone }.map { operation in
            Route(operation.method, operation.pattern, bodyLimit: 0) { request in
                try await operation.run(
                    APICall(
                        request: request, installation: installation, authority: Authority(.anonymous, nil),
                        body: JSONObject(), renew: { Authority(.anonymous, nil) }))
            }
        }
    }

    private func answer(_ request: WebRequest, _ operation: Operation) async throws -> WebResponse {
        do {
            let authority = try await authorize(request, operation)
            let body = try read(request, operation)
            let acting = try await acting(as: authority.caller, isReading: request.method == .get)
            let call = APICall(request: request, installation: acting, authority: authority, body: body) {
                try await authorize(request, operation)
            }
            guard operation.isRepeatable, let key = try IdempotencyKey(request, caller: authority.caller.actor) else {
                return try await operation.run(call)
            }
            return try await key.once(in: acting.context.database, at: acting.now) { try await operation.run(call) }
        } catch {
            throw Problem(error) ?? error
        }
    }

    /// The installation at this moment, for this caller. To write the time down for each who only reads would
    /// cost a commit.
    private func acting(as caller: Caller, isReading: Bool) async throws -> Installation {
        guard isReading else {
            return try await installation.acting(as: caller.actor, isProven: !caller.isAsserted)
        }
        return try await recent.current().reading(as: caller.actor)
    }

    /// Who asks, if they may.
    private func authorize(_ request: WebRequest, _ operation: Operation) async throws -> Authority {
        guard operation.access != .everyone else { return Authority(.anonymous, nil) }
        guard let caller = try await authenticate(request) else { throw Problem.unauthorized() }
        let authority = Authority(caller, try await books.current())
        guard operation.access.allows(authority) else {
            throw Problem.forbidden("this is for \(operation.access.words)")
        }
        return authority
    }

    /// The body, once it and the query are as the document says.
    private func read(_ request: WebRequest, _ operation: Operation) throws(Problem) -> JSONObject {
        for name in operation.pattern.names {
            let text = try request.parameter(name).unicodeScalars
            guard text.count <= 200, !text.contains("\0") else {
                throw .notFound("no `\(name)` is so long, or has such a character in it")
            }
        }
        try request.query.allow(Set(operation.query.map(\.name)))
        var faults: [Problem.Fault] = []
        for parameter in operation.query {
            guard let text = try request.query.value(parameter.name) else { continue }
            faults += parameter.schema.faults(in: parameter.schema.value(ofQuery: text), at: parameter.name)
        }
        guard faults.isEmpty else { throw .faulty(faults) }
        guard let body = operation.body else { return JSONObject() }
        if request.body.isEmpty {
            guard !body.isOptional else { return JSONObject() }
            throw Problem(.badRequest, "missing-body", "a body is needed")
        }
        guard body.types == ["application/json"] else { return JSONObject() }
        let json = try request.json()
        faults = body.schema.faults(in: json)
        guard faults.isEmpty else { throw .faulty(faults) }
        return json.object ?? JSONObject()
    }
}

extension Problem {
    fileprivate static func faulty(_ faults: [Fault]) -> Problem {
        Problem(
            .badRequest, "invalid-value",
            faults.map { $0.at.isEmpty ? $0.message : "\($0.at): \($0.message)" }
                .joined(separator: "; "), faults: faults)
    }
}

extension Schema {
    /// What the text of a query stands for.
    fileprivate func value(ofQuery text: String) -> JSONValue {
        switch self {
        case .integer: Int64(text).map(JSONValue.integer) ?? .string(text)
        case .boolean: ["true": true, "false": false][text].map(JSONValue.bool) ?? .string(text)
        default: .string(text)
        }
    }
}

import AccessModel
import ControlPlane
import Foundation
import Lifecycle
import Logging
import Persistence
import SCIMServer
import SignIn
import Traces
import WebServer

/// Puts a server together from its configuration: who may speak, what it answers, what it works.
public struct ServerAssembly: Sendable {
    private let installation: Installation
    private let configuration: ServerConfiguration
    private let environment: [String: String]
    private let logger: Logger
    private let version: String
    private let port: Int
    /// Nil but where people are taken at their word.
    public var rehearsal: Rehearsal?
    /// By which what was read is taken for new for a second.
    var steady: SteadyClock?
    /// Rung for the work.
    private let bell = WorkBell()
    /// Rung for the definitions, by who pushes to their repository.
    private let pushes = WorkBell()

    /// - Parameter port: What it listens on; the configuration's, where that names one.
    public init(
        _ installation: Installation, _ configuration: ServerConfiguration, port: Int, environment: [String: String],
        version: String, logger: Logger
    ) {
        self.installation = installation.observed { WorkLog(logger).tell($0) }
        self.configuration = configuration
        self.environment = environment
        self.port = port
        self.version = version
        self.logger = logger
    }

    /// Where browsers and other systems reach it.
    public var address: String {
        if let url = configuration.publicURL { return url }
        let scheme = configuration.certificate == nil ? "http" : "https"
        return "\(scheme)://\(configuration.address):\(port)"
    }

    /// Who speaks to it.
    public func signIn() async throws -> ServerSignIn {
        let near = configuration.privateIssuers.map { IssuerSettings($0, reach: .privateNetworks) }
        var provider: SignInSettings.Provider?
        if let issuer = configuration.issuer, let id = configuration.clientID {
            provider = SignInSettings.Provider(
                client: ProviderClient(
                    issuer: near.first { $0.issuer == issuer } ?? IssuerSettings(issuer), id: id,
                    secret: try configuration.clientSecret(environment)),
                audience: configuration.audience,
                clients: Set(configuration.commandClientID.map { [$0] } ?? []),
                personClaim: PersonClaim(configuration.personClaim))
        }
        return try await installation.signIn(SignInSettings(server: address, provider: provider, workloadIssuers: near))
    }

    /// Everything that it answers.
    func branches(_ signIn: ServerSignIn) throws -> [RouteTable.Branch] {
        var provider: TenureAPI.Provider?
        if let issuer = configuration.issuer, let id = configuration.clientID {
            provider = TenureAPI.Provider(issuer: issuer, clientID: configuration.commandClientID ?? id)
        }
        let api = TenureAPI(installation, version: version, provider: provider, steady: steady) { [rehearsal] request in
            if let rehearsal {
                if let person = try await rehearsal.person(of: request) { return .person(person, isAsserted: true) }
            } else {
                try Rehearsal.refuseFields(of: request)
            }
            return try await Self.caller(of: request, signIn)
        }
        var branches = [
            RouteTable.Branch(
                api.routes + signIn.routes()
                    + (try installation.intakeRoutes(configuration, environment: environment) { [bell] _ in
                        bell.ring()
                    } taken: { [logger] in
                        WorkLog(logger).tell($0)
                    }) + (try gitHooks()))
        ]
        if configuration.providesSCIM {
            let desk = SCIMPeopleDesk(installation)
            let service = SCIMService(
                database: installation.context.database, publicURL: address, intake: desk,
                bodyLimit: min(SCIMService.bodyLimit, configuration.bodyLimit),
                clock: installation.ticking, newBytes: Installation.randomBytes)
            branches.append(RouteTable.Branch(desk.routes(of: service), render: SCIMService.render))
        }
        return branches.map(bound)
    }

    public func server(_ signIn: ServerSignIn) throws -> TenureServer {
        let work =
            configuration.worksItself ? Installation.WatchSettings(interval: configuration.reconcileInterval) : nil
        var parts = TenureServer.Parts(
            web: try web(), branches: try branches(signIn), work: work,
            grace: .milliseconds(configuration.stopGrace.milliseconds), logger: logger)
        parts.definitions = try definitions()
        parts.tracer = tracer
        parts.housekeeping = { try await signIn.sumUpRefusals() }
        return TenureServer(installation, parts, bell: bell)
    }

    /// The same without what answers, but for whether it lives and is ready.
    ///
    /// - Throws: ``InstallationError`` where the state is not on a database server: a file is one process's to work on.
    public func worker() throws -> TenureServer {
        guard installation.isOnServer else {
            throw InstallationError(
                code: .usage, operation: "start a worker",
                message: "workers share a PostgreSQL server (`state: postgres://...`); with a state in a file "
                    + "`tenure serve` does the work itself")
        }
        let health = TenureAPI.health(installation, version: version)
        var parts = TenureServer.Parts(
            web: configuration.healthPort.map { WebSettings(host: "127.0.0.1", port: $0, maximumConnections: 16) },
            branches: [RouteTable.Branch(health)],
            work: Installation.WatchSettings(interval: configuration.reconcileInterval),
            grace: .milliseconds(configuration.stopGrace.milliseconds), logger: logger)
        parts.definitions = try definitions()
        parts.tracer = tracer
        return TenureServer(installation, parts)
    }

    private func gitHooks() throws -> [Route] {
        guard let hook = try configuration.forgeHook(environment) else { return [] }
        return GitHookRoutes(hook, now: installation.ticking, bell: pushes).routes
    }

    private func definitions() throws -> DefinitionRun? {
        switch configuration.definitions {
        case nil: return nil
        case .folder(let path)?:
            return DefinitionRun(
                installation: installation, source: .folder(path), interval: .seconds(5), logger: logger)
        case .repository(let url, let branch, let interval)?:
            let repository = try DefinitionRepository(
                url: url, branch: branch, folder: installation.definitionCopyFolder,
                credential: try configuration.gitCredential(environment), signers: configuration.signers)
            return DefinitionRun(
                installation: installation, source: .repository(repository),
                interval: .milliseconds(interval.milliseconds), bell: pushes, forge: try forge(), logger: logger)
        }
    }

    /// Nil without a token: then nothing is said there.
    private func forge() throws -> RepositoryForge? {
        guard let place = configuration.forgePlace, let token = try configuration.forgeToken(environment) else {
            return nil
        }
        return try RepositoryForge(place, token: token, clock: installation.ticking)
    }

    /// Nil where a request bears neither token nor session.
    private static func caller(of request: WebRequest, _ signIn: ServerSignIn) async throws -> Caller? {
        guard request.headers[.authorization] != nil || request.headers[.cookie] != nil else { return nil }
        switch try await signIn.authenticate(request) {
        case .person(let id, _): return .person(id)
        case .workload(let identity, let group): return .pipeline(group, workload: "\(identity)")
        }
    }

    private func web() throws -> WebSettings {
        WebSettings(
            host: configuration.address, port: port, tls: try ServerTLS(configuration)?.settings(logger),
            maximumConnections: configuration.maximumConnections,
            idleTimeout: .milliseconds(configuration.idleTimeout.milliseconds),
            bodyTimeout: .milliseconds(configuration.requestTimeout.milliseconds),
            headerLimit: configuration.headerLimit, requestsPerSecond: configuration.requestsPerSecond,
            isTraced: configuration.isTraced)
    }

    /// Nil where nothing is traced.
    private var tracer: LineTracer? {
        guard configuration.isTraced else { return nil }
        return LineTracer(newBytes: Installation.randomBytes) { [logger] in WorkLog(logger).tell($0) }
    }

    /// The same routes within the limits of the configuration. What changes something wakes the work.
    private func bound(_ branch: RouteTable.Branch) -> RouteTable.Branch {
        let routes = branch.routes.map { [bell, limit = configuration.bodyLimit] route in
            let isFeed = Self.feeds.contains(route.pattern)
            let gate = route.gate.map { gate in
                { @Sendable (request: WebRequest) in
                    try await CausingRequest.$current.withValue(request.correlation) { try await gate(request) }
                }
            }
            return Route(
                route.method, route.pattern, name: route.name,
                bodyLimit: isFeed ? route.bodyLimit : min(route.bodyLimit, limit),
                gate: gate
            ) { request in
                let response = try await CausingRequest.$current.withValue(request.correlation) {
                    try await route.handler(request)
                }
                if route.method != .get { bell.ring() }
                return response
            }
        }
        return RouteTable.Branch(routes, render: branch.render)
    }

    /// Whole feeds have a limit of their own.
    private static let feeds: Set<RoutePattern> = ["/hooks/hr/snapshot", "/api/v1/people/snapshots"]
}

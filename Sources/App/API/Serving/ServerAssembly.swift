import AccessModel
import ControlPlane
import Foundation
import Lifecycle
import Logging
import NIOSSL
import SCIMServer
import SignIn
import WebServer

/// Puts a server together from its configuration: who may speak, what it answers, what it works.
public struct ServerAssembly: Sendable {
    private let installation: Installation
    private let configuration: ServerConfiguration
    private let environment: [String: String]
    private let logger: Logger
    private let version: String
    /// By which what was read is taken for new for a second.
    var steady: SteadyClock?

    public init(
        _ installation: Installation, _ configuration: ServerConfiguration, environment: [String: String],
        version: String, logger: Logger
    ) {
        self.installation = installation
        self.configuration = configuration
        self.environment = environment
        self.version = version
        self.logger = logger
    }

    /// Where browsers and other systems reach it.
    public var address: String {
        if let url = configuration.publicURL { return url }
        let scheme = configuration.certificate == nil ? "http" : "https"
        return "\(scheme)://\(configuration.address):\(configuration.port)"
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
                audience: configuration.audience, personClaim: PersonClaim(configuration.personClaim))
        }
        return try await installation.signIn(SignInSettings(server: address, provider: provider, workloadIssuers: near))
    }

    /// Everything that it answers.
    func branches(_ signIn: ServerSignIn) throws -> [RouteTable.Branch] {
        let api = TenureAPI(installation, version: version, steady: steady) { request in
            try await Self.caller(of: request, signIn)
        }
        var branches = [
            RouteTable.Branch(
                api.routes + signIn.routes()
                    + (try installation.intakeRoutes(configuration, environment: environment) { _ in }))
        ]
        if configuration.providesSCIM {
            let desk = SCIMPeopleDesk(installation)
            let service = SCIMService(
                database: installation.context.database, publicURL: address, intake: desk,
                clock: installation.ticking, newBytes: Installation.randomBytes)
            branches.append(RouteTable.Branch(desk.routes(of: service), render: SCIMService.render))
        }
        return branches
    }

    public func server(_ signIn: ServerSignIn) throws -> TenureServer {
        let work = Installation.WatchSettings(interval: configuration.reconcileInterval)
        var parts = TenureServer.Parts(
            web: try web(), branches: try branches(signIn), work: work,
            grace: .milliseconds(configuration.stopGrace.milliseconds), logger: logger)
        parts.definitions = try definitions()
        parts.housekeeping = { try await signIn.sumUpRefusals() }
        return TenureServer(installation, parts)
    }

    private func definitions() throws -> DefinitionRun? {
        switch configuration.definitions {
        case nil: return nil
        case .folder(let path)?:
            return DefinitionRun(
                installation: installation, source: .folder(path), interval: .seconds(5), logger: logger)
        case .repository(let url, let branch, let interval)?:
            let checkout = try DefinitionCheckout(
                url: url, branch: branch, folder: installation.definitionCheckoutFolder)
            return DefinitionRun(
                installation: installation, source: .repository(checkout),
                interval: .milliseconds(interval.milliseconds), logger: logger)
        }
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
            host: configuration.address, port: configuration.port, tls: try tls(),
            maximumConnections: configuration.maximumConnections,
            idleTimeout: .milliseconds(configuration.idleTimeout.milliseconds),
            bodyTimeout: .milliseconds(configuration.requestTimeout.milliseconds),
            headerLimit: configuration.headerLimit, requestsPerSecond: configuration.requestsPerSecond)
    }

    private func tls() throws -> TLSConfiguration? {
        guard let certificate = configuration.certificate, let key = configuration.certificateKey else { return nil }
        do {
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
            tls.minimumTLSVersion = .tlsv12
            if let authorities = configuration.clientAuthorities, configuration.clientCertificates != .off {
                tls.trustRoots = .file(authorities)
                tls.certificateVerification =
                    configuration.clientCertificates == .required
                    ? .noHostnameVerification : .optionalVerification
            }
            return tls
        } catch {
            throw InstallationError(
                code: .file, operation: "set TLS up with `\(certificate)`",
                message: "the certificate or its key cannot be read: \(error)")
        }
    }
}

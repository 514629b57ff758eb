import API
import Answers
import ArgumentParser
import ControlPlane
import Foundation
import Logging
import WebServer

struct ServeCommand: KeeperCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the server: API, sign-in, HR and SCIM intake, and the work that follows.",
        discussion: """
            Without a provider to sign in with, it prints a link by which --admin signs in once, from this machine. \
            Ends on SIGINT or SIGTERM, once what has begun is done.
            """)

    @Option(help: "Who signs in first where there is no provider: a person's id or e-mail.")
    var admin: String?

    @Flag(
        help: """
            For trying things out: who acts and what time it is are what each command says, with --as and TENURE_CLOCK. \
            Needs TENURE_CLOCK and --admin, who acts unless told otherwise.
            """)
    var rehearsal = false

    @OptionGroup var configured: ConfigurationOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let configuration = try options.configuration(configured)
        let environment = ProcessInfo.processInfo.environment
        let installation = try await Installation.open(
            try configuration.stateFolder(environment), as: options.actor, creating: true)
        do {
            try await serve(installation, configuration, environment)
            try await installation.close()
        } catch {
            try await installation.close()
            throw error
        }
    }

    private func serve(
        _ installation: Installation, _ configuration: ServerConfiguration, _ environment: [String: String]
    ) async throws {
        let console = options.console
        let logger = ServerLog.make(configuration)
        let port =
            configuration.port == 0 ? try await FreePort.find(on: configuration.address) : configuration.port
        var assembly = ServerAssembly(
            installation, configuration, port: port, environment: environment, version: RootCommand.version,
            logger: logger)
        if rehearsal { assembly.rehearsal = try await startRehearsal(installation, configuration) }
        let token = assembly.rehearsal?.token
        let signIn = try await assembly.signIn()
        let server = try assembly.server(signIn)
        let link = try await firstLink(installation, configuration, signIn, on: assembly.address)
        try await server.run { port in
            console.note("tenure \(RootCommand.version) on \(configuration.address):\(port); ends on SIGINT or SIGTERM")
            if let link { console.note("\(link)") }
            if let token {
                console.note("a rehearsal, in which everybody is taken at their word: TENURE_TOKEN=\(token)")
            }
        }
    }

    private func startRehearsal(
        _ installation: Installation, _ configuration: ServerConfiguration
    ) async throws -> Rehearsal {
        guard let admin else { throw ValidationError("--rehearsal needs --admin: who acts unless told otherwise") }
        return try await Rehearsal(installation, as: admin, listeningOn: configuration.address)
    }

    /// Shown once, to whoever started the server.
    private func firstLink(
        _ installation: Installation, _ configuration: ServerConfiguration, _ signIn: ServerSignIn, on address: String
    ) async throws -> String? {
        guard let admin else {
            return configuration.issuer == nil
                ? "nobody can sign in: name a provider (oidc.issuer), or the first admin with --admin PERSON" : nil
        }
        let link = try await installation.makeBootstrapLink(for: admin, on: signIn)
        return "once, within 15 minutes, from this machine: \(link.address(on: address).reveal())"
    }
}

extension GlobalOptions {
    /// How a server is configured; complains of all that is wrong.
    func configuration(_ configured: ConfigurationOptions) throws -> ServerConfiguration {
        var further: [ServerConfiguration.Flag] = []
        if let state { further.append(ServerConfiguration.Flag("--state", "state", state)) }
        if let keys { further.append(ServerConfiguration.Flag("--keys", "keys", keys)) }
        let configuration = configured.read(further)
        for diagnostic in configuration.diagnostics { Console.complain(DiagnosticLine(diagnostic).text(console.ink)) }
        guard configuration.isValid else {
            Console.complain("error: the server's configuration has errors; `tenure config check` shows all of it")
            throw ExitStatus.failed
        }
        return configuration
    }
}

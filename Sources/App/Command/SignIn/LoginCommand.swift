import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import Foundation
import SignIn

/// The provider that a command signs in with.
struct ProviderOptions: ParsableArguments {
    @Option(help: "The provider's issuer, exactly as its tokens have it. Default: $TENURE_ISSUER.")
    var issuer: String?

    @Option(name: .customLong("client-id"), help: "What the command line is called there. Default: $TENURE_CLIENT_ID.")
    var clientID: String?

    @Option(help: "A PEM file with the authorities to trust instead of the system's.")
    var authorities: String?

    func signIn(_ issuer: String, _ clientID: String, scopes: [String]) throws -> CommandSignIn {
        guard ProviderAddress(issuer) != nil else {
            throw ValidationError("the issuer is an https address, or http on this machine")
        }
        // Whoever types an address means it, wherever it leads.
        let settings = IssuerSettings(issuer, reach: .privateNetworks, certificateAuthorities: authorities)
        let clock = try InstallationClock()
        let client = ProviderClient(issuer: settings, id: clientID, scopes: scopes)
        return CommandSignIn(
            client: client, keys: IssuerKeys(now: { clock.now() }),
            http: ProviderHTTP(settings, clock: { clock.now() }), now: { clock.now() }, random: SecretBytes.make)
    }

    static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

struct LoginCommand: AccountCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Sign in at the provider, and keep the tokens in a file of your own.",
        discussion: """
            With this machine's browser, or with --device on another one. The file is credentials.json in \
            $XDG_CONFIG_HOME/tenure or ~/.config/tenure, readable by its owner alone. With --server the provider is the one \
            that the server names, and what it gives is sent to that server alone.
            """)

    @OptionGroup var provider: ProviderOptions

    @Flag(help: "Show a code to enter on another device.")
    var device = false

    @Option(help: "What to ask for besides openid; may be repeated.")
    var scope: [String] = ["email", "profile"]

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let named = try await RemoteServer(options, isSignedIn: false)
        let stated = try await named?.provider()
        guard
            let issuer = provider.issuer ?? stated?.issuer ?? ProviderOptions.environment("TENURE_ISSUER"),
            let clientID = provider.clientID ?? stated?.clientID ?? ProviderOptions.environment("TENURE_CLIENT_ID")
        else { throw ValidationError("name the provider with --issuer and --client-id") }
        let signIn = try provider.signIn(issuer, clientID, scopes: scope)
        let grant: SignInGrant
        if device {
            // Not a remark: without it nobody can go on, whatever the output is.
            grant = try await signIn.onDevice { prompt in
                Console.complain("open \(TextTable.visible(prompt.completeAddress ?? prompt.address))")
                Console.complain("and enter the code \(TextTable.visible(prompt.code))")
            }
        } else {
            grant = try await signIn.inBrowser { address in Console.complain("open \(TextTable.visible(address))") }
        }
        let file = CredentialFile()
        try file.write(grant, for: named?.address)
        let console = options.console
        if console.format == .json {
            console.print(grant.json.prettyText)
        } else {
            let name = grant.email ?? grant.subject ?? "somebody whom the provider does not name"
            console.print("signed in as \(TextTable.visible(name))")
            console.note("the tokens are in \(file.path)")
        }
    }
}

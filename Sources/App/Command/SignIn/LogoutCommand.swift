import ArgumentParser
import ControlPlane
import SignIn
import StrictJSON

struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Give the tokens back to the provider, and remove their file.")

    @Option(help: "A PEM file with the authorities to trust instead of the system's.")
    var authorities: String?

    @Flag(help: "Only remove the file; the provider is not told.")
    var offline = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let file = CredentialFile()
        var isRevoked = false
        if !offline { isRevoked = await revoke(file) }
        let wasThere = try file.remove()
        let console = options.console
        if console.format == .json {
            let result: JSONValue = ["signed_out": .bool(wasThere), "revoked": .bool(isRevoked)]
            console.print(result.prettyText)
        } else {
            console.print(wasThere ? "signed out" : "nobody was signed in")
        }
    }

    /// The file goes whatever the provider says.
    private func revoke(_ file: CredentialFile) async -> Bool {
        do {
            guard let grant = try file.read() else { return false }
            let provider = try ProviderOptions.parse(authorities.map { ["--authorities", $0] } ?? [])
            let isRevoked = try await provider.signIn(grant.issuer, grant.clientID, scopes: []).revoke(grant)
            if !isRevoked { Console.complain("warning: the provider could not be told; its tokens end by themselves") }
            return isRevoked
        } catch {
            Console.complain("warning: the provider was not told: \(TextTable.visible("\(error)"))")
            return false
        }
    }
}

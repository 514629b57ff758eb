import Answers
import ArgumentParser
import ControlPlane
import SignIn
import StrictJSON

struct LogoutCommand: AccountCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract:
            "Give the tokens back to the provider, and remove their file; with --server those of that server alone.")

    @Option(help: "A PEM file with the authorities to trust instead of the system's.")
    var authorities: String?

    @Flag(help: "Only remove the file; the provider is not told.")
    var offline = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let file = CredentialFile()
        var isRevoked = false
        let server = try options.server.map { try RemoteServer.check($0) }
        if !offline { isRevoked = await revoke(file, server) }
        let wasThere = try server.map { try file.remove(for: $0) } ?? file.remove()
        let console = options.console
        if console.format == .json {
            let result: JSONValue = ["signed_out": .bool(wasThere), "revoked": .bool(isRevoked)]
            console.print(result.prettyText)
        } else {
            console.print(wasThere ? "signed out" : "nobody was signed in")
        }
    }

    /// The tokens go from here whatever the provider says.
    private func revoke(_ file: CredentialFile, _ server: String?) async -> Bool {
        do {
            let grants = try server.map { server in try file.read(for: server).map { [$0] } ?? [] } ?? file.all()
            let provider = try ProviderOptions.parse(authorities.map { ["--authorities", $0] } ?? [])
            var areRevoked = !grants.isEmpty
            for grant in grants {
                let isRevoked = try await provider.signIn(grant.issuer, grant.clientID, scopes: []).revoke(grant)
                areRevoked = areRevoked && isRevoked
            }
            if !areRevoked, !grants.isEmpty {
                Console.complain("warning: the provider could not be told; its tokens end by themselves")
            }
            return areRevoked
        } catch {
            Console.complain("warning: the provider was not told: \(TextTable.visible("\(error)"))")
            return false
        }
    }
}

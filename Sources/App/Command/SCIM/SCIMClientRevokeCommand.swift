import ArgumentParser
import ControlPlane
import StrictJSON

struct SCIMClientRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a client's access for good. What it made stays.")

    @Argument(help: "The client's name.")
    var name: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let client = try await options.withInstallation { installation in
            try await installation.scimClients.revoke(name)
        }
        if console.format == .json {
            console.print(JSONValue.object(SCIMClientText.json(client)).prettyText)
        } else {
            console.print("\(client.name) is revoked")
        }
    }
}

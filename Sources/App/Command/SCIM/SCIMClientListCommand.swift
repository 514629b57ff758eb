import ArgumentParser
import ControlPlane
import StrictJSON

struct SCIMClientListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the clients, by name.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let clients = try await options.withInstallation { installation in try await installation.scimClients.list() }
        if console.format == .json {
            console.print(JSONValue.array(clients.map { .object(SCIMClientText.json($0)) }).prettyText)
            return
        }
        var table = TextTable("NAME", "PERSON", "LEAVER", "CREATED", "LAST USED", "REVOKED")
        for client in clients {
            table.add(
                client.name.text, client.personIdentity.rawValue, client.leaver.rawValue,
                client.createdAt.description, client.lastUsedAt?.description ?? "", client.revokedAt?.description ?? "")
        }
        console.print(table.text(console))
    }
}

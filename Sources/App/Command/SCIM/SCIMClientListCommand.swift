import Answers
import ArgumentParser
import ControlPlane

struct SCIMClientListCommand: AnswerCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the clients, by name.")

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout {
        .clients(try await installation.scimClients.list())
    }

    func call(_ server: RemoteServer) -> RemoteCall { .list("scim", "clients") }
}

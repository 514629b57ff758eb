import Answers
import ArgumentParser
import ControlPlane

struct SCIMClientRevokeCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a client's access for good. What it made stays.")

    @Argument(help: "The client's name.")
    var name: String

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout {
        .revoked(try await installation.scimClients.revoke(name))
    }

    func call(_ server: RemoteServer) -> RemoteCall { .post("scim", "clients", name, "revoke", repeats: .always) }
}

import Answers
import ArgumentParser
import ControlPlane

struct SCIMClientRotateCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Give a client another token; the one before is worth nothing from then on.")

    @Argument(help: "The client's name.")
    var name: String

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout {
        .issued(try await installation.scimClients.rotate(name))
    }

    func call(_ server: RemoteServer) -> RemoteCall { .post("scim", "clients", name, "rotate") }
}

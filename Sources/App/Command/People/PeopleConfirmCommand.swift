import Answers
import ArgumentParser
import ControlPlane

struct PeopleConfirmCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Vouch that a mover still belongs to a tenant, so that nothing lapses there.")

    @Argument(help: "A person's id or e-mail.")
    var person: String

    @Argument(help: "The tenant.")
    var tenant: String

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout {
        let confirmed = try await installation.people().confirm(person, tenant: tenant)
        return .confirmed(confirmed.text, in: tenant)
    }

    func call(_ server: RemoteServer) -> RemoteCall {
        .post("people", person, "confirm", body: [.init("tenant", tenant)], repeats: .always)
    }
}

import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import Lifecycle

struct PeopleShowCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show everybody whom HR ever named, or one person.")

    @Argument(help: "A person's id or e-mail.")
    var person: String?

    @Option(help: "As of this time: 2026-11-21 or 2026-11-21T17:00:00Z.")
    var at: Instant?

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout {
        let roster = try await installation.people().roster(at: at ?? installation.now)
        return .people(try person.map { [try roster.find($0)] } ?? roster.states)
    }

    func call(_ server: RemoteServer) -> RemoteCall {
        .list("people", query: [.init("person", person), .init("at", at)])
    }
}

import AccessModel
import Answers
import ArgumentParser
import ControlPlane

struct ExplainCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "What a person has, now or at a time, and why: down to the line.")

    @Argument(help: "A person's id or e-mail.")
    var person: String

    @Option(help: "At this time: 2026-11-21 or 2026-11-21T17:00:00Z.")
    var at: Instant?

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout {
        .explanation(try await installation.history(at: at).explain(person))
    }

    func call(_ server: RemoteServer) -> RemoteCall {
        .get("people", person, "access", query: [.init("at", at)])
    }
}

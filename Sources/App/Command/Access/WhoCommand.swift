import AccessModel
import Answers
import ArgumentParser
import ControlPlane

struct WhoCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "who", abstract: "Who is in a group, now or at a time, and why.")

    @Argument(help: "payments/live/contributor, Group(\"payments\", \"live\", \"contributor\") or a slug; `_` for any.")
    var group: String

    @Option(help: "At this time: 2026-11-21 or 2026-11-21T17:00:00Z.")
    var at: Instant?

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout {
        .holders(try await installation.history(at: at).who(group))
    }

    func call(_ server: RemoteServer) -> RemoteCall {
        .get("groups", group, "members", query: [.init("at", at)])
    }
}

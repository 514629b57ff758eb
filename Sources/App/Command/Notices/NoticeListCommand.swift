import Answers
import ArgumentParser
import ControlPlane

struct NoticeListCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what waits to be told, the oldest first.")

    @Flag(help: "Also what was told or given up, as far as it is kept beside the log.")
    var all = false

    @OptionGroup var options: GlobalOptions

    static let isTelling = false

    func answer(_ installation: Installation) async throws -> Printout {
        .notices(try await installation.waitingNotices(all: all))
    }

    func call(_ server: RemoteServer) -> RemoteCall { .list("notices", query: [.init("all", all)]) }
}

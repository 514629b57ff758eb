import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import Notices

struct NoticeSendCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Tell what is due now, with more time than other commands take for it.")

    @Option(help: "How long to go on: 30s, 5m or PT5M.")
    var wait = Span.seconds(60)

    @OptionGroup var options: GlobalOptions

    static let isTelling = false

    func answer(_ installation: Installation) async throws -> Printout {
        .told(try await installation.deliverNotices(budget: wait) ?? NoticeDelivery.Summary())
    }

    func call(_ server: RemoteServer) -> RemoteCall {
        .post("notices", "send", body: [.init("wait", wait)], repeats: .always).waiting(wait)
    }
}

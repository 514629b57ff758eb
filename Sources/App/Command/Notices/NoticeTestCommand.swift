import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import StrictJSON

struct NoticeTestCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a test by every route of notices.yaml that is `on: notice.test`.")

    @Option(help: "Who is written to where a route goes to the requester.")
    var to: [String] = []

    @Option(help: "How long to go on: 30s, 5m or PT5M.")
    var wait = Span.seconds(30)

    @OptionGroup var options: GlobalOptions

    static let isTelling = false

    func answer(_ installation: Installation) async throws -> Printout {
        .tested(try await installation.testNotice(to: to, budget: wait))
    }

    func call(_ server: RemoteServer) -> RemoteCall {
        .post("notices", "test", body: [.init("to", .array(to.map { .string($0) })), .init("wait", wait)])
            .waiting(wait)
    }
}

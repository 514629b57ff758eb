import AccessModel
import Answers
import ArgumentParser
import ControlPlane

struct NoticeTestCommand: KeeperCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a test by every route of notices.yaml that is `on: notice.test`.")

    @Option(help: "Who is written to where a route goes to the requester.")
    var to: [String] = []

    @Option(help: "How long to go on: 30s, 5m or PT5M.")
    var wait = Span.seconds(30)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let recipients = try to.map { text in
            guard let address = EmailAddress(text) else {
                throw InstallationError(
                    code: .usage, operation: "test notices", message: "`\(text)` is no e-mail address")
            }
            return address
        }
        let console = options.console
        let summary = try await options.withInstallation(telling: false) { installation in
            _ = try await installation.testNotice(to: recipients)
            return try await installation.deliverNotices(budget: wait)
        }
        guard let summary, summary.delivered + summary.failed + summary.givenUp > 0 else {
            Console.complain("error: no route takes it; notices.yaml needs one that is `on: notice.test`, applied")
            throw ExitStatus.failed
        }
        console.print("\(summary.delivered) told, \(summary.failed) to be tried again, \(summary.givenUp) given up")
        NoticeRemarks.complain(of: summary)
        if summary.failed + summary.givenUp > 0 { throw ExitStatus.failed }
    }
}

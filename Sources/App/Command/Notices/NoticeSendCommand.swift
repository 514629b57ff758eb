import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import StrictJSON

struct NoticeSendCommand: KeeperCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Tell what is due now, with more time than other commands take for it.")

    @Option(help: "How long to go on: 30s, 5m or PT5M.")
    var wait = Span.seconds(60)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let summary = try await options.withInstallation(telling: false) { installation in
            try await installation.deliverNotices(budget: wait)
        }
        let (delivered, failed, givenUp) = (summary?.delivered ?? 0, summary?.failed ?? 0, summary?.givenUp ?? 0)
        if console.format == .json {
            let json: JSONValue = [
                "delivered": .integer(Int64(delivered)), "failed": .integer(Int64(failed)),
                "given_up": .integer(Int64(givenUp)),
                "problems": .object(
                    JSONObject(
                        (summary?.problems ?? [:]).sorted { $0.key < $1.key }
                            .map { JSONObject.Member(name: $0.key, value: .string($0.value)) })),
            ]
            console.print(json.prettyText)
        } else {
            console.print("\(delivered) told, \(failed) to be tried again, \(givenUp) given up")
        }
        if let summary { NoticeRemarks.complain(of: summary) }
        if failed + givenUp > 0 { throw ExitStatus.failed }
    }
}

import AccessModel
import Answers
import ArgumentParser
import ControlPlane

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Numbers about the installation itself.",
        subcommands: [ServiceLevelsCommand.self], defaultSubcommand: ServiceLevelsCommand.self)

    struct ServiceLevelsCommand: AnswerCommand {
        static let configuration = CommandConfiguration(
            commandName: "slis", abstract: "Time to provision, time to revoke, and the rest, from the audit log alone.")

        @Option(help: "From this time, 2026-11-21 or 2026-11-21T17:00:00Z; the beginning of the log otherwise.")
        var from: Instant?

        @Option(help: "Until before this time, 2026-11-21 or 2026-11-21T17:00:00Z; now otherwise.")
        var to: Instant?

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            .serviceLevels(try await installation.serviceLevels(from: from, to: to))
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            .get("reports", "slis", query: [.init("from", from), .init("to", to)])
        }
    }
}

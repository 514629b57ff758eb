import AccessModel
import ArgumentParser
import ControlPlane

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Numbers about the installation itself.",
        subcommands: [ServiceLevelsCommand.self], defaultSubcommand: ServiceLevelsCommand.self)

    struct ServiceLevelsCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "slis", abstract: "Time to provision, time to revoke, and the rest, from the audit log alone.")

        @Option(help: "From this time, 2026-11-21 or 2026-11-21T17:00:00Z; the beginning of the log otherwise.")
        var from: Instant?

        @Option(help: "Until before this time, 2026-11-21 or 2026-11-21T17:00:00Z; now otherwise.")
        var to: Instant?

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let console = options.console
            let report = try await options.withInstallation { installation in
                try await installation.serviceLevels(
                    from: from ?? Instant(milliseconds: 0), to: to ?? installation.now + .seconds(1))
            }
            console.print(console.format == .json ? report.json.prettyText : report.text)
        }
    }
}

import AccessModel
import ArgumentParser
import ControlPlane
import Lifecycle
import Planning

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what would change, and change nothing.")

    @Argument(help: "The folder that holds platform.yaml.")
    var directory = "."

    @Option(help: "Only what concerns this person, an id or an e-mail.")
    var person: String?

    @Option(help: "As if it were this time: 2026-11-21 or 2026-11-21T17:00:00Z.")
    var at: Instant?

    @Option(help: "Write the plan to a file, to be reviewed and applied as it is.")
    var out: String?

    @Flag(help: "Exit with 2 when there are changes.")
    var detailedExitcode = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surveyed = try await options.withInstallation { installation in
            try await installation.survey(directory, person: person, at: at)
        }
        let printer = PlanPrinter(console: options.console)
        printer.print(surveyed)
        if let out {
            try ReviewedPlan(surveyed).write(to: out)
            options.console.note("\nThe plan is in \(out); `tenure apply \(out)` does exactly this.")
        }
        try printer.finish(surveyed, detailedExitcode: detailedExitcode)
    }
}

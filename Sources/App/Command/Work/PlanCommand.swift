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

    @Option(help: "As if it were this time.")
    var at: Instant?

    @Option(help: "Write the plan to a file, to be reviewed and applied as it is.")
    var out: String?

    @Flag(help: "Exit with 2 when there are changes.")
    var detailedExitcode = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surveyed = try await options.withInstallation { installation in
            try await SurveyGuard.run { try await installation.survey(directory, person: person, at: at) }
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

/// Prints what is wrong with files that cannot be used at all, as `validate` does.
enum SurveyGuard {
    static func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let broken as BrokenDefinitions {
            for diagnostic in broken.diagnostics { Console.complain(diagnostic.text) }
            Console.complain("error: the definitions have errors, and none were applied before")
            throw ExitStatus.failed
        }
    }
}

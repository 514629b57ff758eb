import ArgumentParser
import ControlPlane

struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Show where targets differ from the definitions last applied.")

    @Flag(help: "Exit with 2 when there are differences.")
    var detailedExitcode = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surveyed = try await options.withInstallation { installation in
            try await installation.surveyInForce()
        }
        let printer = PlanPrinter(console: options.console)
        printer.print(surveyed)
        try printer.finish(surveyed, detailedExitcode: detailedExitcode)
    }
}

import AccessModel
import ArgumentParser
import ControlPlane

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile", abstract: "Make the definitions last applied hold again, and whatever is due.")

    @Option(help: "Only what concerns this person, an id or an e-mail.")
    var person: String?

    @Option(help: "How long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
    var wait = Span.seconds(30)

    @Flag(help: "Exit with 2 when there were changes.")
    var detailedExitcode = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withInstallation { installation in
            let surveyed = try await installation.surveyInForce(person: person)
            let applier = PlanApplier(console: options.console, wait: wait)
            let applied = try await applier.apply(surveyed, on: installation)
            try applier.finish(applied, detailedExitcode: detailedExitcode)
        }
    }
}

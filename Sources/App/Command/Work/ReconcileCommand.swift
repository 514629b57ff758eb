import AccessModel
import ArgumentParser
import ControlPlane
import Lifecycle

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile", abstract: "Make the definitions last applied hold again, and whatever is due.",
        discussion: """
            With --watch it stays, does what falls due to the second, and ends on SIGINT or SIGTERM.
            """)

    @Option(help: "Only what concerns this person, an id or an e-mail.")
    var person: String?

    @Option(help: "How long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
    var wait = Span.seconds(30)

    @Flag(help: "Stay, and work what falls due until told to end.")
    var watch = false

    @Option(help: "With --watch: how often to look at everything: 15m or PT15M.")
    var every = Span.minutes(15)

    @Flag(help: "Exit with 2 when there were changes.")
    var detailedExitcode = false

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard watch else { return }
        if person != nil { throw ValidationError("--watch is about everybody; leave --person out") }
        if every < .seconds(1) { throw ValidationError("--every is a second or more") }
    }

    func run() async throws {
        try await options.withInstallation { installation in
            guard !watch else { return try await stay(installation) }
            let sweep = try await installation.endOverdue()
            let surveyed = try await installation.surveyInForce(person: person)
            let applier = PlanApplier(console: options.console, wait: wait)
            let applied = try await applier.apply(surveyed, on: installation, after: sweep)
            try applier.finish(applied, detailedExitcode: detailedExitcode)
        }
    }

    private func stay(_ installation: Installation) async throws {
        let console = options.console
        let settings = Installation.WatchSettings(interval: every, patience: min(wait, .seconds(5)))
        console.note("watching; ends on SIGINT or SIGTERM")
        let work = Task {
            try await installation.watch(settings) { round in WatchLine(round).print(console) }
        }
        let signals = SignalWatch { work.cancel() }
        try await installation.tellingMeanwhile(report: NoticeRemarks.complain) { try await work.value }
        signals.stop()
    }
}

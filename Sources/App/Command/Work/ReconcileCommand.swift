import AccessModel
import Answers
import ArgumentParser
import ControlPlane

struct ReconcileCommand: StateCommand {
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
        let ended: ExitStatus
        if let server = try await RemoteServer(options) {
            guard !watch else {
                throw InstallationError(
                    code: .usage, operation: "watch", message: "a server does that by itself; leave --watch out")
            }
            let call = RemoteCall.post(
                "reconcile", body: [.init("person", person), .init("wait", wait)], repeats: .byKey)
            ended = try await server.show(call.waiting(wait), on: options.console)
        } else {
            ended = try await options.withInstallation { installation in
                guard !watch else {
                    try await stay(installation)
                    return .done
                }
                return try await reconcile(installation)
            }
        }
        let status = ended == .changes && !detailedExitcode ? .done : ended
        guard status == .done else { throw status }
    }

    private func reconcile(_ installation: Installation) async throws -> ExitStatus {
        let progress = options.console.progress("applying")
        let printout = try await installation.reconcile(person: person, patience: wait, progress.report)
        progress.finish()
        options.console.show(printout)
        return printout.status
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

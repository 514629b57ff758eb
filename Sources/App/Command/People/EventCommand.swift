import AccessModel
import ArgumentParser
import ControlPlane
import Definitions
import Lifecycle
import StrictJSON

struct EventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event", abstract: "Take one HR event in: CloudEvents 1.0, JSON.",
        discussion: """
            The event is recorded; `tenure plan --person P` shows what follows and `tenure apply` makes it so. With \
            --apply both are done at once, for the one person.
            """)

    @Argument(help: "The event; - for standard input.")
    var file: String

    @Flag(help: "Make what follows for this person happen at once.")
    var apply = false

    @Option(help: "With --apply: how long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
    var wait = Span.seconds(30)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let bytes = try InputFile.read(file)
        let console = options.console
        try await options.withInstallation(creating: true) { installation in
            let receipt: PeopleDesk.EventReceipt
            do {
                receipt = try await installation.people().accept(bytes)
            } catch let error as HREventError {
                for problem in error.problems {
                    Console.complain(DiagnosticLine(problem.diagnostic(file: file)).text(console))
                }
                throw ExitStatus.failed
            }
            report(receipt, console)
            guard receipt.outcome != .held else { throw ExitStatus.heldOrDenied }
            guard apply else { return }
            try await applyNow(receipt, installation)
        }
    }

    private func report(_ receipt: PeopleDesk.EventReceipt, _ console: Console) {
        if console.format == .json {
            if !apply || receipt.outcome == .held { console.print(receipt.json.prettyText) }
            return
        }
        for problem in receipt.problems {
            Console.complain(DiagnosticLine(problem.diagnostic(file: file)).text(console))
        }
        let event = receipt.event
        switch receipt.outcome {
        case .accepted:
            console.print("\(event.kind.rawValue): \(event.person), effective \(event.effective)")
            if !apply {
                console.note("`tenure plan --person \(event.person)` shows what follows, `tenure apply` does it")
            }
        case .repeated: console.print("\(event.id) from \(event.source) is known already; nothing changed")
        case .held:
            console.print(
                console.styled(
                    "held: more people leave within the hour than the guards let go; "
                        + "look at `tenure hold show \(receipt.hold ?? "")`", .yellow))
        }
    }

    private func applyNow(_ receipt: PeopleDesk.EventReceipt, _ installation: Installation) async throws {
        let event = receipt.event
        guard let state = try await installation.people().roster(at: installation.now)[event.person] else {
            if options.console.format == .json { options.console.print(receipt.json.prettyText) }
            options.console.note(
                event.effective > installation.now
                    ? waiting(event.person, until: event.effective) : "nothing follows until HR names \(event.person)")
            return
        }
        let sweep = try await installation.endOverdue()
        let surveyed = try await installation.surveyInForce(person: event.person.text)
        let applier = PlanApplier(console: options.console, wait: wait)
        let applied = try await applier.apply(surveyed, on: installation, after: sweep)
        if let moment = waits(event, state, at: installation.now) {
            options.console.note(waiting(event.person, until: moment))
        }
        try applier.finish(applied, detailedExitcode: false)
    }

    /// When the event comes to count, where that is not yet: at its own time, or on the person's first day.
    private func waits(_ event: HREvent, _ state: PersonState, at now: Instant) -> Instant? {
        if event.effective > now { return event.effective }
        if case .notStarted = state.presence { return state.nextChange }
        return nil
    }

    private func waiting(_ person: PersonID, until moment: Instant) -> String {
        "this takes effect for \(person) at \(moment); `tenure reconcile` or an apply after that does the rest"
    }
}

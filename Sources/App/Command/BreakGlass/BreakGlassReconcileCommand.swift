import Answers
import ArgumentParser
import ControlPlane

struct BreakGlassReconcileCommand: KeeperCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile", abstract: "Take what was done with a sealed grant into the log and the windows.")

    @Argument(help: "The sealed grant, with its receipts beside it.")
    var file: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let intake = try await options.withInstallation { try await $0.reconcileSealed(file) }
        if console.format == .json {
            console.print(intake.json.prettyText)
        } else {
            console.print(
                "\(console.styled(intake.grant.id, .bold))  \(intake.use.state)  \(intake.added) new in the log")
        }
        if intake.isReused {
            Console.complain(
                "error: the log has other receipts of \(intake.grant.id): a copy was used too, or they were altered")
        }
        if let problem = intake.problem {
            Console.complain(
                "error: it does not count as a window: \(TextTable.visible(problem)); "
                    + "`tenure apply` takes the access away")
        }
        guard intake.problem == nil, !intake.isReused else { throw ExitStatus.failed }
        let end = intake.use.state == .closed ? "" : "`tenure reconcile` closes it when its time is over; "
        console.note(end + "it waits for a review")
    }
}

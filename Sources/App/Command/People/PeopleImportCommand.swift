import ArgumentParser
import ControlPlane
import Definitions
import Lifecycle

struct PeopleImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take an HR snapshot in: CSV or JSON, with a count that proves it whole.",
        discussion: """
            Nothing but the people is changed; `tenure plan` shows what follows. What a guard holds waits for a second \
            person, a feed that is not provably whole changes nothing: both exit with 3.
            """)

    @Argument(help: "The feed; - for standard input.")
    var file: String

    @Option(help: "csv or json; found out from the feed otherwise.")
    var format: HRSnapshot.Format?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let bytes = try InputFile.read(file)
        let receipt = try await options.withInstallation(creating: true) { installation in
            try await installation.people().importSnapshot(bytes, format: format)
        }
        if console.format == .json {
            console.print(receipt.json.prettyText)
        } else {
            print(receipt, console)
        }
        if !receipt.holds.isEmpty { throw ExitStatus.heldOrDenied }
    }

    private func print(_ receipt: PeopleDesk.SnapshotReceipt, _ console: Console) {
        for problem in receipt.problems {
            Console.complain(DiagnosticLine(problem.diagnostic(file: file)).text(console))
        }
        if let asOf = receipt.asOf {
            console.print(
                "\(receipt.people) people as of \(asOf): \(receipt.joined) new, \(receipt.changed) changed, "
                    + "\(receipt.unchanged) unchanged")
        }
        if let advice = receipt.advice { Console.complain(advice) }
        for hold in receipt.holds {
            let what =
                receipt.heldSince[hold].map { "held already: \(hold), since this feed came in at \($0)" }
                ?? "held: \(hold)"
            console.print(console.styled("\(what); look at `tenure hold show \(hold)`", .yellow))
        }
    }
}

extension HRSnapshot.Format: ExpressibleByArgument {}

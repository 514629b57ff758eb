import AccessModel
import ArgumentParser
import ControlPlane
import Lifecycle

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "What a person has, now or at a time, and why: down to the line.")

    @Argument(help: "A person's id or e-mail.")
    var person: String

    @Option(help: "At this time.")
    var at: Instant?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let explanation = try await options.withInstallation { installation in
            try await installation.history(at: at).explain(person)
        }
        if console.format == .json {
            console.print(explanation.json.prettyText)
            return
        }
        let state = explanation.state
        console.print(
            "\(console.styled(state.person.displayName, .bold)) (\(state.person.id), \(state.person.email)): "
                + "\(state.presenceText), by \(state.presenceCause)")
        var table = TextTable("TARGET", "WHAT", "DESIRED", "OBSERVED", "SINCE", "WHY")
        for item in explanation.items {
            table.add(
                item.target.text, what(item.fact), item.isDesired ? "yes" : "no",
                item.isObserved.map { $0 ? "yes" : "no" } ?? "-", item.since?.description ?? "-",
                item.causes.map(\.description).joined(separator: "; "))
        }
        console.print(table.text(console))
        for note in explanation.notes { console.print("\(note.severity.rawValue): \(TextTable.visible(note.message))") }
    }
    private func what(_ fact: Fact) -> String {
        guard case .account(let account) = fact else { return fact.key }
        return account.state == .disabled ? "account \(account.name), disabled" : "account \(account.name)"
    }
}

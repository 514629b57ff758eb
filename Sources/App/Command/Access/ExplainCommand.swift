import AccessModel
import ArgumentParser
import ControlPlane
import Lifecycle

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "What a person has, now or at a time, and why: down to the line.")

    @Argument(help: "A person's id or e-mail.")
    var person: String

    @Option(help: "At this time: 2026-11-21 or 2026-11-21T17:00:00Z.")
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
                + state.presenceReason + (state.nextChange.map { "; changes at \($0)" } ?? ""))
        defer {
            for line in explanation.decisions.flatMap(\.lines) { console.print(TextTable.visible(line)) }
        }
        guard !explanation.items.isEmpty || !explanation.notes.isEmpty else {
            console.note("nothing, in any target")
            return
        }
        var table = TextTable("TARGET", "WHAT", "DESIRED", "OBSERVED", "SINCE", "WHY")
        for item in explanation.items {
            table.add(
                item.target.text, words(item.fact), item.isDesired ? "yes" : "no",
                item.isObserved.map { $0 ? "yes" : "no" } ?? "-", item.since?.description ?? "-",
                (item.causes.map(\.description) + item.windows.map(\.words)).joined(separator: "; "))
        }
        console.print(table.text(console))
        for window in explanation.windows {
            console.print(
                "\(window.id)  \(window.group.path)  [\(window.from), \(window.end))  \(window.state.rawValue)  "
                    + TextTable.visible(window.words))
        }
        for note in explanation.notes { console.print(PlanNoteLine(note).text(console)) }
    }

    /// A disabled account is there and gives nothing: that must not read as access.
    private func words(_ fact: Fact) -> String {
        if case .account(let account) = fact, account.state == .disabled { return "\(fact.key) (disabled)" }
        return fact.key
    }
}

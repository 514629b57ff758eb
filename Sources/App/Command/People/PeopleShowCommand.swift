import AccessModel
import ArgumentParser
import ControlPlane
import Definitions
import Lifecycle
import StrictJSON

struct PeopleShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show everybody whom HR ever named, or one person.")

    @Argument(help: "A person's id or e-mail.")
    var person: String?

    @Option(help: "As of this time: 2026-11-21 or 2026-11-21T17:00:00Z.")
    var at: Instant?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        try await options.withInstallation { installation in
            let roster = try await installation.people().roster(at: at ?? installation.now)
            let states = try person.map { [try roster.find($0)] } ?? roster.states
            if console.format == .json {
                console.print(JSONValue.array(states.map(\.json)).prettyText)
                return
            }
            var table = TextTable("ID", "NAME", "E-MAIL", "TYPE", "PRESENCE", "DEPARTMENT", "TITLE")
            for state in states {
                table.add(
                    state.person.id.text, state.person.displayName, state.person.email.text, state.person.kind.rawValue,
                    state.presenceText, state.person.department, state.person.title)
            }
            console.print(table.text(console))
        }
    }
}

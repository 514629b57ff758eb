import ArgumentParser
import ControlPlane
import Lifecycle
import StrictJSON

extension AccessCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what waits for approval and what is open, the newest first.")

        @Flag(help: "Also what was decided and is over.")
        var all = false

        @Option(help: "Only those for this person, an id or an e-mail.")
        var person: String?

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let console = options.console
            try await options.withInstallation { installation in
                let desk = try await installation.accessDesk()
                let tickets = try await desk.list(all: all, person: person)
                if console.format == .json {
                    console.print(JSONValue.array(tickets.map(\.json)).prettyText)
                    return
                }
                console.print(AccessText(console: console).table(tickets))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a request, a window or broken glass.")

        @Argument(help: "The id of any of them.")
        var id: String

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await options.withInstallation { installation in
                AccessText(console: options.console).print(try await installation.accessDesk().show(id))
            }
        }
    }
}

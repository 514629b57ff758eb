import ArgumentParser
import ControlPlane
import Lifecycle
import StrictJSON

struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "What a guard or a policy held for other people.",
        subcommands: [List.self, Show.self, Approve.self, Reject.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what waits, the oldest first.")

        @Flag(help: "Also what was decided.")
        var all = false

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let console = options.console
            try await options.withInstallation { installation in
                let holds = try await installation.holds().list(all: all)
                if console.format == .json {
                    console.print(JSONValue.array(holds.map(\.json)).prettyText)
                    return
                }
                var table = TextTable("ID", "KIND", "STATE", "OPENED", "BY", "ASKED", "WHY")
                for hold in holds {
                    table.add(
                        hold.hold.id, hold.hold.kind, hold.hold.state.rawValue, hold.hold.openedAt.description,
                        hold.hold.openedBy, hold.asked ?? "", hold.hold.reason)
                }
                console.print(table.text(console))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show exactly what is held, and why.")

        @Argument(help: "The hold's id.")
        var id: String

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await options.withInstallation { installation in
                HoldCommand.print(try await installation.holds().show(id), options.console)
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let it go on; as another person than who caused it.")

        @Argument(help: "The hold's id.")
        var id: String

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await options.withInstallation { installation in
                let hold = try await LifecycleDenial.run { try await installation.holds().approve(id) }
                HoldCommand.print(hold, options.console)
                options.console.note(
                    hold.hold.state == .open
                        ? "\(hold.missing) more must agree before `tenure apply` carries it out"
                        : "`tenure apply` carries it out, as far as it still stands")
            }
        }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Drop it; as another person than who caused it.")

        @Argument(help: "The hold's id.")
        var id: String

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await options.withInstallation { installation in
                HoldCommand.print(
                    try await LifecycleDenial.run { try await installation.holds().reject(id) }, options.console)
            }
        }
    }

    private static func print(_ ticket: HoldTicket, _ console: Console) {
        let hold = ticket.hold
        if console.format == .json {
            console.print(ticket.json.prettyText)
            return
        }
        console.print("\(console.styled(hold.id, .bold))  \(hold.kind)  \(hold.state.rawValue)")
        console.print("opened   \(hold.openedAt) by \(hold.openedBy)")
        if let by = hold.decidedBy, let at = hold.decidedAt { console.print("decided  \(at) by \(by)") }
        console.print("why      \(TextTable.visible(hold.reason))")
        for line in ticket.lines { console.print(line) }
        for line in hold.details { console.print("  " + TextTable.visible(line)) }
    }
}

/// A denial ends a command with 3, not 1.
enum LifecycleDenial {
    static func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as LifecycleError where error.code == .denied {
            Console.complain("denied: \(error)")
            throw ExitStatus.heldOrDenied
        }
    }
}

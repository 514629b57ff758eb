import AccessModel
import Answers
import ArgumentParser
import ControlPlane

struct ClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "What time access begins and ends by, and whether somebody has to look at it.",
        subcommands: [ClockShowCommand.self, ClockConfirmCommand.self], defaultSubcommand: ClockShowCommand.self)
}

struct ClockShowCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The machine's clock, the installation's time, and the time that is vouched for."
    )

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout { .clock(installation.clockReading) }

    func call(_ server: RemoteServer) -> RemoteCall { .get("clock") }
}

struct ClockConfirmCommand: KeeperCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Say that the machine's clock is right, after looking at another one.")
    static let reason = "who vouches for a machine's clock stands before that machine; run it there"

    @Option(help: "How you know; it is recorded.")
    var reason: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let reading = try await options.withInstallation { installation in
            try await installation.confirmClock(reason: reason)
        }
        options.console.show(.clock(reading))
    }
}

import AccessModel
import ArgumentParser
import ControlPlane
import StrictJSON

struct ClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "What time access begins and ends by, and whether somebody has to look at it.",
        subcommands: [ClockShowCommand.self, ClockConfirmCommand.self], defaultSubcommand: ClockShowCommand.self)
}

struct ClockShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The machine's clock, the installation's time, and the time that is vouched for."
    )

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let reading = try await options.withInstallation { installation in installation.clockReading }
        options.console.show(reading)
    }
}

struct ClockConfirmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Say that the machine's clock is right, after looking at another one.")

    @Option(help: "How you know; it is recorded.")
    var reason: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let reading = try await options.withInstallation { installation in
            try await installation.confirmClock(reason: reason)
        }
        options.console.show(reading)
    }
}

extension Console {
    fileprivate func show(_ reading: ClockReading) {
        if format == .json {
            let json: JSONValue = [
                "clock": .string(reading.clock.description), "now": .string(reading.now.description),
                "vouched": .string(reading.vouched.description),
                "lead": reading.lead.map { .string($0.description) } ?? .null,
            ]
            return print(json.prettyText)
        }
        var table = TextTable("TIME", "SAYS", "WHAT FOLLOWS IT")
        table.add("machine", reading.clock.description, "-")
        table.add("installation", reading.now.description, "what ends")
        table.add("vouched for", reading.vouched.description, "what begins")
        print(table.text(self))
    }
}

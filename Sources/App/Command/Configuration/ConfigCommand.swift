import ArgumentParser

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "How a server is configured.", subcommands: [ConfigCheckCommand.self])
}

import ArgumentParser

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Policies: decide their cases, and decide the past again by them.",
        subcommands: [PolicyTestCommand.self, PolicyReplayCommand.self])
}

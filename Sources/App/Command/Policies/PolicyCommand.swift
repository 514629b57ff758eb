import ArgumentParser

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Policies: evaluate expressions, decide their cases, and decide the past again by them.",
        subcommands: [PolicyEvalCommand.self, PolicyTestCommand.self, PolicyReplayCommand.self])
}

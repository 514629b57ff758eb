import ArgumentParser

struct SCIMClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Clients: each is a source of its own, with a token of its own.",
        subcommands: [
            SCIMClientAddCommand.self, SCIMClientListCommand.self, SCIMClientRotateCommand.self,
            SCIMClientRevokeCommand.self,
        ],
        defaultSubcommand: SCIMClientListCommand.self)
}

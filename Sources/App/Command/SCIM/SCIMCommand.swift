import ArgumentParser

struct SCIMCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scim", abstract: "Who may push people and groups by SCIM.",
        subcommands: [SCIMClientCommand.self])
}

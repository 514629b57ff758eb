import ArgumentParser

struct PeopleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "people", abstract: "What HR says of people.",
        subcommands: [PeopleImportCommand.self, PeopleShowCommand.self, PeopleConfirmCommand.self])
}

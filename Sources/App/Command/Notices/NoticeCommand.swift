import ArgumentParser

struct NoticeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notice", abstract: "What people are told, by webhook and mail: notices.yaml says how.",
        subcommands: [NoticeListCommand.self, NoticeSendCommand.self, NoticeTestCommand.self],
        defaultSubcommand: NoticeListCommand.self)
}

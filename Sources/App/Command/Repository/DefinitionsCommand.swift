import Answers
import ArgumentParser
import ControlPlane

struct DefinitionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "definitions", abstract: "Which commit of the followed repository is in force.",
        subcommands: [DefinitionsShowCommand.self, DefinitionsAcceptCommand.self],
        defaultSubcommand: DefinitionsShowCommand.self)
}

struct DefinitionsShowCommand: KeeperCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The commit, who signed it, and what stands against the branch's head.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try refuseServer()
        let followed = try await options.withInstallation { try await $0.followedDefinitions() }
        let console = options.console
        if console.format == .json { return console.print(followed.json.prettyText) }
        guard followed.commit != nil || followed.problem != nil else {
            return console.print("no repository is followed")
        }
        var table = TextTable("WHAT", "COMMIT", "SINCE", "")
        if let commit = followed.commit {
            let signer = followed.signer.map { "signed by \($0)" } ?? ""
            table.add("in force", commit, followed.since?.description ?? "-", signer)
        }
        if let problem = followed.problem {
            table.add(problem.code.rawValue, problem.commit, problem.at.description, problem.message)
        }
        console.print(table.text(console.ink))
    }
}

struct DefinitionsAcceptCommand: KeeperCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Let a branch that was written anew be followed to one commit, after looking at it.")

    @Argument(help: "The whole id of the commit.")
    var commit: String

    @Option(help: "Why the branch was written anew; it is recorded.")
    var reason: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try refuseServer()
        try await options.withInstallation { [commit, reason] installation in
            try await installation.acceptCommit(commit, reason: reason)
        }
        options.console.note("\(commit) is followed as soon as the branch is looked at")
    }
}

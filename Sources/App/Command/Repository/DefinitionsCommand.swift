import Answers
import ArgumentParser
import ControlPlane

struct DefinitionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "definitions", abstract: "Which commit of the followed repository is in force.",
        subcommands: [DefinitionsShowCommand.self, DefinitionsAcceptCommand.self],
        defaultSubcommand: DefinitionsShowCommand.self)
}

struct DefinitionsShowCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The commit, who signed it, and what stands against the branch's head.")

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout {
        .followed(try await installation.followedDefinitions())
    }

    func call(_ server: RemoteServer) -> RemoteCall { .get("definitions") }
}

struct DefinitionsAcceptCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Let a branch that was written anew be followed to one commit, after looking at it.")

    @Argument(help: "The whole id of the commit.")
    var commit: String

    @Option(help: "Why the branch was written anew; it is recorded.")
    var reason: String

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout {
        .accepted(commit, try await installation.acceptCommit(commit, reason: reason))
    }

    func call(_ server: RemoteServer) -> RemoteCall {
        .post("definitions", "accept", body: [.init("commit", commit), .init("reason", reason)])
    }
}

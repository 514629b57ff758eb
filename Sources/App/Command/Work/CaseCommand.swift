import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import WorkflowEngine

struct CaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Cases on their way: what each waits for, and what to do about it.",
        subcommands: [List.self, Show.self, Follow.self, Retry.self, Skip.self, Cancel.self],
        defaultSubcommand: List.self)

    struct List: AnswerCommand {
        static let configuration = CommandConfiguration(abstract: "List cases, the newest first.")

        @Flag(help: "Only those that are not over.")
        var open = false

        @Flag(help: "Only those that need a person.")
        var stalled = false

        @Option(help: "Only those of this person, an id or an e-mail.")
        var person: String?

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            var filter = CaseFilter()
            filter.isOpen = open
            filter.isStalled = stalled
            filter.limit = .max
            return .cases(try await installation.cases(filter, person: person))
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            .list("cases", query: [.init("open", open), .init("stalled", stalled), .init("person", person)])
        }
    }

    struct Show: AnswerCommand {
        static let configuration = CommandConfiguration(abstract: "Show a case with its changes and what it waits for.")

        @Argument(help: "The case's id.")
        var id: String

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            .caseReport(try await installation.showCase(id))
        }

        func call(_ server: RemoteServer) -> RemoteCall { .get("cases", id) }
    }

    struct Retry: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try everything of a case again that is stalled or waits.")

        @Argument(help: "The case's id.")
        var id: String

        @Option(help: "How long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
        var wait = Span.seconds(30)

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            .caseReport(try await installation.retryCase(id, patience: wait))
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            .post("cases", id, "retry", body: [.init("wait", wait)], repeats: .always).waiting(wait)
        }
    }

    struct Skip: AnswerCommand {
        static let configuration = CommandConfiguration(abstract: "Give a stalled step up and let its case go on.")

        @Argument(help: "The case's id.")
        var id: String

        @Argument(help: "The step's number, from `tenure case show`.")
        var step: Int

        @Option(help: "Why.")
        var reason: String

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            try await installation.skip(step, of: id, reason: reason)
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            .post("cases", id, "steps", "\(step)", "skip", body: [.init("reason", reason)])
        }
    }

    struct Cancel: AnswerCommand {
        static let configuration = CommandConfiguration(abstract: "End a case before its end; never a leaver's.")

        @Argument(help: "The case's id.")
        var id: String

        @Option(help: "Why.")
        var reason: String

        @Flag(help: "Also undo what the case has done.")
        var undo = false

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            try await installation.cancel(id, undoing: undo, reason: reason)
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            .post("cases", id, "cancel", body: [.init("reason", reason), .init("undo", .bool(undo))])
        }
    }
}

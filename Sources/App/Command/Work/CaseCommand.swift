import AccessModel
import ArgumentParser
import ControlPlane
import StrictJSON
import WorkflowEngine

struct CaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Cases on their way: what each waits for, and what to do about it.",
        subcommands: [List.self, Show.self, Retry.self, Skip.self, Cancel.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List cases, the newest first.")

        @Flag(help: "Only those that are not over.")
        var open = false

        @Flag(help: "Only those that need a person.")
        var stalled = false

        @Option(help: "Only those of this person, an id or an e-mail.")
        var person: String?

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let console = options.console
            try await options.withInstallation { installation in
                var filter = CaseFilter()
                filter.isOpen = open
                filter.isStalled = stalled
                let cases = try await installation.cases(filter, person: person)
                if console.format == .json {
                    console.print(JSONValue.array(cases.map(\.json)).prettyText)
                    return
                }
                var table = TextTable("ID", "KIND", "WHO", "STATE", "STALLED", "OPENED")
                for summary in cases {
                    table.add(
                        summary.id, summary.kind.rawValue, summary.identity?.description ?? "-",
                        summary.state.rawValue, summary.isStalled ? "yes" : "no", summary.openedAt.description)
                }
                console.print(table.text(console))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a case with its changes and what it waits for.")

        @Argument(help: "The case's id.")
        var id: String

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let console = options.console
            try await options.withInstallation { installation in
                let report = try await installation.showCase(id)
                console.print(
                    console.format == .json
                        ? report.json.prettyText : CaseText(console: console).render(report))
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try everything of a case again that is stalled or waits.")

        @Argument(help: "The case's id.")
        var id: String

        @Option(help: "How long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
        var wait = Span.seconds(30)

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let console = options.console
            try await options.withInstallation { installation in
                let report = try await installation.retryCase(id, patience: wait)
                console.print(
                    console.format == .json
                        ? report.json.prettyText : CaseText(console: console).render(report))
            }
        }
    }

    struct Skip: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a stalled step up and let its case go on.")

        @Argument(help: "The case's id.")
        var id: String

        @Argument(help: "The step's number, from `tenure case show`.")
        var step: Int

        @Option(help: "Why.")
        var reason: String

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await options.withInstallation { installation in
                try await installation.skipStep(id, step, reason: reason)
                options.console.note("step \(step) of \(id) is skipped")
            }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a case before its end; never a leaver's.")

        @Argument(help: "The case's id.")
        var id: String

        @Option(help: "Why.")
        var reason: String

        @Flag(help: "Also undo what the case has done.")
        var undo = false

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await options.withInstallation { installation in
                let cancellation = try await installation.cancelCase(id, undoing: undo, reason: reason)
                options.console.note(
                    "\(id) is cancelled: \(cancellation.ended) steps ended, \(cancellation.undoing) to undo")
            }
        }
    }
}

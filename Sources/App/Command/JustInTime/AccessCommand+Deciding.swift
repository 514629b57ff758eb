import AccessModel
import ArgumentParser
import ControlPlane
import Lifecycle

extension AccessCommand {
    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Agree to exactly what is asked; the last approval opens the window.")

        @Argument(help: "The request's id.")
        var id: String

        @Option(help: "What you have seen, from `access show`: refused if it was edited since.")
        var hash: String?

        @Option(help: "How long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
        var wait = Span.seconds(30)

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await AccessRun(options: options, wait: wait).run { desk in try await desk.approve(id, hash: hash) }
        }
    }

    struct Deny: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Refuse a pending request.")

        @Argument(help: "The request's id.")
        var id: String

        @Option(help: "Why.")
        var reason: String

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let console = options.console
            try await options.withInstallation { installation in
                let desk = try await installation.afterOverdue().accessDesk()
                let ticket = try await LifecycleDenial.run { try await desk.deny(id, reason: reason) }
                AccessText(console: console).print(ticket)
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a window, and what prolongs it, now.")

        @Argument(help: "The request's or the window's id.")
        var id: String

        @Option(help: "How long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
        var wait = Span.seconds(30)

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await AccessRun(options: options, wait: wait).run { desk in try await desk.release(id) }
        }
    }
}

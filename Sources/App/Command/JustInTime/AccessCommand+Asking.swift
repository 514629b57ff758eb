import AccessModel
import ArgumentParser
import ControlPlane
import Lifecycle

extension AccessCommand {
    struct Request: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask for a window on a group.",
            discussion: """
                Without --for it lasts as long as the rule allows; without --start it begins as soon as it is approved. \
                What nobody has to agree to opens at once.
                """)

        @Argument(help: "payments/live/contributor, Group(\"payments\", \"live\", \"contributor\") or a slug.")
        var group: String

        @Option(help: "Why.")
        var reason = ""

        @Option(name: .customLong("for"), help: "How long: 4h or PT4H.")
        var duration: Span?

        @Option(help: "From when: 2026-11-21T17:00:00Z.")
        var start: Instant?

        @Option(help: "How long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
        var wait = Span.seconds(30)

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let draft = AccessDesk.Draft(group: group, reason: reason, duration: duration, start: start)
            try await AccessRun(options: options, wait: wait).run { desk in try await desk.request(draft) }
        }
    }

    struct Extend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask for more time in a window; access never drops between.")

        @Argument(help: "The request's or the window's id.")
        var id: String

        @Option(name: .customLong("for"), help: "How much longer: 1h or PT1H.")
        var duration: Span

        @Option(help: "Why; the window's own reason if left out.")
        var reason: String?

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await AccessRun(options: options).run { desk in
                try await desk.extend(id, by: duration, reason: reason)
            }
        }
    }

    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change what a pending request asks for; approvals it had are void.")

        @Argument(help: "The request's id.")
        var id: String

        @Option(help: "Why.")
        var reason: String?

        @Option(name: .customLong("for"), help: "How long: 4h or PT4H.")
        var duration: Span?

        @Option(help: "From when: 2026-11-21T17:00:00Z.")
        var start: Instant?

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let edit = AccessDesk.Edit(reason: reason, duration: duration, start: start)
            try await AccessRun(options: options).run { desk in try await desk.edit(id, edit) }
        }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a pending request back.")

        @Argument(help: "The request's id.")
        var id: String

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            try await AccessRun(options: options).run { desk in try await desk.withdraw(id) }
        }
    }
}

import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import Lifecycle
import Persistence

extension AccessCommand {
    struct BreakGlass: AnswerCommand {
        static let configuration = CommandConfiguration(
            commandName: "break-glass", abstract: "Take a window at once, as one whom platform.yaml lets.",
            discussion: "Others are told, and one of them has to review it.")

        @Argument(help: "payments/live/admin, Group(\"payments\", \"live\", \"admin\") or a slug.")
        var group: String

        @Option(help: "Why.")
        var reason: String

        @Option(name: .customLong("for"), help: "How long: 30m or PT30M; as long as is allowed if left out.")
        var duration: Span?

        @Option(help: "How long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
        var wait = Span.seconds(30)

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            try await AccessRun(installation, wait: wait).run { desk in
                try await desk.breakGlass(group, reason: reason, duration: duration)
            }
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            RemoteCall.post(
                "break-glass",
                body: [
                    .init("group", group), .init("reason", reason), .init("duration", duration), .init("wait", wait),
                ], repeats: .byKey
            ).waiting(wait)
        }
    }

    struct Review: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what was found of broken glass; as another person than who broke it.")

        @Argument(help: "The activation's id.")
        var id: String

        @Option(help: "justified or misused.")
        var outcome: Activation.Outcome

        @Option(help: "What was found.")
        var note: String

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            try await AccessRun(installation).only { try await $0.review(id, outcome: outcome, note: note) }
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            .post("requests", id, "review", body: [.init("outcome", outcome.rawValue), .init("note", note)])
        }
    }
}

extension Activation.Outcome: ExpressibleByArgument {}

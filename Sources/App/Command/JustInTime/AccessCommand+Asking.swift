import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import Lifecycle

extension AccessCommand {
    struct Request: AnswerCommand {
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

        func answer(_ installation: Installation) async throws -> Printout {
            let draft = AccessDesk.Draft(group: group, reason: reason, duration: duration, start: start)
            return try await AccessRun(installation, wait: wait).run { try await $0.request(draft) }
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            RemoteCall.post(
                "requests",
                body: [
                    .init("group", group), .init("reason", reason), .init("duration", duration), .init("start", start),
                    .init("wait", wait),
                ], repeats: .byKey
            ).waiting(wait)
        }
    }

    struct Extend: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask for more time in a window; access never drops between.")

        @Argument(help: "The request's or the window's id.")
        var id: String

        @Option(name: .customLong("for"), help: "How much longer: 1h or PT1H.")
        var duration: Span

        @Option(help: "Why; the window's own reason if left out.")
        var reason: String?

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            try await AccessRun(installation).run { try await $0.extend(id, by: duration, reason: reason) }
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            .post(
                "requests", id, "extend", body: [.init("duration", duration), .init("reason", reason)],
                repeats: .byKey)
        }
    }

    struct Edit: AnswerCommand {
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

        func answer(_ installation: Installation) async throws -> Printout {
            let edit = AccessDesk.Edit(reason: reason, duration: duration, start: start)
            return try await AccessRun(installation).run { try await $0.edit(id, edit) }
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            .patch(
                "requests", id,
                body: [.init("reason", reason), .init("duration", duration), .init("start", start)])
        }
    }

    struct Withdraw: AnswerCommand {
        static let configuration = CommandConfiguration(abstract: "Take a pending request back.")

        @Argument(help: "The request's id.")
        var id: String

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            try await AccessRun(installation).run { try await $0.withdraw(id) }
        }

        func call(_ server: RemoteServer) -> RemoteCall { .post("requests", id, "withdraw") }
    }
}

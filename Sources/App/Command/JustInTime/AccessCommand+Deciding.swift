import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import Lifecycle

extension AccessCommand {
    struct Approve: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Agree to exactly what is asked; the last approval opens the window.")

        @Argument(help: "The request's id.")
        var id: String

        @Option(help: "What you have seen, from `access show`: refused if it was edited since.")
        var hash: String?

        @Option(help: "How long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
        var wait = Span.seconds(30)

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            try await AccessRun(installation, wait: wait).run { try await $0.approve(id, hash: hash) }
        }

        /// A server wants to know what was seen; who does not say it has seen what stands there now.
        func call(_ server: RemoteServer) async throws -> RemoteCall {
            let seen =
                if let hash { hash } else {
                    try await server.ask(.get("requests", id), accepting: "application/json").tag ?? ""
                }
            return RemoteCall.post("requests", id, "approve", body: [.init("hash", seen), .init("wait", wait)])
                .waiting(wait)
        }
    }

    struct Deny: AnswerCommand {
        static let configuration = CommandConfiguration(abstract: "Refuse a pending request.")

        @Argument(help: "The request's id.")
        var id: String

        @Option(help: "Why.")
        var reason: String

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            try await AccessRun(installation).only { try await $0.deny(id, reason: reason) }
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            .post("requests", id, "deny", body: [.init("reason", reason)])
        }
    }

    struct Release: AnswerCommand {
        static let configuration = CommandConfiguration(abstract: "End a window, and what prolongs it, now.")

        @Argument(help: "The request's or the window's id.")
        var id: String

        @Option(help: "How long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
        var wait = Span.seconds(30)

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            try await AccessRun(installation, wait: wait).run { try await $0.release(id) }
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            RemoteCall.post("requests", id, "release", body: [.init("wait", wait)], repeats: .always).waiting(wait)
        }
    }
}

import Answers
import ArgumentParser
import ControlPlane
import Lifecycle

struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "What a guard or a policy held for other people.",
        subcommands: [List.self, Show.self, Approve.self, Reject.self], defaultSubcommand: List.self)

    struct List: AnswerCommand {
        static let configuration = CommandConfiguration(abstract: "List what waits, the oldest first.")

        @Flag(help: "Also what was decided.")
        var all = false

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            .holds(try await installation.holds().list(all: all))
        }

        func call(_ server: RemoteServer) -> RemoteCall { .list("holds", query: [.init("all", all)]) }
    }

    struct Show: AnswerCommand {
        static let configuration = CommandConfiguration(abstract: "Show exactly what is held, and why.")

        @Argument(help: "The hold's id.")
        var id: String

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            .hold(try await installation.holds().show(id))
        }

        func call(_ server: RemoteServer) -> RemoteCall { .get("holds", id) }
    }

    struct Approve: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let it go on; as another person than who caused it.")

        @Argument(help: "The hold's id.")
        var id: String

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            .hold(try await installation.holds().approve(id), isApproval: true)
        }

        func call(_ server: RemoteServer) -> RemoteCall { .post("holds", id, "approve") }
    }

    struct Reject: AnswerCommand {
        static let configuration = CommandConfiguration(abstract: "Drop it; as another person than who caused it.")

        @Argument(help: "The hold's id.")
        var id: String

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            .hold(try await installation.holds().reject(id))
        }

        func call(_ server: RemoteServer) -> RemoteCall { .post("holds", id, "reject") }
    }
}

/// A denial ends a command with 3, not 1.
enum LifecycleDenial {
    static func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as LifecycleError where error.code == .denied {
            Console.complain("denied: \(error)")
            throw ExitStatus.heldOrDenied
        }
    }
}

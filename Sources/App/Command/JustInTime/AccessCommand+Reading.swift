import Answers
import ArgumentParser
import ControlPlane
import Lifecycle
import StrictJSON

extension AccessCommand {
    struct List: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what waits for approval and what is open, the newest first.")

        @Flag(help: "Also what was decided and is over.")
        var all = false

        @Option(help: "Only those for this person, an id or an e-mail.")
        var person: String?

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            .tickets(try await installation.accessDesk().list(all: all, person: person))
        }

        func call(_ server: RemoteServer) -> RemoteCall {
            .list("requests", query: [.init("all", all), .init("person", person)])
        }
    }

    struct Show: AnswerCommand {
        static let configuration = CommandConfiguration(abstract: "Show a request, a window or broken glass.")

        @Argument(help: "The id of any of them.")
        var id: String

        @OptionGroup var options: GlobalOptions

        func answer(_ installation: Installation) async throws -> Printout {
            .ticket(try await installation.accessDesk().show(id), for: .asserted)
        }

        func call(_ server: RemoteServer) -> RemoteCall { .get("requests", id) }
    }
}

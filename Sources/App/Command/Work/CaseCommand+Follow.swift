import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import StrictJSON

extension CaseCommand {
    struct Follow: StateCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell of a case whenever something about it changes, until it is over.",
            discussion:
                "A line for each change: as JSON the whole case. Ends with 1 where the time is over before the case is."
        )

        @Argument(help: "The case's id.")
        var id: String

        @Option(name: .customLong("for"), help: "How long at most: 10m or PT10M.")
        var limit = Span.hours(1)

        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let progress = CaseProgress(options.console)
            if let server = try await RemoteServer(options) {
                // Who may see it, and whether it is there, is said before anything goes on and on.
                _ = try await server.ask(.get("cases", id), accepting: "application/json")
                var call = RemoteCall.get("cases", id, "events")
                call.patience = limit
                try await server.follow(call, for: limit) { progress.tell($0) }
            } else {
                try await options.withInstallation { try await follow($0, progress) }
            }
            guard progress.isOver else {
                Console.complain("\(id) goes on; `tenure case show \(id)` says what it waits for")
                throw ExitStatus.failed
            }
        }

        private func follow(_ installation: Installation, _ progress: CaseProgress) async throws {
            let end = ContinuousClock.now + .milliseconds(limit.milliseconds)
            while progress.tell(try await installation.showCase(id).json), ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}

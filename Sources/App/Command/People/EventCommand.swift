import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import Definitions

struct EventCommand: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "event", abstract: "Take one HR event in: CloudEvents 1.0, JSON.",
        discussion: """
            The event is recorded; `tenure plan --person P` shows what follows and `tenure apply` makes it so. With \
            --apply both are done at once, for the one person.
            """)

    @Argument(help: "The event; - for standard input.")
    var file: String

    @Flag(help: "Make what follows for this person happen at once.")
    var apply = false

    @Option(help: "With --apply: how long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
    var wait = Span.seconds(30)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let bytes = try InputFile.read(file)
        let ended =
            if let server = try await RemoteServer(options) {
                try await server.show(call(bytes), on: options.console)
            } else {
                try await options.withInstallation(creating: true) { try await take(bytes, $0) }
            }
        guard ended == .done || ended == .changes else { throw ended }
    }

    private func take(_ bytes: [UInt8], _ installation: Installation) async throws -> ExitStatus {
        let console = options.console
        let progress = console.progress("applying")
        do {
            let printout = try await installation.take(
                event: bytes, file: file, applying: apply ? wait : nil, progress.report)
            progress.finish()
            console.show(printout)
            return printout.status
        } catch let error as HREventError {
            for problem in error.problems {
                Console.complain(DiagnosticLine(problem.diagnostic(file: file)).text(console.ink))
            }
            return .failed
        }
    }

    private func call(_ bytes: [UInt8]) -> RemoteCall {
        var call = RemoteCall.send(
            bytes, type: "application/cloudevents+json", to: "events",
            query: [
                .init("file", InputFile.shown(file)), .init("apply", apply),
                .init("wait", apply ? wait.description : nil),
            ])
        // An event that was taken in is not taken in again.
        call.repeats = .always
        call.file = file
        return call.waiting(apply ? wait : .zero)
    }
}

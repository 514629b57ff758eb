import AccessModel
import Answers
import ArgumentParser
import ControlPlane

struct PolicyReplayCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Decide every recorded request and plan again by the working copy, and print which decisions flip.",
        discussion: """
            What would open up comes first. Exits 2 when any decision flips, 1 when some are
            not on record and cannot be made again.
            """)

    @Argument(help: "The folder that holds platform.yaml.")
    var directory = "."

    @Option(help: "Decisions of this time and later: 2026-11-21 or 2026-11-21T17:00:00Z.")
    var since: Instant?

    @OptionGroup var options: GlobalOptions

    var statusOfChanges: ExitStatus { .changes }

    func answer(_ installation: Installation) async throws -> Printout {
        .replay(try await installation.replay(directory, since: since))
    }

    func call(_ server: RemoteServer) throws -> RemoteCall {
        let upload = try DefinitionUpload(folder: directory)
        var call = RemoteCall.post(
            "policies", "replay",
            body: [
                .init("definitions", upload.json), .init("directory", InputFile.shown(directory)),
                .init("since", since),
            ], repeats: .always)
        call.patience = .minutes(15)
        return call
    }
}

import ArgumentParser
import ControlPlane
import StrictJSON

struct AuditCheckpointCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Sign the log as it is now and print the signed note.")

    @Option(help: "Go on with a state that does not agree with its checkpoint, for this reason; it is recorded.")
    var acceptRollback: String?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        if let reason = acceptRollback {
            let installation = try await Installation.open(
                try options.stateFolder, as: options.actor, creating: false, acceptingRollback: true)
            let remarks = try await installation.acceptRollback(reason: reason)
            try await installation.close()
            for remark in remarks { Console.complain("warning: \(TextTable.visible(remark))") }
            console.note("the state is taken as it is; the log says so")
            return
        }
        let note = try await options.withInstallation { installation in try await installation.checkpoint() }
        // The note ends its own last line; one more would be no part of it, and the file no note.
        console.print(
            console.format == .json
                ? (["note": .string(note.encoded)] as JSONValue).prettyText : String(note.encoded.dropLast()))
    }
}

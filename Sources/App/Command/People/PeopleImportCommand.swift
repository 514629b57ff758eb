import Answers
import ArgumentParser
import ControlPlane
import Definitions
import Lifecycle

struct PeopleImportCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take an HR snapshot in: CSV or JSON, with a count that proves it whole.",
        discussion: """
            Nothing but the people is changed; `tenure plan` shows what follows. What a guard holds waits for a second \
            person, a feed that is not provably whole changes nothing: both exit with 3.
            """)

    @Argument(help: "The feed; - for standard input.")
    var file: String

    @Option(help: "csv or json; found out from the feed otherwise.")
    var format: HRSnapshot.Format?

    @OptionGroup var options: GlobalOptions

    static let isCreating = true

    func answer(_ installation: Installation) async throws -> Printout {
        let bytes = try InputFile.read(file)
        return .snapshot(try await installation.people().importSnapshot(bytes, format: format), file: file)
    }

    func call(_ server: RemoteServer) throws -> RemoteCall {
        let bytes = try InputFile.read(file)
        let isJSON = format == .json || (format == nil && bytes.first { $0 > 0x20 } == UInt8(ascii: "{"))
        var call = RemoteCall.send(
            bytes, type: isJSON ? "application/json" : "text/csv", to: "people", "snapshots",
            query: [.init("format", format?.rawValue), .init("file", InputFile.shown(file))])
        call.patience = .minutes(10)
        return call
    }
}

extension HRSnapshot.Format: ExpressibleByArgument {}

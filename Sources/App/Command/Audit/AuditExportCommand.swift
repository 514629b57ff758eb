import ArgumentParser
import ControlPlane
import StrictJSON

struct AuditExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the whole log to a file that anyone can verify offline.")

    @Argument(help: "The file to write.")
    var file: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        try await options.withInstallation { installation in
            let count = try await installation.export(to: file)
            if console.format == .json {
                console.print(
                    ([
                        "file": .string(file), "records": .integer(Int64(count)),
                        "key": .string(installation.verifierKey),
                    ] as JSONValue).prettyText)
                return
            }
            console.print("\(count) records in \(file)")
            console.note("verify with: tenure audit verify \(file) --key \(installation.verifierKey)")
        }
    }
}

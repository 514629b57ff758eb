import ArgumentParser
import ControlPlane
import StrictJSON

struct AuditExportCommand: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the whole log to a file that anyone can verify offline.")

    @Argument(help: "The file to write.")
    var file: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        if let server = try await RemoteServer(options) {
            let key = try await server.export(to: file)
            return show(key.records, key.key)
        }
        let (count, key) = try await options.withInstallation { installation in
            (try await installation.export(to: file), installation.verifierKey)
        }
        show(count, key)
    }

    private func show(_ count: Int, _ key: String) {
        let console = options.console
        if console.format == .json {
            let json: JSONValue = [
                "file": .string(file), "records": .integer(Int64(count)), "key": .string(key),
            ]
            console.print(json.prettyText)
            return
        }
        console.print("\(count) records in \(file)")
        console.note("verify with: tenure audit verify \(file) --key \(key)")
    }
}

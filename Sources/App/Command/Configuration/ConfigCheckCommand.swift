import Answers
import ArgumentParser
import ControlPlane
import StrictJSON

struct ConfigCheckCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Print every setting, where it is from, and all that is wrong.",
        discussion: "Secrets are looked up, and never printed.")

    @OptionGroup var configured: ConfigurationOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        var further: [ServerConfiguration.Flag] = []
        if let state = options.state { further.append(ServerConfiguration.Flag("--state", "state", state)) }
        if let keys = options.keys { further.append(ServerConfiguration.Flag("--keys", "keys", keys)) }
        let configuration = configured.read(further)
        let console = options.console
        if console.format == .json {
            console.print(configuration.json.prettyText)
        } else {
            var table = TextTable("SETTING", "VALUE", "FROM")
            for value in configuration.values {
                table.add(value.setting.name, value.shown ?? "-", value.shown == nil ? "-" : "\(value.source)")
            }
            console.print(table.text(console.ink))
            for diagnostic in configuration.diagnostics {
                Console.complain(DiagnosticLine(diagnostic).text(console.ink))
            }
            if configuration.isValid { console.note("the configuration is valid") }
        }
        if !configuration.isValid { throw ExitStatus.failed }
    }
}

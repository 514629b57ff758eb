import ArgumentParser
import ControlPlane

struct BreakGlassShowCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a sealed grant, its signatures and what was done with it; needs no state.")

    @Argument(help: "The sealed grant.")
    var file: String

    @Option(help: "The folder that holds platform.yaml: whose signatures count.")
    var organization: String?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        SealedText(console: options.console).print(try SealedBreakGlass.show(file, organization: organization))
    }
}

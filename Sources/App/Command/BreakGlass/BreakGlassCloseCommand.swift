import ArgumentParser
import ControlPlane

struct BreakGlassCloseCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close what a sealed grant opened, at its end or before; needs no state.")

    @Argument(help: "The sealed grant.")
    var file: String

    @Option(help: "The folder that holds platform.yaml and targets.yaml.")
    var organization = "."

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let closed = try await LifecycleDenial.run {
            try await SealedBreakGlass.close(file, organization: organization, as: options.actor)
        }
        SealedText(console: options.console).print(closed)
    }
}

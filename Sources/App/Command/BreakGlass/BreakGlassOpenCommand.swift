import ArgumentParser
import ControlPlane

struct BreakGlassOpenCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Open a sealed grant in its target, once; needs no state.")

    @Argument(help: "The sealed grant; what is done is written beside it.")
    var file: String

    @Option(help: "The folder that holds platform.yaml and targets.yaml.")
    var organization = "."

    @Flag(help: "Stay, and close it at its end.")
    var stay = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let text = SealedText(console: options.console)
        let opened = try await LifecycleDenial.run {
            try await SealedBreakGlass.open(file, organization: organization, as: options.actor)
        }
        guard stay else {
            text.print(opened)
            options.console.note(
                "at its end: `tenure break-glass close \(file)`; once the control plane is back: "
                    + "`tenure break-glass reconcile \(file)`")
            return
        }
        if options.console.format == .text { text.print(opened) }
        try await SealedBreakGlass.waitForEnd(of: opened)
        text.print(try await SealedBreakGlass.close(file, organization: organization, as: options.actor))
    }
}

import ArgumentParser
import ControlPlane

struct BreakGlassSignCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign a sealed grant; needs no state.")

    @Argument(help: "The sealed grant.")
    var file: String

    @Option(help: "The file of the private key.")
    var key: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let note = try SealedBreakGlass.sign(file, key: key)
        SealedText(console: console).print(try SealedBreakGlass.show(file, organization: nil))
        console.note("signed \(note.grant.id)")
    }
}

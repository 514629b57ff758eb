import AccessModel
import ArgumentParser
import ControlPlane
import StrictJSON

struct BreakGlassKeyCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make a key that signs sealed grants; its public half goes into platform.yaml.")

    @Option(name: .customLong("for"), help: "Whose key it is, an e-mail.")
    var person: String

    @Option(help: "The file to write the private key to; it must not be there yet.")
    var out: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        guard let address = EmailAddress(person) else {
            throw InstallationError(
                code: .usage, operation: "make a key", message: "`\(person)` is no e-mail address; name whose key it is"
            )
        }
        let key = try SealedBreakGlass.makeKey(for: address, at: out)
        let console = options.console
        if console.format == .json {
            let json: JSONValue = ["person": .string(address.text), "key": .string(key), "file": .string(out)]
            console.print(json.prettyText)
            return
        }
        console.print("\(address.text): \(key)")
        console.note(
            "the private key is in \(out); keep it where nobody else reads, and the line above in platform.yaml")
    }
}

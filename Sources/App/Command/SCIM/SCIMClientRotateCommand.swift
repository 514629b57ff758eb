import ArgumentParser
import ControlPlane

struct SCIMClientRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Give a client another token; the one before is worth nothing from then on.")

    @Argument(help: "The client's name.")
    var name: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let issued = try await options.withInstallation { installation in
            try await installation.scimClients.rotate(name)
        }
        SCIMClientText.print(issued, on: options.console)
    }
}

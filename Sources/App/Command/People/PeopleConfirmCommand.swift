import ArgumentParser
import ControlPlane
import StrictJSON

struct PeopleConfirmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Vouch that a mover still belongs to a tenant, so that nothing lapses there.")

    @Argument(help: "A person's id or e-mail.")
    var person: String

    @Argument(help: "The tenant.")
    var tenant: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        try await options.withInstallation { installation in
            let confirmed = try await installation.people().confirm(person, tenant: tenant)
            if console.format == .json {
                console.print(
                    (["person": .string(confirmed.text), "tenant": .string(tenant)] as JSONValue).prettyText)
            } else {
                console.print("\(confirmed) is confirmed in \(tenant)")
            }
        }
    }
}

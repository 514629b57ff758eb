import ArgumentParser
import ControlPlane

struct InitCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write an example organisation, ready to plan.")

    @Argument(help: "The folder to write; it must be empty or not there.")
    var directory: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let paths = try StarterOrganization.write(to: directory)
        if console.format == .json {
            console.print(StarterOrganization.json(paths).prettyText)
            return
        }
        for path in paths { console.print(path) }
        console.note(
            """

            Next:
              tenure validate \(directory)
              tenure people import \(directory)/hr/people.csv
              tenure plan \(directory)
              tenure apply \(directory)
              tenure event \(directory)/hr/leaver.json --apply
            """)
    }
}
